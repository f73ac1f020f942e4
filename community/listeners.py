"""What the community does when its own facts were written, and when a person's name changed."""

from __future__ import annotations

from community.rules.event_payloads import topic_of
from community.search import queue_topics_of
from community.services.rendering import render_mentions_anew
from community.signal_rules import ANSWERED, GONE, UNANSWERED
from portal.accounts.models import User
from portal.events import on
from portal.events.models import Event
from portal.teams.models import SignalRule
from portal.teams.services.evaluation import close_vanished


@on(ANSWERED, *GONE)
def close_answered(event: Event) -> None:
    """Nobody needs to look at a question that has its answer."""
    for rule in SignalRule.objects.filter(trigger=UNANSWERED):
        close_vanished(rule, now=event.occurred_at, subject=topic_of(event))


@on("accounts.member.renamed")
def follow_names(event: Event) -> None:
    """Have the texts that mention this person rendered anew, and what they wrote indexed."""
    person = User.objects.filter(pk=event.payload["user_id"]).first()
    if person is not None:
        render_mentions_anew(person)
        queue_topics_of(person)
