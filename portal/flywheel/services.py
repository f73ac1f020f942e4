"""Turns events into evidence and evidence into turns.

Late, duplicated or reordered events give the same turns.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from portal.accounts.models import Organization
from portal.core.db.inserts import insert, insert_once
from portal.core.db.locks import lock_number
from portal.events.models import Event
from portal.flywheel.models import Evidence, Turn, TurnStage
from portal.flywheel.rules.stages import (
    INNER,
    SILENCE,
    Fact,
    Stage,
    assign,
    furthest,
    inner_stages,
    outer_stages,
)
from portal.flywheel.stage_registry import Place, moves_of

OUTER = (Stage.ADVOCACY, Stage.WON, Stage.FIRST_POST)
LOCK = 7_203_100  # namespace of the advisory locks that make settling one company queue up


@transaction.atomic(savepoint=False)
def take(event: Event) -> None:
    """Take one fact: keep it as evidence and settle the turns it touches.

    Taking it again changes nothing.
    """
    subjects: set[str] = set()
    companies: set[int] = set()
    for stage, locate in moves_of(event.name).items():
        for place in locate(event):
            if not _keep(event, stage, place):
                continue
            if place.subject:
                subjects.add(place.subject)
            elif place.organization_id is not None:
                companies |= _touched(stage, place.organization_id)
    for subject in sorted(subjects):
        companies |= settle_subject(subject)
    for company in sorted(companies):
        settle_company(company)


def _keep(event: Event, stage: str, place: Place) -> bool:
    """Write the evidence; False when it says nothing new."""
    row = Evidence(
        event_id=event.pk,
        kind=stage,
        at=event.occurred_at,
        subject=place.subject,
        organization_id=place.organization_id,
        person_id=place.person_id,
        referral=place.referral,
        other_organization_id=place.other_organization_id,
    )
    if stage == Stage.FIRST_POST:
        return _keep_first(row)
    return insert_once(row)


def _keep_first(row: Evidence) -> bool:
    """Keep a company's post only when none is earlier."""
    if insert_once(row):
        return True
    known = Evidence.objects.select_for_update().get(
        kind=Stage.FIRST_POST, organization_id=row.organization_id
    )
    if (known.at, known.event_id) <= (row.at, row.event_id):
        return False
    known.event_id, known.at, known.person_id = row.event_id, row.at, row.person_id
    known.save(update_fields=["event_id", "at", "person_id"])
    return True


def _touched(stage: str, company: int) -> set[int]:
    """The companies whose turns such a fact may move: its own, or who introduced it."""
    if stage != Stage.FIRST_POST:
        return {company}
    introducers = Evidence.objects.filter(kind=Stage.WON, other_organization_id=company)
    return {pk for pk in introducers.values_list("organization_id", flat=True) if pk is not None}


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


def settle_subject(subject: str, *, now: datetime | None = None) -> set[int]:
    """Derive the inner stages of one turn; return the company to settle when its confirmation
    moved.
    """
    turn = _turn(subject)
    evidence = list(Evidence.objects.filter(subject=subject))
    found = inner_stages(_facts(evidence), now=now)
    if (
        now is None and Stage.CONFIRMED not in found
    ):  # what silence confirmed stays, until somebody takes it back
        kept = TurnStage.objects.filter(turn=turn, stage=Stage.CONFIRMED, by_silence=True).first()
        if kept is not None and Stage.TOLD in found:
            found = inner_stages(_facts(evidence), now=kept.at)
    voice = found.get(Stage.VOICE)
    before = (turn.confirmed_at, turn.organization_id, turn.started_at)
    if voice is not None and turn.started_at != voice.at:
        _name(
            turn,
            next(
                row
                for row in evidence
                if row.event_id == voice.event_id and row.kind == Stage.VOICE
            ),
        )
    turn.confirmed_at = found[Stage.CONFIRMED].at if Stage.CONFIRMED in found else None
    _write(turn, found, INNER)
    if (
        before == (turn.confirmed_at, turn.organization_id, turn.started_at)
        or turn.organization_id is None
    ):
        return set()
    introducers = _touched(Stage.FIRST_POST, turn.organization_id)  # their turn goes on in this one
    if before[0] == turn.confirmed_at is None:
        return introducers
    return {turn.organization_id} | introducers


def _name(turn: Turn, voice: Evidence) -> None:
    event = Event.objects.filter(pk=voice.event_id).first()
    if event is None:
        return
    company = Organization.objects.filter(pk=event.organization_id or 0).first()
    turn.title, turn.url = (
        str(event.payload.get("title", ""))[:200],
        str(event.payload.get("url", ""))[:300],
    )
    turn.started_at, turn.organization, turn.person_id = voice.at, company, voice.person_id
    turn.is_own = company is not None and company.is_own


def settle_company(company: int) -> None:
    """Derive who of a company's confirmed turns led to advocacy, a won company, and its first
    post.
    """
    lock_number(LOCK + 0, company)
    turns = {
        turn.pk: turn
        for turn in Turn.objects.filter(
            organization_id=company, confirmed_at__isnull=False, is_own=False
        )
    }
    rows = Evidence.objects.filter(
        organization_id=company, subject="", kind__in=(Stage.ADVOCACY, Stage.WON)
    )
    facts = _facts(rows)
    won: dict[str, Fact] = {}
    for fact in sorted(
        (row for row in facts if row.kind == Stage.WON), key=lambda row: (row.at, row.event_id)
    ):
        won.setdefault(fact.referral, fact)
    newcomers = [fact.other for fact in won.values() if fact.other is not None]
    posts = {
        row.organization_id: Fact(row.event_id, row.kind, row.at)
        for row in Evidence.objects.filter(kind=Stage.FIRST_POST, organization_id__in=newcomers)
        if row.organization_id is not None
    }
    confirmed = {
        pk: turn.confirmed_at for pk, turn in turns.items() if turn.confirmed_at is not None
    }
    given = assign(confirmed, [fact for fact in facts if fact.kind == Stage.ADVOCACY])
    for turn in Turn.objects.select_for_update().filter(organization_id=company, is_own=False):
        found = outer_stages(given.get(turn.pk, []), won, posts)
        if found or turn.stage in OUTER:
            _write(turn, found, OUTER)
            _link(turn, found.get(Stage.WON))


def _link(turn: Turn, won: Fact | None) -> None:
    """Link the newcomer's first turn to the turn that brought their company."""
    if won is None or won.other is None:
        return
    first = (
        Turn.objects.filter(organization_id=won.other, started_at__isnull=False)
        .order_by("started_at", "pk")
        .first()
    )
    if first is not None and first.previous_id != turn.pk and first.pk != turn.pk:
        Turn.objects.filter(pk=first.pk).update(previous=turn)


def _write(turn: Turn, found: dict[str, Fact], within: tuple[Stage, ...]) -> None:
    """Bring the turn's rows for these stages in line with what was found."""
    was = (turn.stage, turn.closed_at)
    rows = {row.stage: row for row in TurnStage.objects.filter(turn=turn)}
    for stage in within:
        fact, row = found.get(stage), rows.get(stage)
        if fact is None:
            if row is not None:
                row.delete()
                del rows[stage]
            continue
        silent = (
            stage == Stage.CONFIRMED and fact.at == found[Stage.TOLD].at + SILENCE
            if Stage.TOLD in found
            else False
        )
        if row is None:
            rows[stage] = TurnStage(
                turn=turn, stage=stage, event_id=fact.event_id, at=fact.at, by_silence=silent
            )
            insert(rows[stage])
        elif (row.event_id, row.at) != (fact.event_id, fact.at):
            row.event_id, row.at, row.by_silence = fact.event_id, fact.at, silent
            row.save()
    turn.stage = furthest(rows)
    turn.closed_at = rows[Stage.FIRST_POST].at if Stage.FIRST_POST in rows else None
    if within is INNER or was != (turn.stage, turn.closed_at):
        turn.save()


@transaction.atomic
def confirm_by_silence(*, now: datetime) -> int:
    """Confirm turns whose customers were notified of the outcome 14 days ago and did not object;
    return how many.
    """
    told = TurnStage.objects.filter(
        stage=Stage.TOLD, at__lte=now - SILENCE, turn__confirmed_at=None, turn__is_own=False
    ).select_related("turn")
    done = 0
    for row in told.order_by("at", "pk"):
        for company in sorted(settle_subject(row.turn.subject, now=now)):
            settle_company(company)
        done += 1
    return done


@transaction.atomic
def rebuild() -> int:
    """Derive every turn afresh from its evidence; return how many there are."""
    for subject in (
        Evidence.objects.exclude(subject="").values_list("subject", flat=True).distinct()
    ):
        settle_subject(subject)
    companies = (
        Turn.objects.exclude(organization=None).values_list("organization_id", flat=True).distinct()
    )
    for company in list(companies):
        if company is not None:
            settle_company(company)
    return Turn.objects.count()
