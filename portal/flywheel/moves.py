"""Maps events of community, teams and introductions to stages of a turn, from their payloads
alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from portal.accounts.models import Membership
from portal.events.models import Event
from portal.flywheel.rules.stages import CANCELLED, Stage
from portal.flywheel.stage_registry import Place, moves

VOICES = ("community.question.posted", "community.discussion.posted")
POSTS = (*VOICES, "community.answer.posted", "community.reply.posted")


def register() -> None:
    """Add the built-in moves; called from the app's ready()."""
    for name in VOICES:
        moves(name, Stage.VOICE, locate=of_topic)
    moves("community.answer.posted", Stage.CLAIMED, locate=by_another)
    moves("community.answer.accepted", Stage.ACTED, locate=of_topic)
    moves("community.answer.accepted", Stage.TOLD, locate=by_the_asker)
    moves("community.answer.accepted", Stage.CONFIRMED, locate=by_the_asker)
    moves("community.answer.accepted", Stage.ADVOCACY, locate=helper)
    moves("community.answer.unaccepted", CANCELLED, locate=of_topic)
    moves("community.article.published", Stage.ADVOCACY, locate=writer)
    moves("community.story.published", Stage.ADVOCACY, locate=teller)
    moves("teams.signal.claimed", Stage.CLAIMED, locate=about)
    moves("teams.signal.resolved", Stage.ACTED, locate=acted)
    moves("teams.signal.reopened", CANCELLED, locate=about)
    moves("teams.customer.told", Stage.TOLD, locate=about)
    moves("teams.customer.confirmed", Stage.CONFIRMED, locate=solved)
    moves("teams.customer.confirmed", CANCELLED, locate=not_solved)
    moves("referrals.referral.recorded", Stage.ADVOCACY, locate=introduction)
    moves("referrals.referral.won", Stage.WON, locate=introduction)
    for name in POSTS:
        moves(name, Stage.FIRST_POST, locate=of_company)


def _topic(event: Event) -> str:
    topic = event.payload.get("topic_id")
    return f"community.topic:{topic}" if topic else event.subject


def of_topic(event: Event) -> Iterable[Place]:
    """The topic's own turn; the voice is its author's."""
    yield Place(
        _topic(event), event.organization_id, event.payload.get("asker_id") or event.actor_id
    )


def by_another(event: Event) -> Iterable[Place]:
    """An answer takes a question up when somebody else gave it."""
    asker = event.payload.get("asker_id")
    if asker is None or asker != event.actor_id:
        yield Place(_topic(event))


def by_the_asker(event: Event) -> Iterable[Place]:
    """Accepting an answer themselves, the asker knows the outcome and confirms it at once."""
    if event.payload.get("by_asker", event.actor_id == event.payload.get("asker_id")):
        yield Place(_topic(event))


def about(event: Event) -> Iterable[Place]:
    """What teams do is about the voice that called for it."""
    subject = str(event.payload.get("about", ""))
    if subject.startswith("community."):
        yield Place(subject)


def acted(event: Event) -> Iterable[Place]:
    """Settling counts as acting when it helped or was done."""
    return about(event) if event.payload.get("outcome") in ("helped", "done") else ()


def solved(event: Event) -> Iterable[Place]:
    """The customer said that it is solved."""
    return about(event) if event.payload.get("answer") == "yes" else ()


def not_solved(event: Event) -> Iterable[Place]:
    """The customer said that it is not solved yet: our update does not count."""
    return about(event) if event.payload.get("answer") == "no" else ()


def company_of(person_id: int | None, at: datetime) -> int | None:
    """Return the customer company a person belonged to at a moment, or else first joined; None for
    the host's staff.
    """
    if person_id is None:
        return None
    rows = list(
        Membership.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), user_id=person_id)
        .order_by("started_at")
        .values_list("organization_id", "organization__is_own", "started_at")
    )
    row = next((row for row in reversed(rows) if row[2] <= at), rows[0] if rows else None)
    return None if row is None or row[1] else int(row[0])


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


def introduction(event: Event) -> Iterable[Place]:
    """An introduction belongs to the introducer's company."""
    company = event.payload.get("referrer_organization_id")
    if company:
        yield Place(
            organization_id=company,
            person_id=event.payload.get("referrer_id"),
            referral=str(event.payload.get("referral_id") or event.subject),
            other_organization_id=event.payload.get("referee_organization_id"),
        )


def of_company(event: Event) -> Iterable[Place]:
    """A post of a company; only the earliest is kept."""
    if event.organization_id is not None:
        yield Place(organization_id=event.organization_id, person_id=event.actor_id)
