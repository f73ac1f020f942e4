"""Turns events into evidence and evidence into turns.

A listener only notes what an event may have changed. Turns are derived elsewhere, in one place,
under one lock and after the events are committed, from the evidence that holds at that moment: so
late, doubled, reordered and parallel events, and those that take something back, give the same
turns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Min, Q, QuerySet

from portal.accounts.models import Organization
from portal.core.db.inserts import insert, insert_once
from portal.core.db.locks import lock_number
from portal.engagement.models import PointEntry
from portal.events import standing
from portal.events.models import Event
from portal.flywheel.models import Evidence, StaleDays, Turn, TurnStage, Unsettled
from portal.flywheel.rules.stages import (
    ANSWERED,
    INNER,
    SILENCE,
    Fact,
    Stage,
    assign,
    furthest,
    inner_stages,
    outer_stages,
    wins_of,
)
from portal.flywheel.stage_registry import Place, moves_of

log = structlog.get_logger(__name__)
OUTER = (Stage.ADVOCACY, Stage.WON, Stage.FIRST_POST)
LOCK = 7_203_100  # advisory lock: one settles at a time, so no two can wait for each other
BATCH = 200
ALWAYS_AGAIN = timedelta(days=1)  # the roll-up computes these days again anyway


# --- what listeners do ---
def note(event: Event) -> None:
    """Keep an event as evidence and note what to settle; a second time changes nothing."""
    item = standing.item_of(event)
    keys: set[str] = set()
    for stage, locate in moves_of(event.name).items():
        for place in locate(event):
            row = evidence_row(event, stage, item, place)
            if insert_once(row):
                keys.add(f"item:{item}" if item else _key_of(row))
    keys |= {f"item:{each}" for each in standing.touched_by(event)}
    for key in sorted(keys):
        insert(Unsettled(key=key))
    if keys and event.occurred_at < event.recorded_at - ALWAYS_AGAIN:
        insert(StaleDays(since=event.occurred_at))


def evidence_row(event: Event, stage: str, item: str, place: Place) -> Evidence:
    """Return what an event says of a turn, not saved yet."""
    return Evidence(
        event_id=event.pk,
        kind=stage,
        item=item,
        at=event.occurred_at,
        subject=place.subject,
        organization_id=place.organization_id,
        person_id=place.person_id,
        referral=place.referral,
        other_organization_id=place.other_organization_id,
    )


def _key_of(row: Evidence) -> str:
    if row.subject:
        return f"subject:{row.subject}"
    kind = "newcomer" if row.kind == Stage.FIRST_POST else "company"
    return f"{kind}:{row.organization_id}"


# --- settling ---
@dataclass
class Stale:
    """What is to be derived again."""

    items: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    companies: set[int] = field(default_factory=set)
    newcomers: set[int] = field(default_factory=set)

    def add(self, key: str) -> None:
        kind, _, value = key.partition(":")
        if kind in ("item", "subject"):
            (self.items if kind == "item" else self.subjects).add(value)
        elif value.isdecimal():
            (self.newcomers if kind == "newcomer" else self.companies).add(int(value))


def settle_waiting(now: datetime) -> int:
    """Settle whatever is noted; return how much that was.

    What fails is kept for the next time, behind everything else.
    """
    done = 0
    last = Unsettled.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    while some := _settle_batch(now, last, BATCH):
        done += some
    return done


def _settle_batch(now: datetime, last: int, size: int) -> int:
    rows: list[Unsettled] = []
    try:
        with transaction.atomic():
            lock()
            rows = list(_waiting(last)[:size])
            stale = Stale()
            for row in rows:
                stale.add(row.key)
            settle(stale, now=now)
            Unsettled.objects.filter(pk__in=[row.pk for row in rows]).delete()
    except Exception:
        log.exception("settling_failed", keys=[row.key for row in rows][:20])
        if size > 1:
            return sum(_settle_batch(now, last, 1) for _ in rows)
        Unsettled.objects.filter(pk__in=[row.pk for row in rows]).update(tries=F("tries") + 1)
        return 0
    return len(rows)


def _waiting(last: int) -> QuerySet[Unsettled]:
    return Unsettled.objects.filter(pk__lte=last).order_by("tries", "pk")


def lock() -> None:
    """Let only one settle at a time, until the transaction ends."""
    lock_number(LOCK, 0)


def settle(stale: Stale, *, now: datetime) -> None:
    """Derive again what is stale and what depends on it. Needs the lock."""
    _look_again(stale)
    _mark_days(stale, now)
    for subject in sorted(stale.subjects):
        moved = settle_subject(subject, now=now)
        stale.companies |= moved
        stale.newcomers |= moved  # the turn of who introduced them goes on in this one
    introducers = Evidence.objects.filter(
        kind=Stage.WON, other_organization_id__in=stale.newcomers
    ).values_list("organization_id", flat=True)
    stale.companies |= {pk for pk in introducers if pk is not None}
    for company in sorted(stale.companies):
        stale.newcomers |= settle_company(company)
    for newcomer in sorted(stale.newcomers):
        _link(newcomer)


def _look_again(stale: Stale) -> None:
    """Note of each evidence of the items whether it holds, and what stands or falls with it."""
    rows = list(Evidence.objects.filter(item__in=stale.items))
    groups: dict[tuple[object, ...], list[Evidence]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.subject, row.organization_id), []).append(row)
    stand = standing.standing(stale.items)
    for group in groups.values():
        latest = {row.item: row.event_id for row in sorted(group, key=lambda row: row.event_id)}
        for row in group:
            holds = row.item in stand and latest[row.item] == row.event_id
            if row.holds != holds:
                row.holds = holds
                row.save(update_fields=["holds"])
    for row in rows:
        stale.add(_key_of(row))


def _mark_days(stale: Stale, now: datetime) -> None:
    """Let the daily values be computed again from the oldest event on that may have changed."""
    models = (Evidence, PointEntry) if stale.items else ()
    rows = (each.objects.filter(item__in=stale.items) for each in models)
    oldest = [each.aggregate(at=Min("at"))["at"] for each in rows]
    since = min((at for at in oldest if at is not None), default=now)
    if since < now - ALWAYS_AGAIN:
        StaleDays.objects.create(since=since)


def _facts(rows: Iterable[Evidence]) -> list[Fact]:
    return [
        Fact(row.event_id, row.kind, row.at, row.referral, row.other_organization_id)
        for row in rows
    ]


def _turn(subject: str) -> Turn:
    """Return the turn of a voice, locked; made where it is missing."""
    rows = Turn.objects.select_for_update().filter(subject=subject)
    found = rows.first()
    if found is None:
        insert_once(Turn(subject=subject))
        found = rows.first()
    assert found is not None
    return found


def settle_subject(subject: str, *, now: datetime) -> set[int]:
    """Derive the inner stages of one turn; return the companies whose turns depend on it where that
    changed.
    """
    turn = _turn(subject)
    evidence = list(Evidence.objects.filter(subject=subject, holds=True))
    found = inner_stages(_facts(evidence), now=now)
    before = (turn.confirmed_at, turn.organization_id, turn.started_at)
    voice = found.get(Stage.VOICE)
    _name(turn, next((row for row in evidence if _is(row, voice)), None))
    turn.answered_at = (
        min((row.at for row in evidence if row.kind == ANSWERED), default=None) if voice else None
    )
    turn.confirmed_at = found[Stage.CONFIRMED].at if Stage.CONFIRMED in found else None
    _write(turn, found, INNER)
    if before == (turn.confirmed_at, turn.organization_id, turn.started_at):
        return set()
    return {pk for pk in (before[1], turn.organization_id) if pk is not None}


def _is(row: Evidence, fact: Fact | None) -> bool:
    return fact is not None and (row.event_id, row.kind) == (fact.event_id, fact.kind)


def _name(turn: Turn, voice: Evidence | None) -> None:
    """Say whose voice began the turn, and when; without one it has not begun."""
    if voice is None:
        turn.title, turn.url, turn.is_own = "", "", False
        turn.started_at, turn.organization, turn.person_id = None, None, None
        return
    turn.person_id = voice.person_id
    event = Event.objects.filter(pk=voice.event_id).first() if turn.started_at != voice.at else None
    if event is None:
        return
    company = Organization.objects.filter(pk=event.organization_id or 0).first()
    turn.title = str(event.payload.get("title", ""))[:200]
    turn.url = str(event.payload.get("url", ""))[:300]
    turn.started_at, turn.organization = voice.at, company
    turn.is_own = company is not None and company.is_own


@dataclass(frozen=True)
class Outcome:
    """What a company's confirmed turns led to."""

    turns: dict[int, Turn]
    advocacy: dict[int, list[Fact]]  # by turn
    won: dict[str, Fact]  # by introduction


def _outcome(company: int) -> Outcome:
    turns = {
        turn.pk: turn
        for turn in Turn.objects.select_for_update()
        .filter(organization_id=company, is_own=False)
        .order_by("pk")
    }
    facts = _facts(
        Evidence.objects.filter(
            organization_id=company,
            subject="",
            holds=True,
            kind__in=(Stage.ADVOCACY, Stage.WON),
        ).order_by("at", "event_id")
    )
    won: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind == Stage.WON:
            won.setdefault(fact.referral, fact)
    confirmed = {pk: turn.confirmed_at for pk, turn in turns.items() if turn.confirmed_at}
    advocacy = [fact for fact in facts if fact.kind == Stage.ADVOCACY]
    return Outcome(turns, assign(confirmed, advocacy), won)


def settle_company(company: int) -> set[int]:
    """Derive which of a company's confirmed turns led to advocacy, a won company, and its first
    post; return the companies it introduced.
    """
    outcome = _outcome(company)
    introduced = Evidence.objects.filter(kind=Stage.WON, subject="", organization_id=company)
    newcomers = {
        pk for pk in introduced.values_list("other_organization_id", flat=True) if pk is not None
    }
    posts = {
        row.organization_id: Fact(row.event_id, row.kind, row.at)
        for row in first_posts().filter(organization_id__in=newcomers)
        if row.organization_id is not None
    }
    for pk, turn in outcome.turns.items():
        found = outer_stages(outcome.advocacy.get(pk, []), outcome.won, posts)
        if found or turn.stage in OUTER:
            _write(turn, found, OUTER)
    return newcomers


def first_posts() -> QuerySet[Evidence]:
    """Return the first post of each company that still holds."""
    rows = Evidence.objects.filter(kind=Stage.FIRST_POST, holds=True, subject="")
    firsts = rows.order_by("organization_id", "at", "event_id").distinct("organization_id")
    return Evidence.objects.filter(pk__in=firsts.values("pk"))


def _link(newcomer: int) -> None:
    """Link a newcomer's first turn, and no other, to the turn that brought their company."""
    own = Turn.objects.filter(organization_id=newcomer, started_at__isnull=False)
    first = own.order_by("started_at", "pk").first()
    origin = _origin(newcomer) if first is not None else None
    linked = Turn.objects.filter(organization_id=newcomer, previous__isnull=False)
    linked.exclude(pk=first.pk if first and origin else 0).update(previous=None)
    if first is not None and origin is not None and first.previous_id != origin != first.pk:
        Turn.objects.filter(pk=first.pk).update(previous=origin)


def _origin(newcomer: int) -> int | None:
    """Return the turn whose introduction brought a company: of several the first that was won."""
    wins = Evidence.objects.filter(
        kind=Stage.WON, other_organization_id=newcomer, holds=True, organization_id__isnull=False
    )
    for row in wins.order_by("at", "event_id"):
        outcome = _outcome(row.organization_id or 0)
        for turn, advocacy in sorted(outcome.advocacy.items()):
            if any(fact.other == newcomer for fact in wins_of(advocacy, outcome.won)):
                return turn
    return None


def _write(turn: Turn, found: dict[str, Fact], within: tuple[Stage, ...]) -> None:
    """Bring the turn's rows for these stages in line with what was found."""
    rows = {row.stage: row for row in TurnStage.objects.filter(turn=turn)}
    for stage in within:
        fact, row = found.get(stage), rows.get(stage)
        if fact is None:
            if row is not None:
                row.delete()
                del rows[stage]
            continue
        silent = stage == Stage.CONFIRMED and fact.event_id == found[Stage.TOLD].event_id
        silent = silent and fact.at == found[Stage.TOLD].at + SILENCE
        if row is None:
            rows[stage] = TurnStage(
                turn=turn, stage=stage, event_id=fact.event_id, at=fact.at, by_silence=silent
            )
            insert(rows[stage])
        elif (row.event_id, row.at, row.by_silence) != (fact.event_id, fact.at, silent):
            row.event_id, row.at, row.by_silence = fact.event_id, fact.at, silent
            row.save()
    was = (turn.stage, turn.closed_at)
    turn.stage = furthest(rows)
    turn.closed_at = rows[Stage.FIRST_POST].at if Stage.FIRST_POST in rows else None
    if within is INNER or was != (turn.stage, turn.closed_at):
        turn.save()


@transaction.atomic
def confirm_by_silence(*, now: datetime) -> int:
    """Confirm turns whose customers were notified of the outcome 14 days ago and did not object;
    return how many.
    """
    lock()
    told = TurnStage.objects.filter(
        Q(turn__is_own=False), stage=Stage.TOLD, at__lte=now - SILENCE, turn__confirmed_at=None
    )
    subjects = set(told.values_list("turn__subject", flat=True))
    settle(Stale(subjects=subjects), now=now)
    return Turn.objects.filter(subject__in=subjects, confirmed_at__isnull=False).count()
