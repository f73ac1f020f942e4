"""What the facts of introductions mean to the loop: which stage of a turn they move, and what the
metrics count. Read from their payloads alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from portal.events.models import Event
from portal.flywheel.rules.stages import Stage
from portal.flywheel.stage_registry import Measured, Place, counts_as, moves

RECORDED, WON = "referrals.referral.recorded", "referrals.referral.won"


def register() -> None:
    """Declare it all; called from AppConfig.ready()."""
    moves(
        RECORDED,
        Stage.ADVOCACY,
        locate=introduction,
        says=_("Their company introduced another company"),
    )
    moves(WON, Stage.WON, locate=introduction)
    counts_as(Measured.INTRODUCTION, RECORDED)
    counts_as(Measured.SALE, WON)


def introduction(event: Event) -> Iterable[Place]:
    """An introduction belongs to the introducer's company."""
    company = event.payload.get("referrer_organization_id")
    if company:
        yield Place(
            organization_id=company,
            person_id=event.payload.get("referrer_id"),
            referral=str(event.payload.get("referral_id") or event.subject),
            other_organization_id=event.payload.get("referee_organization_id"),
        )
