"""Notification kinds for referrers: every stage of an introduction and of a reward.

Introduced companies are not named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import TeamName, User
from portal.events.models import Event
from portal.notifications.registry import Kind, register_kind, register_tab
from referrals.models import ReferenceInvitation, ReferenceRequest, Referral
from referrals.rules import state_machine

S = Referral.State


def _referrer(event: Event) -> Iterable[int | None]:
    return [event.payload.get("referrer_id")]


def _when_on(event: Event) -> Iterable[int | None]:
    after = event.payload.get("after", "")
    return (
        _referrer(event) if after in state_machine.RANK and after not in (S.WON, S.ACCEPTED) else []
    )


def _when_ended(event: Event) -> Iterable[int | None]:
    return (
        _referrer(event)
        if event.payload.get("after", "") in state_machine.ENDED - {S.WITHDRAWN, S.MERGED}
        else []
    )


def _when_told(event: Event) -> Iterable[int | None]:
    return _referrer(event) if event.payload.get("code") != "expires" else []


def _before_the_end(event: Event) -> Iterable[int | None]:
    return [event.payload.get("referrer_id")] if event.payload.get("code") == "expires" else []


def _handler_before_the_end(event: Event) -> Iterable[int | None]:
    return [event.payload.get("handler_id")] if event.payload.get("code") == "expires" else []


def _person(event: Event) -> Iterable[int | None]:
    return [event.payload.get("user_id")]


def _payers(event: Event) -> Iterable[int | None]:
    return [event.payload.get("sent_by_id"), event.payload.get("created_by_id")]


def _asked(*kinds: str) -> Callable[[Event], Iterable[int | None]]:
    return lambda event: _person(event) if event.payload.get("kind") in kinds else []


def _introduction(event: Event) -> str:
    return f"referrals.referral:{event.payload.get('referral_id', event.subject)}"


def _who_mend(event: Event) -> Iterable[int | None]:
    """Sales own the desk; administrators can mend what a system sends."""
    chosen = Q(team_memberships__team=TeamName.SALES) | Q(is_administrator=True)
    return User.objects.filter(chosen, is_active=True).distinct().values_list("pk", flat=True)


def _peer(event: Event) -> Iterable[int | None]:
    return [event.payload.get("peer_id")]


def _peer_when_held(event: Event) -> Iterable[int | None]:
    return _peer(event) if event.payload.get("happened") else []


def _handler(event: Event) -> Iterable[int | None]:
    return [event.payload.get("handler_id")]


def _peers_of_its_calls(event: Event) -> Iterable[int | None]:
    """Customers who spoke with the introduced company are notified of the outcome."""
    ended = event.name == "referrals.referral.won" or event.payload.get("after") in (
        S.LOST,
        S.DECLINED,
    )
    if not ended:
        return []
    return ReferenceInvitation.objects.filter(
        state=ReferenceInvitation.State.ACCEPTED,
        request__state=ReferenceRequest.State.HELD,
        request__referral__public_id=event.payload.get("referral_id"),
    ).values_list("peer_id", flat=True)


def _register_reference_calls() -> None:
    page, kind = "/referrals/reference-calls/", "referrals.reference"
    rows: tuple[
        tuple[str, Any, str | tuple[str, ...], Callable[[Event], Iterable[int | None]], Any, bool],
        ...,
    ] = (
        (
            "reference_invited",
            _("Somebody would like to speak with me"),
            f"{kind}.invited",
            _peer,
            _(
                "Somebody would like to hear from you about “%(title)s”. Yes, no and another "
                "time are equally fine."
            ),
            False,
        ),
        (
            "reference_agreed",
            _("A reference call is agreed"),
            f"{kind}.agreed",
            _peer,
            _("Both of you agreed to talk about “%(title)s”. You find the address on the page."),
            False,
        ),
        (
            "reference_thanks",
            _("Thanks for a reference call"),
            f"{kind}.ended",
            _peer_when_held,
            _("Thank you for talking about “%(title)s”."),
            False,
        ),
        (
            "reference_became",
            _("What became of a company I spoke with"),
            ("referrals.referral.won", "referrals.referral.moved"),
            _peers_of_its_calls,
            _("There is news about a company you spoke with."),
            False,
        ),
        (
            "reference_answered",
            _("A customer answered about a reference call"),
            (f"{kind}.answered", f"{kind}.ended", f"{kind}.asked"),
            _handler,
            _("There is news about the reference call “%(title)s”."),
            True,
        ),
    )
    for order, (name, label, event, recipients, text, staff) in enumerate(rows, start=320):
        register_kind(
            Kind(
                name,
                label,
                event,
                recipients,
                text,
                group=lambda event: event.subject,
                order=order,
                staff=staff,
                url=(
                    lambda event: (
                        f"/staff/referrals/reference-calls/{event.payload.get('request_id', '')}/"
                    )
                )
                if staff
                else (lambda event: page),
            )
        )


def _register_asks() -> None:
    asks: tuple[tuple[str, Any, tuple[str, ...], Any], ...] = (
        (
            "referral_helped",
            _("Somebody I know may have the same question"),
            ("helped",),
            _("Your answer was accepted. Somebody you know may have the same question."),
        ),
        (
            "referral_solved",
            _("What was solved for me may help somebody I know"),
            ("solved",),
            _(
                "It was solved for you. If somebody you know has the same trouble, your link "
                "is here."
            ),
        ),
        (
            "referral_unshared",
            _("My link, which I never shared"),
            ("unshared",),
            _("You have a referral link that you have never shared. Whom would it help?"),
        ),
    )
    for order, (name, label, which, text) in enumerate(asks, start=310):
        register_kind(
            Kind(
                name,
                label,
                "referrals.ask.made",
                _asked(*which),
                text,
                mail="weekly",
                order=order,
                url=lambda event: str(event.payload.get("url", "/referrals/")),
                group=lambda event: event.subject,
            )
        )


def _register_for_staff() -> None:
    register_kind(
        Kind(
            "introduction_expiring",
            _("An introduction I handle is about to end"),
            "referrals.referral.noted",
            _handler_before_the_end,
            _("An introduction you handle ends soon if nothing moves: %(title)s"),
            url=lambda event: f"/staff/referrals/{event.payload.get('referral_id', '')}/",
            group=_introduction,
            staff=True,
            order=512,
        )
    )
    register_kind(
        Kind(
            "payment_failed",
            _("A payment I made or released fails"),
            "referrals.payment.failed",
            _payers,
            _(
                "A payment could not be carried out. Its reward is available again; the reason "
                "is on the payment's page."
            ),
            url=lambda event: str(event.payload.get("url", "/staff/referrals/payouts/")),
            staff=True,
            mail="now",
            order=515,
        )
    )
    register_kind(
        Kind(
            "facts_stranded",
            _("A message of another system waits too long"),
            "referrals.facts.stranded",
            _who_mend,
            _("%(count)s messages of %(source)s have waited for more than a day."),
            url=lambda event: str(event.payload.get("url", "/staff/referrals/")),
            staff=True,
            mail="now",
            order=510,
        )
    )
    register_kind(
        Kind(
            "deals_imported",
            _("A file I imported is done"),
            "referrals.deals.imported",
            _person,
            _(
                "“%(title)s” is imported: %(created)s new, %(updated)s updated, %(parked)s "
                "waiting, %(skipped)s skipped, "
                "%(failed)s not taken."
            ),
            url=lambda event: str(event.payload.get("url", "/staff/referrals/import/")),
            staff=True,
            mail="now",
            order=520,
        )
    )


def register() -> None:
    """Called once, when everything is loaded."""
    ours = ("referrals.",)
    register_tab(
        "introductions", _("Introductions"), lambda kind: kind.events[0].startswith(ours), order=20
    )
    moved = "referrals.referral.moved"
    rows: tuple[
        tuple[str, Any, str | tuple[str, ...], Callable[[Event], Iterable[int | None]], Any], ...
    ] = (
        (
            "referral_moved",
            _("My introduction moves on"),
            moved,
            _when_on,
            _("One of your introductions has moved on."),
        ),
        (
            "referral_won",
            _("My introduction becomes a contract"),
            "referrals.referral.won",
            _referrer,
            _("A company you introduced has become a customer. Thank you."),
        ),
        (
            "referral_ended",
            _("My introduction ends"),
            moved,
            _when_ended,
            _("One of your introductions has ended. The reason is on its page."),
        ),
        (
            "referral_noted",
            _("A note about my introduction"),
            "referrals.referral.noted",
            _when_told,
            _("There is a note about one of your introductions."),
        ),
        (
            "referral_expiring",
            _("My introduction is about to end"),
            "referrals.referral.noted",
            _before_the_end,
            _("One of your introductions ends soon if nothing moves."),
        ),
        (
            "reward_granted",
            _("A reward of mine is approved or on hold"),
            ("referrals.reward.granted", "referrals.reward.approved"),
            _person,
            _("There is news about your reward."),
        ),
        (
            "reward_paid",
            _("A reward of mine is paid"),
            "referrals.reward.paid",
            _person,
            _("Your reward has been paid."),
        ),
        (
            "reward_reversed",
            _("A reward of mine is taken back"),
            "referrals.reward.reversed",
            _person,
            _("A reward has been taken back, in part or as a whole. The reason is on its page."),
        ),
    )
    _register_reference_calls()
    _register_asks()
    _register_for_staff()
    for order, (name, label, event, recipients, text) in enumerate(rows, start=300):
        register_kind(
            Kind(
                name,
                label,
                event,
                recipients,
                text,
                url=lambda event: str(event.payload.get("url", "/referrals/")),
                group=_introduction,
                order=order,
            )
        )
