"""What referrers are told: every step of an introduction and of a reward. Introduced companies are not named here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import TeamName, User
from portal.events.models import Event
from portal.notifications.registry import Kind, register_kind
from referrals import machine
from referrals.models import Referral

S = Referral.State


def _referrer(event: Event) -> Iterable[int | None]:
    return [event.payload.get("referrer_id")]


def _when_on(event: Event) -> Iterable[int | None]:
    after = event.payload.get("after", "")
    return _referrer(event) if after in machine.RANK and after not in (S.WON, S.ACCEPTED) else []


def _when_ended(event: Event) -> Iterable[int | None]:
    return _referrer(event) if event.payload.get("after", "") in machine.ENDED - {S.WITHDRAWN, S.MERGED} else []


def _person(event: Event) -> Iterable[int | None]:
    return [event.payload.get("user_id")]


def _payers(event: Event) -> Iterable[int | None]:
    return [event.payload.get("sent_by_id"), event.payload.get("created_by_id")]


def _introduction(event: Event) -> str:
    return f"referrals.referral:{event.payload.get('referral_id', event.subject)}"


def _who_mend(event: Event) -> Iterable[int | None]:
    """Sales own the desk; administrators can mend what a system sends."""
    chosen = Q(team_memberships__team=TeamName.SALES) | Q(is_administrator=True)
    return User.objects.filter(chosen, is_active=True).distinct().values_list("pk", flat=True)


def register() -> None:
    """Called once, when everything is loaded."""
    moved = "referrals.referral.moved"
    rows: tuple[tuple[str, Any, str | tuple[str, ...], Callable[[Event], Iterable[int | None]], Any], ...] = (
        ("referral_moved", _("My introduction moves on"), moved, _when_on, _("One of your introductions has moved on.")),
        ("referral_won", _("My introduction becomes a contract"), "referrals.referral.won", _referrer,
         _("A company you introduced has become a customer. Thank you.")),
        ("referral_ended", _("My introduction ends"), moved, _when_ended,
         _("One of your introductions has ended. The reason is on its page.")),
        ("reward_granted", _("A reward of mine is approved or on hold"),
         ("referrals.reward.granted", "referrals.reward.approved"), _person, _("There is news about your reward.")),
        ("reward_paid", _("A reward of mine is paid"), "referrals.reward.paid", _person, _("Your reward has been paid.")),
        ("reward_reversed", _("A reward of mine is taken back"), "referrals.reward.reversed", _person,
         _("A reward has been taken back, in part or as a whole. The reason is on its page.")),
        ("payment_failed", _("A payment I made or released fails"), "referrals.payment.failed", _payers,
         _("A payment could not be carried out. Its reward is available again; the reason is on the payment's page.")),
    )  # fmt: skip
    for order, (name, label, event, recipients, text) in enumerate(rows, start=300):
        register_kind(
            Kind(
                name, label, event, recipients, text, url=lambda event: str(event.payload.get("url", "/referrals/")),
                group=_introduction, order=order,
            )
        )  # fmt: skip
    register_kind(
        Kind(
            "facts_stranded", _("A message of another system waits too long"), "referrals.facts.stranded", _who_mend,
            _("%(count)s messages of %(source)s have waited for more than a day."),
            url=lambda event: str(event.payload.get("url", "/staff/referrals/")), staff=True, mail="now", order=510,
        )
    )  # fmt: skip
    register_kind(
        Kind(
            "deals_imported", _("A file I imported is done"), "referrals.deals.imported", _person,
            _("“%(title)s” is imported: %(created)s new, %(updated)s updated, %(parked)s waiting, %(skipped)s skipped, "
              "%(failed)s not taken."),
            url=lambda event: str(event.payload.get("url", "/staff/referrals/import/")), staff=True, mail="now", order=520,
        )
    )  # fmt: skip
