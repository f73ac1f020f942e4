"""The roll-ups of the analytics: what was marked (marks.py) is derived and counted again from the
rows as they stand, and so is everything by `rebuild`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Min

from portal.core.calendar.calendars import read_site
from portal.core.time import Calendar, month_of
from referrals.models import (
    AttributionCandidate,
    Click,
    Milestones,
    Referral,
    ReferralChange,
    Reward,
    RewardRule,
    RollupMark,
    Step,
)
from referrals.rules import ranks, state_machine
from referrals.services.analytics import aggregates
from referrals.services.analytics.marks import mark_all_introductions
from referrals.services.state.locks import try_key

# one at a time, so that an older look at a row never overwrites a newer one
LOCK = "roll-ups"
BATCH = 2_000
S = Referral.State
REFUSED = (S.REJECTED, S.DISQUALIFIED)  # counts as introduced only, whatever it had reached
NOT_COUNTED = (S.DRAFT, S.MERGED)
NEEDS_NO_CLICK = (Referral.Kind.NAMED, Referral.Kind.STAFF, Referral.Kind.ANSWER)
BY_CLICK = (AttributionCandidate.Kind.CLICK, AttributionCandidate.Kind.COOKIE)
FIELDS = [field.name for field in Milestones._meta.concrete_fields if not field.primary_key]


class Reached(NamedTuple):
    """What the history of one introduction says."""

    rank: int
    won_at: datetime | None


class Dates(NamedTuple):
    """When a company came to each stage; what is only inferred has no date, except that whoever is
    live was won at the latest then.
    """

    qualified_at: datetime | None
    opportunity_at: datetime | None
    won_at: datetime | None
    live_at: datetime | None


NO_HISTORY, NO_DATES = Reached(0, None), Dates(None, None, None, None)


def refresh(*, batch: int = BATCH) -> int:
    """Derive and count again what is marked, at most `batch` marks; return how many marks are done.

    0 when another one is at it.
    """
    if not RollupMark.objects.exists():
        return 0
    with transaction.atomic():
        if not try_key(LOCK):
            return 0
        marks = list(RollupMark.objects.order_by("pk")[:batch])  # a later look than the lock's
        scope = aggregates.Scope()
        for rows in _derive({mark.referral_id for mark in marks if mark.referral_id is not None}):
            scope.add_introductions(rows)
        if any(mark.referral_id is None and mark.link_id is None for mark in marks):
            aggregates.recount_all()
        else:
            scope.add_clicks({(m.link_id, m.month) for m in marks if m.link_id and m.month})
            aggregates.recount(scope)
        RollupMark.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
        return len(marks)


def refresh_all() -> int:
    """Derive until nothing is marked; return how many marks are done."""
    done = 0
    while some := refresh():
        done += some
    return done


def rebuild() -> int:
    """Derive every introduction again and count everything; return how many introductions.

    It may be stopped and started at any moment.
    """
    mark_all_introductions()
    refresh_all()
    return Referral.objects.count()


def _derive(referral_ids: Collection[int]) -> tuple[list[Milestones], list[Milestones]]:
    """Derive the milestones of some introductions; return what they were before, and what they are
    now.
    """
    if not referral_ids:
        return [], []
    place = read_site()  # as committed: months are kept by it
    before = {row.referral_id: row for row in Milestones.objects.filter(pk__in=referral_ids)}
    referrals = list(Referral.objects.filter(pk__in=referral_ids).select_related("link"))
    history, dates = _history(referral_ids), _dates(referrals)
    known, channels, paid = _known(referral_ids), _channels(referral_ids), _paid(referral_ids)
    now = [
        _milestones(
            row,
            history.get(row.pk, NO_HISTORY),
            dates.get((row.program_id, row.organization_id), NO_DATES),
            known_at=known.get(row.pk),
            channel=_channel(row, channels.get(row.pk, ""), before.get(row.pk)),
            rewarded_at=paid.get(row.pk),
            place=place,
        )
        for row in referrals
    ]
    Milestones.objects.bulk_create(
        now, update_conflicts=True, unique_fields=["referral"], update_fields=FIELDS
    )
    gone = before.keys() - {row.pk for row in referrals}
    Milestones.objects.filter(pk__in=gone).delete()
    return list(before.values()), now


def _milestones(
    row: Referral,
    reached: Reached,
    dates: Dates,
    *,
    known_at: datetime | None,
    channel: str,
    rewarded_at: datetime | None,
    place: Calendar,
) -> Milestones:
    """How far: by its own history and where it stands now. When: by the dated steps of its
    company.
    """
    is_refused = row.state in REFUSED
    here = ranks.rank_of(row.state, is_registered=row.organization_id is not None)
    rank = 0 if is_refused else max(reached.rank, here)

    def since(needed: int, at: datetime | None) -> datetime | None:
        return at if rank >= needed else None

    return Milestones(
        referral_id=row.pk,
        program_id=row.program_id,
        link_id=row.link_id,
        content=row.link.content_url if row.link else "",
        channel=channel,
        referrer_id=row.referrer_id,
        referrer_organization_id=row.referrer_organization_id,
        organization_id=row.organization_id,
        month=month_of(row.introduced_at, place),
        state=row.state,
        is_counted=row.state not in NOT_COUNTED,
        rank=rank,
        introduced_at=row.introduced_at,
        signed_up_at=since(ranks.REGISTERED, max(known_at or row.introduced_at, row.introduced_at)),
        qualified_at=since(ranks.QUALIFIED, dates.qualified_at),
        opportunity_at=since(ranks.OPPORTUNITY, dates.opportunity_at),
        won_at=since(ranks.WON, dates.won_at or reached.won_at),
        live_at=since(ranks.LIVE, dates.live_at),
        rewarded_at=None if is_refused else rewarded_at,
        ended_at=row.state_since if row.state in state_machine.ENDED else None,
    )


def _channel(row: Referral, clicked: str, before: Milestones | None) -> str:
    """Return how it came. The channel of a click outlives the click: once known it stays."""
    if row.kind in NEEDS_NO_CLICK:
        return row.kind
    if clicked or row.kind == Referral.Kind.CODE:
        return clicked or row.kind
    return before.channel if before else "link"


def _history(referral_ids: Iterable[int]) -> dict[int, Reached]:
    found: dict[int, Reached] = {}
    changes = ReferralChange.objects.filter(
        referral_id__in=referral_ids, after__in=state_machine.STAGES
    )
    for pk, state, at in changes.values_list("referral_id", "after", "at"):
        known = found.get(pk, NO_HISTORY)
        won_at = earliest(known.won_at, at if state == S.WON else None)
        found[pk] = Reached(max(known.rank, ranks.rank_of(state, is_registered=False)), won_at)
    return found


def _dates(referrals: Iterable[Referral]) -> dict[tuple[int, int | None], Dates]:
    """Return the dated steps of the introduced companies, by program and company."""
    found: dict[tuple[int, int], dict[str, datetime | None]] = defaultdict(dict)
    steps = Step.objects.filter(
        referred__program_id__in={row.program_id for row in referrals},
        referred__organization_id__in={
            row.organization_id for row in referrals if row.organization_id is not None
        },
    )
    for program, company, stage, at, is_inferred in steps.values_list(
        "referred__program_id", "referred__organization_id", "stage", "at", "is_inferred"
    ):
        dates = found[program, company]
        if stage in (S.WON, S.LIVE):
            dates[S.WON] = earliest(dates.get(S.WON), at)
        if not is_inferred and stage != S.WON:
            dates[stage] = at
    order = (S.QUALIFIED, S.OPPORTUNITY, S.WON, S.LIVE)
    return {key: Dates(*(dates.get(stage) for stage in order)) for key, dates in found.items()}


def _known(referral_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when each introduced company made itself known."""
    rows = AttributionCandidate.objects.filter(referral_id__in=referral_ids).order_by()
    return dict(
        rows.values("referral_id")
        .annotate(at=Min("identified_at"))
        .values_list("referral_id", "at")
    )


def _channels(referral_ids: Iterable[int]) -> dict[int, str]:
    """Return the channel of each introduction's newest click that is still kept."""
    claims = AttributionCandidate.objects.filter(referral_id__in=referral_ids, kind__in=BY_CLICK)
    clicks = [
        (pk, reference.split(":")[1])
        for pk, reference in claims.order_by("-occurred_at", "pk").values_list(
            "referral_id", "reference"
        )
        if ":" in reference
    ]
    channels = dict(
        Click.objects.filter(click_id__in={click for _pk, click in clicks})
        .exclude(click_id="")
        .values_list("click_id", "channel")
    )
    found: dict[int, str] = {}
    for pk, click in clicks:
        if click in channels:
            found.setdefault(pk, channels[click])
    return found


def _paid(referral_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when the referrer of each introduction was first paid."""
    rows = Reward.objects.filter(
        referral_id__in=referral_ids, side=RewardRule.Side.REFERRER, state=Reward.State.FULFILLED
    )
    first = rows.order_by().values("referral_id").annotate(at=Min("state_since"))
    return dict(first.values_list("referral_id", "at"))


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the earliest of those that are known."""
    return min((moment for moment in moments if moment is not None), default=None)
