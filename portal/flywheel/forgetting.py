"""Taking events that are no more out of the turns: the sample is removed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portal.flywheel.models import Evidence, Turn, TurnStage
from portal.flywheel.services import settle_company, settle_subject


def forget_events(events: Iterable[int], *, now: datetime) -> None:
    """Take events that are no more out of the turns, and settle what they had moved."""
    gone = Evidence.objects.filter(event_id__in=list(events))
    rows = list(gone)
    gone.delete()
    TurnStage.objects.filter(event_id__in=[row.event_id for row in rows]).delete()
    companies = {row.organization_id for row in rows if row.organization_id is not None}
    for subject in sorted({row.subject for row in rows if row.subject}):
        if Evidence.objects.filter(subject=subject).exists():
            companies |= settle_subject(subject, now=now)
        else:
            Turn.objects.filter(subject=subject).delete()
    for company in sorted(companies):
        settle_company(company)
