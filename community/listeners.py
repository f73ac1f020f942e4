"""What the community does when its own facts were written."""

from __future__ import annotations

from community.services.event_payloads import topic_of
from community.signal_rules import ANSWERED, GONE, UNANSWERED
from portal.events import on
from portal.events.models import Event
from portal.teams.models import SignalRule
from portal.teams.services.evaluation import close_vanished


@on(ANSWERED, *GONE)
def close_answered(event: Event) -> None:
    """Nobody needs to look at a question that has its answer."""
    for rule in SignalRule.objects.filter(trigger=UNANSWERED):
        close_vanished(rule, now=event.occurred_at, subject=topic_of(event))
