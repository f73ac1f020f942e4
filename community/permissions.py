"""Who may do what in the community. `can_x` answers, `check_x` refuses with PermissionDenied."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from community import visibility
from community.models import Post, Space, Story, Topic
from community.rules.state_machines import EDITABLE
from community.topic_kinds import STORY, TopicKind
from portal.accounts.models import TeamName, User
from portal.accounts.permissions import can_moderate, is_member, is_staff_member
from portal.accounts.visibility import REACH, administered_organization_id

Anyone = User | AnonymousUser


def can_reach(user: Anyone, row: Space | Topic) -> bool:
    """Whether a person may know of it, hidden and deleted or not."""
    return REACH.holds(user, row)


def can_read(user: Anyone, topic: Topic) -> bool:
    """Deleted topics are read by nobody, hidden ones by moderators and their author."""
    return visibility.TOPIC.holds(user, topic)


def can_post_in(user: Anyone, space: Space) -> bool:
    return is_member(user) and visibility.SPACE.holds(user, space)


def can_post(user: Anyone, kind: TopicKind) -> bool:
    """Whether a person may write topics of this kind at all."""
    return is_member(user) and kind.may_post(user)


def can_answer(user: Anyone, topic: Topic) -> bool:
    """Members answer what they may read; a locked or hidden topic takes answers from moderators
    alone.
    """
    closed = topic.is_locked or topic.hidden_at is not None
    return is_member(user) and can_read(user, topic) and (not closed or can_moderate(user))


def can_accept(user: Anyone, topic: Topic) -> bool:
    """The asker accepts an answer; staff may do it on their behalf."""
    return (
        topic.spec.has_answers
        and can_read(user, topic)
        and is_member(user)
        and (topic.author_id == user.pk or is_staff_member(user))
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands in a topic, asked once for all of its posts; `standing_in` gives it."""

    topic: Topic
    user_id: int | None
    may_read: bool
    moderates: bool
    may_accept: bool

    def can_edit(self, post: Post) -> bool:
        """Authors their own, while the topic is open; moderators every post.

        A story reads as its author agreed to it.
        """
        if not self.may_read or post.deleted_at is not None or is_fixed(post, self.topic):
            return False
        return self.moderates or (
            self._is_own(post) and not self.topic.is_locked and post.hidden_at is None
        )

    def can_delete(self, post: Post) -> bool:
        """Authors their own, but not a question others have answered: the answers are theirs.
        Moderators every post.

        A story is not deleted: its consent is withdrawn, or moderators hide it.
        """
        if not self.may_read or post.deleted_at is not None or is_fixed(post, self.topic):
            return False
        if self.moderates:
            return True
        own = self._is_own(post) and not self.topic.is_locked
        return own and not (post.kind == Post.Kind.BODY and self.topic.answer_count > 0)

    def can_react(self, post: Post) -> bool:
        """Members, on what others wrote."""
        return (
            self.may_read
            and post.deleted_at is None
            and post.hidden_at is None
            and not self._is_own(post)
        )

    def can_accept(self, post: Post) -> bool:
        """Whoever may say what solved it, of an answer that all can read."""
        return self.may_accept and post.kind == Post.Kind.ANSWER and post.hidden_at is None

    def _is_own(self, post: Post) -> bool:
        return post.author_id == self.user_id


def is_fixed(post: Post, topic: Topic) -> bool:
    """Whether a text is changed and taken away by its kind's own services alone."""
    return post.kind == Post.Kind.BODY and topic.spec.text_is_fixed


def standing_in(topic: Topic, user: Anyone) -> Standing:
    """Return what `user` may do with the posts of `topic`: nothing unless they are a member who may
    read it.
    """
    may_read = is_member(user) and can_read(user, topic)
    return Standing(topic, user.pk, may_read, can_moderate(user), can_accept(user, topic))


def can_edit(user: Anyone, post: Post) -> bool:
    return standing_in(post.topic, user).can_edit(post)


def can_delete(user: Anyone, post: Post) -> bool:
    return standing_in(post.topic, user).can_delete(post)


def can_undelete(user: Anyone, post: Post) -> bool:
    """Whoever deleted it, and moderators; a withdrawn story comes back with a new consent alone."""
    if post.deleted_at is None or not is_member(user) or is_fixed(post, post.topic):
        return False
    return can_moderate(user) or post.deleted_by_id == user.pk


def can_react(user: Anyone, post: Post) -> bool:
    return standing_in(post.topic, user).can_react(post)


def can_flag(user: Anyone, post: Post) -> bool:
    return can_react(user, post)


def can_write_stories(user: Anyone) -> bool:
    return STORY.may_post(user)


def can_publish_stories(user: Anyone) -> bool:
    """Marketing and the community team, moderators and administrators."""
    return can_moderate(user) or (is_member(user) and TeamName.MARKETING in user.team_names)


def can_see_story(user: Anyone, story: Story) -> bool:
    """The private page of a story: open to its author and staff, and to their company's
    administrator once it is not a draft.
    """
    return visibility.STORY.holds(user, story)


def can_edit_story(user: Anyone, story: Story) -> bool:
    """Its author, while nobody else has it, and only for their current company: they cannot agree
    on behalf of one they left.
    """
    mine = (
        is_member(user)
        and story.author_id == user.pk
        and user.organization_id == story.organization_id
    )
    return mine and can_write_stories(user) and story.state in EDITABLE


def can_withdraw_story(user: Anyone, story: Story) -> bool:
    """The author and their company's administrators, while staff or readers have it."""
    return (
        is_member(user)
        and story.is_out
        and (story.author_id == user.pk or _administers(user, story))
    )


def _administers(user: User, story: Story) -> bool:
    return (
        story.organization_id is not None
        and administered_organization_id(user) == story.organization_id
    )


def check(allowed: bool) -> None:
    """Refuse what a `can_x` did not allow."""
    if not allowed:
        raise PermissionDenied


def check_answer(user: Anyone, topic: Topic) -> None:
    check(can_answer(user, topic))


def check_accept(user: Anyone, topic: Topic) -> None:
    check(can_accept(user, topic))


def check_edit(user: Anyone, post: Post) -> None:
    check(can_edit(user, post))


def check_delete(user: Anyone, post: Post) -> None:
    check(can_delete(user, post))


def check_react(user: Anyone, post: Post) -> None:
    check(can_react(user, post))


def check_flag(user: Anyone, post: Post) -> None:
    check(can_flag(user, post))
