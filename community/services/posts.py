"""Answering, commenting, editing, deleting and restoring posts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Max, Min, Q

from community.events import AnswerPosted, PostDeleted, PostEdited, PostRestored, ReplyPosted
from community.models import Post, PostRevision, Topic
from community.rules.event_payloads import of_post, subject_of
from community.rules.text import guess_language
from community.selectors.people import MentionReader
from community.services.attachments import forget_uses, note_uses
from community.services.drafts import forget_draft
from community.services.reading import begin_following, note_read
from community.services.spaces import change_listing, count_tags, is_listed, tag_step
from portal import audit, events
from portal.accounts.models import User
from portal.accounts.permissions import can_moderate
from portal.core.db.ids import uuid7
from portal.core.db.inserts import insert
from portal.core.text import html_version, markdown


class TopicClosed(ValueError):
    """The topic was locked or deleted while the answer was written."""


class PostGone(ValueError):
    """The post was deleted, hidden or closed while somebody wrote on it; `by` is who deleted it."""

    def __init__(self, by: User | None = None) -> None:
        super().__init__()
        self.by = by


class AnsweredMeanwhile(ValueError):
    """Others have answered the question, and their answers are not its author's to delete."""


def post_answer(
    *,
    topic: Topic,
    author: User,
    body: str,
    now: datetime,
    form_key: UUID | None = None,
    draft_key: str = "",
) -> Post:
    """Post an answer to a question, or a reply in a discussion. The same `form_key` sent again
    returns the first.

    Raises TopicClosed when the topic was locked or deleted meanwhile.
    """
    return _post_once(topic, None, author, body, now, form_key, draft_key)


def post_comment(
    *,
    parent: Post,
    author: User,
    body: str,
    now: datetime,
    form_key: UUID | None = None,
    draft_key: str = "",
) -> Post:
    """Comment on a question, an answer or a reply; a comment on a comment stays with the post above
    both.
    """
    top = parent if parent.kind != Post.Kind.COMMENT or parent.parent is None else parent.parent
    return _post_once(top.topic, top, author, body, now, form_key, draft_key)


def _post_once(
    topic: Topic,
    parent: Post | None,
    author: User,
    body: str,
    now: datetime,
    form_key: UUID | None,
    draft_key: str,
) -> Post:
    try:
        with transaction.atomic():
            return _post(topic, parent, author, body, now, form_key, draft_key)
    except IntegrityError:
        earlier = (
            Post.objects.filter(form_key=form_key, author=author).first() if form_key else None
        )
        if earlier is None:
            raise
        earlier.topic = topic
        return earlier


def _take_number(
    topic: Topic, *, is_answer: bool, new_followers: int, now: datetime, may_pass_lock: bool
) -> bool:
    """Count the post and take its number in one statement; return whether it is the first
    answer.
    """
    # on the measured path of a reply: the ORM's UPDATE returns nothing, a second query would
    # have to
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE community_topic SET last_number = last_number + 1, version = version + 1, "
            "answer_count = answer_count + %s, comment_count = comment_count + %s, "
            "follower_count = follower_count + %s, last_posted_at = GREATEST(last_posted_at, %s), "
            "first_answered_at = CASE WHEN %s THEN COALESCE(first_answered_at, %s) ELSE "
            "first_answered_at END "
            "WHERE id = %s AND deleted_at IS NULL AND (NOT is_locked OR %s) "
            "RETURNING last_number, version, answer_count, comment_count",
            [
                int(is_answer),
                int(not is_answer),
                new_followers,
                now,
                is_answer,
                now,
                topic.pk,
                may_pass_lock,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        raise TopicClosed
    topic.last_number, topic.version, topic.answer_count, topic.comment_count = row
    topic.last_posted_at = max(topic.last_posted_at, now)
    return is_answer and topic.answer_count == 1


def _post(
    topic: Topic,
    parent: Post | None,
    author: User,
    body: str,
    now: datetime,
    form_key: UUID | None,
    draft_key: str,
) -> Post:
    public_id, reader = uuid7(), MentionReader.of(topic)
    rendered = markdown.render(body, scope=public_id.hex[-12:], mentions=reader)
    is_answer = parent is None
    followed = begin_following(user=author, topic=topic, now=now)
    is_first = _take_number(
        topic,
        is_answer=is_answer,
        new_followers=followed,
        now=now,
        may_pass_lock=can_moderate(author),
    )
    post = Post(
        public_id=public_id,
        topic=topic,
        number=topic.last_number,
        kind=Post.Kind.ANSWER if is_answer else Post.Kind.COMMENT,
        parent=parent,
        author=author,
        author_organization=author.organization,
        by_staff=author.is_team,
        markdown=body,
        html=rendered.html,
        language=guess_language(rendered.text),
        created_at=now,
        form_key=form_key,
    )
    post.unclear_mentions = tuple(reader.unclear)
    insert(post)
    note_uses(writer=author, text=body, post=post)
    note_read(user=author, topic=topic, number=post.number, now=now)
    if draft_key:
        forget_draft(user=author, key=draft_key)
    base = of_post(topic, post) | {
        "by_staff": post.by_staff,
        "mentioned_ids": reader.ids,
    }
    fact = (
        AnswerPosted(**base, is_first=is_first)
        if is_answer and topic.spec.has_answers
        else ReplyPosted(
            **base, is_comment=not is_answer, parent_author_id=parent.author_id if parent else None
        )
    )
    events.publish(
        fact, subject=subject_of(topic), actor=author, organization=author.organization, now=now
    )
    return post


def _write_text(post: Post, topic: Topic, body: str, editor: User, now: datetime) -> None:
    """Put a new text into a post, whose first one becomes version 1."""
    first = post.kind == Post.Kind.BODY
    if post.revision_count == 0:
        PostRevision.objects.create(
            post=post,
            number=1,
            title=topic.title if first else "",
            markdown=post.markdown,
            editor_id=post.author_id,
            at=post.created_at,
        )
        post.revision_count = 1
    post.revision_count += 1
    reader = MentionReader.of(topic)
    rendered = markdown.render(body, scope=post.public_id.hex[-12:], mentions=reader)
    post.unclear_mentions = tuple(reader.unclear)
    post.html_version = html_version.VERSION
    post.markdown, post.html, post.language = body, rendered.html, guess_language(rendered.text)
    post.edited_at, post.edited_by = now, editor
    post.save(
        update_fields=[
            "markdown",
            "html",
            "html_version",
            "language",
            "edited_at",
            "edited_by",
            "revision_count",
        ]
    )


@transaction.atomic
def edit_post(
    *,
    post: Post,
    editor: User,
    body: str,
    now: datetime,
    title: str | None = None,
    tags: list[str] | None = None,
    reason: str = "",
) -> bool:
    """Write a new version of a post (title and tags too where it is a topic's text); False when
    nothing changed.

    Raises PostGone when there is nothing to write on any more.
    """
    topic = Topic.objects.select_for_update().get(pk=post.topic_id)
    post = Post.objects.select_for_update(of=("self",)).select_related("deleted_by").get(pk=post.pk)
    closed = topic.is_locked or post.hidden_at is not None
    if topic.deleted_at or post.deleted_at or (closed and not can_moderate(editor)):
        raise PostGone(post.deleted_by)
    first = post.kind == Post.Kind.BODY
    new_title = title.strip() if first and title else topic.title
    if (
        body == post.markdown
        and new_title == topic.title
        and (not first or tags is None or tags == topic.tag_names)
    ):
        return False
    _write_text(post, topic, body, editor, now)
    note_uses(writer=editor, text=body, post=post)
    forget_uses(post=post, text=body)
    PostRevision.objects.create(
        post=post,
        number=post.revision_count,
        title=new_title if first else "",
        markdown=body,
        editor=editor,
        reason=reason,
        at=now,
    )
    _apply_to_topic(topic, new_title, tags if first else None)
    events.publish(
        PostEdited(**of_post(topic, post), revision=post.revision_count),
        subject=subject_of(topic),
        actor=editor,
        organization=editor.organization,
        now=now,
    )
    if editor.pk != post.author_id:
        audit.record(
            "community.post.edit",
            actor=editor,
            target=f"community.post:{post.pk}",
            now=now,
            reason=reason,
        )
    return True


def _apply_to_topic(topic: Topic, title: str, tags: list[str] | None) -> None:
    topic.version += 1
    topic.title = title
    if tags is not None and tags != topic.tag_names:
        step = tag_step(topic.visibility) if is_listed(topic) else 0
        count_tags(topic.tag_names, step=-step)
        topic.tags, topic.tag_names = count_tags(tags, step=step)
    topic.save(update_fields=["title", "tags", "tag_names", "version"])


def recount(topic: Topic) -> None:
    """Set a topic's counters, and which answer solved it, from its rows; used where posts go away
    or come back.
    """
    row = Topic.objects.select_for_update().get(pk=topic.pk)
    posts = Post.objects.filter(topic=topic, deleted_at=None, hidden_at=None)
    shown = posts.aggregate(
        answers=Count("pk", filter=Q(kind=Post.Kind.ANSWER)),
        comments=Count("pk", filter=Q(kind=Post.Kind.COMMENT)),
        first=Min("created_at", filter=Q(kind=Post.Kind.ANSWER)),
        last=Max("created_at"),
    )
    Topic.objects.filter(pk=topic.pk).update(
        version=F("version") + 1,
        answer_count=shown["answers"],
        comment_count=shown["comments"],
        first_answered_at=shown["first"],
        last_posted_at=shown["last"] or F("last_posted_at"),
    )
    kept = row.accepted_post_id
    if kept is not None and not posts.filter(pk=kept).exists():
        Post.objects.filter(pk=kept).update(
            was_accepted_at=row.accepted_at, was_accepted_by=row.accepted_by_id
        )
        accept(row, None, None, None)
    elif kept is None and (back := posts.filter(was_accepted_at__isnull=False).first()):
        accept(row, back, back.was_accepted_at, back.was_accepted_by_id)
        Post.objects.filter(pk=back.pk).update(was_accepted_at=None, was_accepted_by=None)


def accept(topic: Topic, post: Post | None, at: datetime | None, by: int | None) -> None:
    """Write which answer solved a locked topic."""
    topic.accepted_post, topic.accepted_at, topic.accepted_by_id = post, at, by
    topic.save(update_fields=["accepted_post", "accepted_at", "accepted_by"])


@transaction.atomic
def delete_post(*, post: Post, actor: User, now: datetime, reason: str = "") -> bool:
    """Delete a post; with its first post a topic goes as a whole.

    `restore_post` takes it back. False when it is gone. Raises AnsweredMeanwhile.
    """
    topic = Topic.objects.select_for_update().get(pk=post.topic_id)
    if post.kind == Post.Kind.BODY and topic.answer_count and not can_moderate(actor):
        raise AnsweredMeanwhile
    if not Post.objects.filter(pk=post.pk, deleted_at=None).update(
        deleted_at=now, deleted_by=actor
    ):
        return False
    if post.kind == Post.Kind.BODY:
        change_listing(topic, deleted_at=now, deleted_by=actor)
    else:
        recount(topic)
    events.publish(
        PostDeleted(**of_post(topic, post)),
        subject=subject_of(topic),
        actor=actor,
        organization=actor.organization,
        now=now,
    )
    if actor.pk != post.author_id:
        audit.record(
            "community.post.delete",
            actor=actor,
            target=f"community.post:{post.pk}",
            now=now,
            reason=reason,
        )
    return True


@transaction.atomic
def restore_post(*, post: Post, actor: User, now: datetime) -> bool:
    """Take a deletion back: an answer that had solved its question has again, where no other has
    since. False when it is there.
    """
    topic = Topic.objects.select_for_update().get(pk=post.topic_id)
    if (
        not Post.objects.filter(pk=post.pk)
        .exclude(deleted_at=None)
        .update(deleted_at=None, deleted_by=None)
    ):
        return False
    if post.kind == Post.Kind.BODY:
        change_listing(topic, deleted_at=None, deleted_by=None)
    else:
        recount(topic)
    events.publish(
        PostRestored(**of_post(topic, post)),
        subject=subject_of(topic),
        actor=actor,
        organization=actor.organization,
        now=now,
    )
    if actor.pk != post.author_id:
        audit.record(
            "community.post.restore", actor=actor, target=f"community.post:{post.pk}", now=now
        )
    return True
