"""The stages of a turn and how events become them.

Pure: a turn depends on the set of its events, never on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.core.db.state_machine import Stages


class Stage(TextChoices):
    """S1 to S7; S4V is the customer's own word that it solved it."""

    VOICE = "S1", _("Voice")
    CLAIMED = "S2", _("Taken up")
    ACTED = "S3", _("Acted on")
    TOLD = "S4", _("Notified")
    CONFIRMED = "S4V", _("Confirmed")
    ADVOCACY = "S5", _("Spoke for us")
    WON = "S6", _("Won")
    FIRST_POST = "S7", _("Newcomer's first post")


# no machine: what a turn is follows from its facts, so any stage may follow any other
STAGES = Stages(tuple(Stage.values))
ORDER = STAGES.order
INNER = (Stage.VOICE, Stage.CLAIMED, Stage.ACTED, Stage.TOLD, Stage.CONFIRMED)
CANCELLED = "cancel"  # an event that voids the update and its confirmation
ADVOCACY_WINDOW = timedelta(days=180)
SILENCE = timedelta(days=14)  # no objection for so long after the update counts as confirmed


@dataclass(frozen=True)
class Fact:
    """One piece of evidence, as small as the rules need it."""

    event_id: int
    kind: str  # a Stage or CANCELLED
    at: datetime
    referral: str = ""
    other: int | None = None  # the introduced company


def inner_stages(facts: Iterable[Fact], *, now: datetime | None = None) -> dict[str, Fact]:
    """Return the first valid evidence of each inner stage (S1 to S4V).

    A cancelling event voids acting, updating and confirming up to its moment. With `now`, a turn
    whose customer was notified 14 days ago and never objected counts as confirmed by silence at
    that moment.
    """
    rows = sorted(facts, key=lambda fact: (fact.at, fact.event_id))
    taken_back = max((fact.at for fact in rows if fact.kind == CANCELLED), default=None)
    found: dict[str, Fact] = {}
    for fact in rows:
        late = fact.kind in (Stage.ACTED, Stage.TOLD, Stage.CONFIRMED)
        if fact.kind not in INNER or (late and taken_back is not None and fact.at <= taken_back):
            continue
        found.setdefault(fact.kind, fact)
    told = found.get(Stage.TOLD)
    if (
        now is not None
        and told is not None
        and Stage.CONFIRMED not in found
        and told.at + SILENCE <= now
    ):
        found[Stage.CONFIRMED] = Fact(told.event_id, Stage.CONFIRMED, told.at + SILENCE)
    return found


def assign(confirmed: Mapping[int, datetime], advocacy: Sequence[Fact]) -> dict[int, list[Fact]]:
    """Give each advocating fact of one company to its turn: the latest one confirmed before it,
    within 180 days.
    """
    by_time = sorted(confirmed.items(), key=lambda row: (row[1], row[0]))
    given: dict[int, list[Fact]] = {}
    for fact in sorted(advocacy, key=lambda row: (row.at, row.event_id)):
        earlier = [turn for turn, at in by_time if at <= fact.at <= at + ADVOCACY_WINDOW]
        if earlier:
            given.setdefault(earlier[-1], []).append(fact)
    return given


def outer_stages(
    advocacy: Sequence[Fact], won: Mapping[str, Fact], first_posts: Mapping[int, Fact]
) -> dict[str, Fact]:
    """Return S5 to S7 of a turn from the advocacy assigned to it: the first of each, along the same
    introduction.
    """
    found: dict[str, Fact] = {}
    if advocacy:
        found[Stage.ADVOCACY] = advocacy[0]
    wins = sorted(
        (won[fact.referral] for fact in advocacy if fact.referral in won),
        key=lambda row: (row.at, row.event_id),
    )
    if wins:
        found[Stage.WON] = wins[0]
        posts = [
            first_posts[fact.other]
            for fact in wins
            if fact.other is not None and fact.other in first_posts
        ]
        if posts:
            found[Stage.FIRST_POST] = min(posts, key=lambda row: (row.at, row.event_id))
    return found


def furthest(stages: Iterable[str]) -> str:
    """Return the last stage reached, or ""."""
    return STAGES.furthest(set(stages))
