"""What introductions hear: a new member gets her link; what went well for somebody may be a moment
to ask her.
"""

from __future__ import annotations

from portal.accounts.models import User
from portal.events import on
from portal.events.models import Event
from referrals.audience import why_not
from referrals.models import EarnedMoment, Program
from referrals.services.asks import note_moment
from referrals.services.contents import look_again
from referrals.services.links import link_for


@on(
    "community.topic.changed",
    "community.post.deleted",
    "community.post.hidden",
    "community.post.restored",
    "community.article.published",
    "community.article.archived",
    "community.story.published",
    "community.story.withdrawn",
)
def follow_content(event: Event) -> None:
    """A link to something that is gone leads to the welcome page from now on, and back when it is
    there again.
    """
    look_again(event.subject)


@on("accounts.member.joined")
def give_a_link(event: Event) -> None:
    """Make a new member's link into the default program, so that her hub is ready when she first
    opens it.
    """
    program = Program.objects.filter(is_default=True, state=Program.State.OPEN).first()
    user = User.objects.filter(pk=event.payload.get("user_id", 0), is_active=True).first()
    if program is None or user is None or user.organization is None or user.organization.is_own:
        return
    if not why_not(program, user, event.occurred_at):
        link_for(user=user, program=program, now=event.occurred_at)


@on("community.answer.accepted")
def an_answer_helped(event: Event) -> None:
    """Whose answer was accepted has shown that she can help; she may be asked whether she knows
    somebody else.
    """
    author, asker = event.payload.get("author_id"), event.payload.get("asker_id")
    if author and author != asker:
        subject = f"community.topic:{event.payload.get('topic_id')}"
        note_moment(
            user_id=author, kind=EarnedMoment.Kind.HELPED, subject=subject, at=event.occurred_at
        )


@on("teams.customer.confirmed")
def it_was_solved(event: Event) -> None:
    """Who says that it solved it has closed her turn; a "partly" or "no" is no moment to ask."""
    person = event.payload.get("person_id")
    if person and event.payload.get("answer") == "yes":
        subject = str(event.payload.get("about") or f"teams.told:{event.payload.get('told_id')}")
        note_moment(
            user_id=person,
            kind=EarnedMoment.Kind.SOLVED,
            subject=subject[:120],
            at=event.occurred_at,
        )
