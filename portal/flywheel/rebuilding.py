"""Deriving all evidence and every turn anew from the event log."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal.core.db.inserts import insert_once
from portal.events import standing
from portal.events.models import Event
from portal.flywheel.models import Evidence, Turn, Unsettled
from portal.flywheel.services import Stale, evidence_row, lock, settle
from portal.flywheel.stage_registry import moves_of, moving_events


@transaction.atomic
def rebuild(*, now: datetime) -> int:
    """Derive all evidence from the event log and every turn from its evidence; return how many
    there are.
    """
    lock()
    Evidence.objects.exclude(event_id__in=Event.objects.values("pk")).delete()
    for event in Event.objects.filter(name__in=moving_events()).order_by("pk").iterator():
        item = standing.item_of(event)
        for stage, locate in moves_of(event.name).items():
            for place in locate(event):
                insert_once(evidence_row(event, stage, item, place))
        Evidence.objects.filter(event_id=event.pk).exclude(item=item).update(item=item)
    Unsettled.objects.all().delete()
    settle(_everything(), now=now)
    return Turn.objects.count()


def _everything() -> Stale:
    rows = Evidence.objects.all()
    turns = Turn.objects.exclude(organization=None).values_list("organization_id", flat=True)
    companies = {pk for pk in turns if pk is not None}
    return Stale(
        items=set(rows.exclude(item="").values_list("item", flat=True)),
        subjects={
            *rows.exclude(subject="").values_list("subject", flat=True),
            *Turn.objects.values_list("subject", flat=True),
        },
        companies=companies,
        newcomers=set(companies),
    )
