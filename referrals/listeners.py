"""Listeners of introductions: a new member gets a link; an accepted answer or a solved question may
be a moment to ask for an introduction.
"""

from __future__ import annotations

from portal.accounts.models import User
from portal.core.calendar.calendars import SITE
from portal.events import on
from portal.events.models import Event
from referrals.models import EarnedMoment, Program, ReferredOrganization
from referrals.rules.eligibility import why_not
from referrals.services.analytics.marks import mark_all_introductions
from referrals.services.credit.claims import recalculate_attribution
from referrals.services.links.links import link_for
from referrals.services.links.shared_content import look_again
from referrals.services.programs.asks import note_moment
from referrals.services.state.locks import lock_referred


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
    """Create a new member's link into the default program, so that their hub is ready when they
    first open it.
    """
    program = Program.objects.filter(is_default=True, state=Program.State.OPEN).first()
    user = User.objects.filter(pk=event.payload.get("user_id", 0), is_active=True).first()
    if program is None or user is None or user.organization is None or user.organization.is_own:
        return
    if not why_not(program, user, event.occurred_at):
        link_for(user=user, program=program, now=event.occurred_at)


@on("community.answer.accepted", history=False)
def an_answer_helped(event: Event) -> None:
    """Whoever wrote an accepted answer has shown that they can help; they may be asked for an
    introduction.
    """
    author, asker = event.payload.get("author_id"), event.payload.get("asker_id")
    if author and author != asker:
        subject = f"community.topic:{event.payload.get('topic_id')}"
        note_moment(
            user_id=author, kind=EarnedMoment.Kind.HELPED, subject=subject, at=event.occurred_at
        )


@on("teams.customer.confirmed", history=False)
def it_was_solved(event: Event) -> None:
    """A "yes, solved" may be a moment to ask the customer; a "partly" or "no" is not."""
    person = event.payload.get("person_id")
    if person and event.payload.get("answer") == "yes":
        subject = str(event.payload.get("about") or f"teams.told:{event.payload.get('told_id')}")
        note_moment(
            user_id=person,
            kind=EarnedMoment.Kind.SOLVED,
            subject=subject[:120],
            at=event.occurred_at,
        )


@on("accounts.organization.customer_dated")
def decide_again(event: Event) -> None:
    """A sale in one program may show that the company was a customer before it was introduced into
    another one.
    """
    for row in (
        ReferredOrganization.objects.filter(
            organization_id=event.organization_id or 0, candidates__isnull=False
        )
        .select_related("program")
        .distinct()
        .order_by("pk")
    ):
        referred = lock_referred(row.program_id, row.organization_id)
        recalculate_attribution(referred, program=row.program, now=event.occurred_at)


@on("accounts.calendar.changed")
def months_follow_the_zone(event: Event) -> None:
    """Where the site's time zone changed, months and days of introductions are derived anew."""
    payload = event.payload
    if payload["name"] == SITE and payload["zone_before"] != payload["zone_now"]:
        mark_all_introductions()
