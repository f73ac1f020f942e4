"""Which of the events of introductions still hold, read from where introductions stand now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, QuerySet

from portal.events.models import Event
from portal.events.standing import register_items, rests_on, touches
from referrals.models import Conversion, Referral

RECORDED, WON = "referrals.referral.recorded", "referrals.referral.won"
MOVED, REFUNDED = "referrals.referral.moved", "referrals.referral.refunded"
SUBJECT = "referrals.referral:"
S = Referral.State


def register() -> None:
    """Declare it all; called from AppConfig.ready()."""
    register_items("referrals.received", received)
    register_items("referrals.introduction", introductions)
    register_items("referrals.sale", sales)
    rests_on(RECORDED, lambda event: item("introduction", event))
    rests_on(WON, lambda event: item("sale", event))
    for name in (MOVED, REFUNDED):
        touches(name, of_referral)


def received(keys: set[str]) -> set[str]:
    """Introductions that arrived, whatever became of them; one merged into another is the other."""
    return _texts(_rows(keys).exclude(state__in=(S.DRAFT, S.MERGED)))


def introductions(keys: set[str]) -> set[str]:
    """Introductions that count for whoever made them."""
    gone = (S.DRAFT, S.MERGED, S.REJECTED, S.DISQUALIFIED, S.WITHDRAWN)
    return _texts(_rows(keys).exclude(state__in=gone))


def sales(keys: set[str]) -> set[str]:
    """Introductions that are won, and whose sales were not all given back."""
    of_company = Conversion.objects.filter(
        referred__program=OuterRef("program"), referred__organization=OuterRef("organization")
    )
    kept = of_company.filter(amount__gt=F("refunded_amount"))
    won = _rows(keys).filter(state__in=(S.WON, S.LIVE))
    return _texts(won.exclude(Exists(of_company) & ~Exists(kept)))


def _rows(keys: set[str]) -> QuerySet[Referral]:
    return Referral.objects.filter(pk__in=[int(key) for key in keys if key.isdecimal()])


def _texts(rows: QuerySet[Referral]) -> set[str]:
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def item(kind: str, event: Event) -> str:
    """Return the item of this kind behind an event; "" when it is about no introduction of ours."""
    about = event.subject.startswith(SUBJECT)
    return f"referrals.{kind}:{event.subject.removeprefix(SUBJECT)}" if about else ""


def of_referral(event: Event) -> Iterable[str]:
    return [item(kind, event) for kind in ("received", "introduction", "sale")]
