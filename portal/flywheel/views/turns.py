"""One page per turn: the whole chain with dates, people and links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.views.decorators.http import require_GET

from portal.accounts.models import Organization, User
from portal.accounts.permissions import MemberRequest, team_required
from portal.core.db.pagination import page_by_key
from portal.events.models import Event
from portal.flywheel.models import Evidence, Turn
from portal.flywheel.rules.stages import Stage
from portal.flywheel.stage_registry import sentence
from portal.teams.models import Signal, Told


@dataclass(frozen=True)
class Link:
    """One link of the chain: a stage with its fact, who did it, and what was said."""

    stage: Stage
    at: datetime | None
    event: Event | None = None
    person: User | None = None
    company: Organization | None = None
    by_silence: bool = False

    @property
    def says(self) -> str | Promise:
        """What the app that owns the fact says of this stage; "" for the stage's own sentence."""
        return sentence(self.event.name, self.stage) if self.event else ""


@team_required
@require_GET
def turn(request: MemberRequest, public_id: str) -> HttpResponse:
    """A turn from the voice to the newcomer's first post, with what is still missing."""
    row = get_object_or_404(
        Turn.objects.select_related("organization", "person", "previous__organization"),
        public_id=public_id,
    )
    return render(request, "flywheel/turn.html", context(row))


def context(row: Turn) -> dict[str, Any]:
    """Everything the page says, in a handful of queries."""
    stages = {stage.stage: stage for stage in row.stages.all()}
    events = Event.objects.in_bulk([stage.event_id for stage in stages.values()])
    people = User.objects.in_bulk([event.actor_id for event in events.values() if event.actor_id])
    chain = [_link(stage, stages, events, people) for stage in Stage]
    signals = Signal.objects.filter(subject=row.subject).with_names().order_by("raised_at")
    by_post = Signal.objects.filter(facts__about=row.subject).with_names().order_by("raised_at")
    return {
        "turn": row,
        "chain": [link for link in chain if link.at is not None],
        "missing": next((link.stage for link in chain if link.at is None), None),
        "signals": [*signals, *(signal for signal in by_post if signal.subject != row.subject)],
        "told": Told.objects.filter(subject=row.subject)
        .select_related("told_by", "person")
        .order_by("told_at"),
        "newcomer": _newcomer(stages),
        "next_turns": row.next_turns.select_related("organization").order_by("started_at"),
    }


def _link(
    stage: Stage, stages: dict[str, Any], events: dict[int, Event], people: dict[int, User]
) -> Link:
    reached = stages.get(stage)
    if reached is None:
        return Link(stage, None)
    event = events.get(reached.event_id)
    person = people.get(event.actor_id) if event and event.actor_id else None
    return Link(stage, reached.at, event, person, None, reached.by_silence)


def _newcomer(stages: dict[str, Any]) -> Organization | None:
    """The company that came by introduction, when the turn got so far."""
    won = stages.get(Stage.WON)
    if won is None:
        return None
    evidence = Evidence.objects.filter(event_id=won.event_id, kind=Stage.WON).first()
    return (
        Organization.objects.filter(pk=evidence.other_organization_id or 0).first()
        if evidence
        else None
    )


@team_required
@require_GET
def turns(request: MemberRequest) -> HttpResponse:
    """All turns, newest first, by stage."""
    stage = request.GET.get("stage", "")
    rows = Turn.objects.filter(started_at__isnull=False, is_own=False).select_related(
        "organization", "person"
    )
    if stage in Stage.values:
        rows = rows.filter(stage=stage)
    page = page_by_key(
        rows, order=("-started_at", "-pk"), cursor=request.GET.get("cursor"), size=30
    )
    return render(
        request, "flywheel/turns.html", {"page": page, "stage": stage, "stages": Stage.choices}
    )
