"""What the community does when its own facts were written, and when a person's name changed."""

from __future__ import annotations

from community import public_answers
from community.rules.event_payloads import topic_of
from community.search import queue_topics_of
from community.services.rendering import render_mentions_anew
from community.signal_rules import ANSWERED, GONE, UNANSWERED
from portal.accounts.models import User
from portal.events import on
from portal.events.models import Event
from portal.teams.models import SignalRule, Told
from portal.teams.services.customer_updates import confirm_update
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


@on("community.answer.accepted")
def confirm_the_update(event: Event) -> None:
    """An asker who accepted an answer has said that it is solved: their update asks no more."""
    asker = event.payload.get("asker_id")
    if asker is None or asker != event.actor_id:
        return
    rows = Told.objects.filter(subject=topic_of(event), person=asker, answer="")
    for told in rows.select_related("person", "signal"):
        confirm_update(told=told, person=told.person, answer=Told.Answer.YES, now=event.occurred_at)


@on("teams.customer.confirmed")
def accept_the_answer(event: Event) -> None:
    """An asker whom our update helped has said which answer solved the question."""
    if event.payload.get("answer") != Told.Answer.YES:
        return
    told = Told.objects.filter(pk=event.payload.get("told_id")).select_related("person").first()
    if told is not None and told.public_answer:
        public_answers.accept(told.public_answer, told.person, event.occurred_at)
