"""What introductions hear: a new member gets her link."""

from __future__ import annotations

from portal.accounts.models import User
from portal.events import on
from portal.events.models import Event
from referrals.models import Program
from referrals.services.contents import look_again
from referrals.services.links import link_for


@on(
    "community.topic.changed", "community.post.deleted", "community.post.hidden", "community.post.restored",
    "community.article.published", "community.article.archived",
)  # fmt: skip
def follow_content(event: Event) -> None:
    """A link to something that is gone leads to the welcome page from now on, and back when it is there again."""
    look_again(event.subject)


@on("accounts.member.joined")
def give_a_link(event: Event) -> None:
    """Make a new member's link into the default program, so that her hub is ready when she first opens it."""
    program = Program.objects.filter(is_default=True, state=Program.State.OPEN).first()
    user = User.objects.filter(pk=event.payload.get("user_id", 0), is_active=True).first()
    if program is not None and user is not None and user.organization is not None and not user.organization.is_own:
        link_for(user=user, program=program, now=event.occurred_at)
