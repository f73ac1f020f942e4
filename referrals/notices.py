"""What referrers are told: every step of an introduction and of a reward. Introduced companies are not named here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

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


def _asked(*kinds: str) -> Callable[[Event], Iterable[int | None]]:
    return lambda event: _person(event) if event.payload.get("kind") in kinds else []


def _introduction(event: Event) -> str:
    return f"referrals.referral:{event.payload.get('referral_id', event.subject)}"


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
    )  # fmt: skip
    asks: tuple[tuple[str, Any, tuple[str, ...], Any], ...] = (
        ("referral_helped", _("Somebody I know may have the same question"), ("helped",),
         _("Your answer was accepted. Somebody you know may have the same question.")),
        ("referral_solved", _("What was solved for me may help somebody I know"), ("solved",),
         _("It was solved for you. If somebody you know has the same trouble, your link is here.")),
        ("referral_unshared", _("My link, which I never shared"), ("unshared",),
         _("You have a referral link that you have never shared. Whom would it help?")),
    )  # fmt: skip
    for order, (name, label, which, text) in enumerate(asks, start=320):
        register_kind(
            Kind(
                name, label, "referrals.ask.made", _asked(*which), text, mail="weekly", order=order,
                url=lambda event: str(event.payload.get("url", "/referrals/")), group=lambda event: event.subject,
            )
        )  # fmt: skip
    for order, (name, label, event, recipients, text) in enumerate(rows, start=300):
        register_kind(
            Kind(
                name, label, event, recipients, text, url=lambda event: str(event.payload.get("url", "/referrals/")),
                group=_introduction, order=order,
            )
        )  # fmt: skip
