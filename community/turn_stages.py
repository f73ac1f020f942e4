"""What the community's facts mean to the loop: which stage of a turn they move, and what the
metrics count. Read from their payloads alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from community.services.event_payloads import topic_of
from portal.events.models import Event
from portal.flywheel.moves import company_of
from portal.flywheel.rules.stages import CANCELLED, Stage
from portal.flywheel.stage_registry import Measured, Place, counts_as, gives_voice, moves

VOICES = ("community.question.posted", "community.discussion.posted")
ANSWERED, ACCEPTED = "community.answer.posted", "community.answer.accepted"
POSTS = (*VOICES, ANSWERED, "community.reply.posted")


def register() -> None:
    """Declare it all; called from AppConfig.ready()."""
    gives_voice("community.")
    for name in VOICES:
        moves(name, Stage.VOICE, locate=of_topic)
    moves(ANSWERED, Stage.CLAIMED, locate=by_another)
    moves(
        ACCEPTED,
        Stage.ACTED,
        locate=of_topic,
        says=_("An answer was chosen as the solution"),
    )
    moves(ACCEPTED, Stage.TOLD, locate=by_the_asker, says=_("The customer saw the answer"))
    moves(ACCEPTED, Stage.CONFIRMED, locate=by_the_asker)
    moves(ACCEPTED, Stage.ADVOCACY, locate=helper, says=_("Their company helped another customer"))
    moves("community.answer.unaccepted", CANCELLED, locate=of_topic)
    moves(
        "community.article.published",
        Stage.ADVOCACY,
        locate=writer,
        says=_("Their company wrote an article"),
    )
    moves(
        "community.story.published",
        Stage.ADVOCACY,
        locate=teller,
        says=_("Their company published its success story"),
    )
    for name in POSTS:
        moves(name, Stage.FIRST_POST, locate=of_company)
    counts_as(Measured.QUESTION, "community.question.posted")
    counts_as(Measured.ANSWER, ANSWERED)
    counts_as(Measured.SOLUTION, ACCEPTED)


def of_topic(event: Event) -> Iterable[Place]:
    """The topic's own turn; the voice is its author's."""
    yield Place(
        topic_of(event), event.organization_id, event.payload.get("asker_id") or event.actor_id
    )


def by_another(event: Event) -> Iterable[Place]:
    """An answer takes a question up when somebody else gave it."""
    asker = event.payload.get("asker_id")
    if asker is None or asker != event.actor_id:
        yield Place(topic_of(event))


def by_the_asker(event: Event) -> Iterable[Place]:
    """An asker who accepts an answer knows of it: that confirms it at once."""
    if event.payload.get("by_asker", event.actor_id == event.payload.get("asker_id")):
        yield Place(topic_of(event))


def helper(event: Event) -> Iterable[Place]:
    """Whose answer another company accepted has spoken for us."""
    author = event.payload.get("author_id")
    company = company_of(author, event.occurred_at)
    if company is not None and company != company_of(
        event.payload.get("asker_id"), event.occurred_at
    ):
        yield Place(organization_id=company, person_id=author)


def writer(event: Event) -> Iterable[Place]:
    """A customer who publishes an article has spoken for us."""
    author = event.payload.get("author_id")
    company = company_of(author, event.occurred_at)
    if company is not None and event.payload.get("is_first", True):
        yield Place(organization_id=company, person_id=author)


def teller(event: Event) -> Iterable[Place]:
    """A company that agreed to its story being shown has spoken for us, when it was shown for the
    first time.
    """
    if event.organization_id is not None and event.payload.get("is_first", True):
        yield Place(organization_id=event.organization_id, person_id=event.payload.get("author_id"))


def of_company(event: Event) -> Iterable[Place]:
    """A post of a company; only the earliest is kept."""
    if event.organization_id is not None:
        yield Place(organization_id=event.organization_id, person_id=event.actor_id)
