"""Posting topics: asking questions, opening discussions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from community import topic_kinds
from community.events import TopicPosted
from community.models import Follow, Post, ReadState, Space, Topic, Visibility
from community.models.spaces import stricter
from community.rules.text import guess_language
from community.selectors.people import mentioned
from community.services.attachments import note_uses
from community.services.drafts import forget_draft
from community.services.event_payloads import of_post, subject_of
from community.services.spaces import count_tags, tag_step
from portal import events
from portal.accounts.models import Organization, User
from portal.core.db.inserts import insert
from portal.core.text import markdown


def post_topic(
    *,
    kind: str,
    author: User,
    space: Space,
    title: str,
    body: str,
    now: datetime,
    tags: tuple[str, ...] | list[str] = (),
    visibility: str = Visibility.PUBLIC,
    form_key: UUID | None = None,
    draft_key: str = "",
    is_sample: bool = False,
) -> Topic:
    """Post a question or a discussion; the author follows it and has read it.

    The stricter of the space's and the wished visibility holds; "only my company" means the
    author's. The same `form_key` sent again returns the first topic. Raises ValueError where there
    is no company to limit it to.
    """
    if form_key is not None and (earlier := _sent_before(form_key, author)):
        return earlier
    try:
        with transaction.atomic():
            return _post(
                kind=kind,
                author=author,
                space=space,
                title=title,
                body=body,
                now=now,
                tags=tags,
                visibility=visibility,
                form_key=form_key,
                draft_key=draft_key,
                is_sample=is_sample,
            )
    except IntegrityError:
        if form_key is not None and (earlier := _sent_before(form_key, author)):
            return earlier
        raise


def _posted_event(kind: str) -> type[TopicPosted]:
    writing = topic_kinds.get(kind).writing
    if writing is None:
        raise ValueError(f"a {kind} is not posted: it has services of its own")
    return writing.posted


def _sent_before(form_key: UUID, author: User) -> Topic | None:
    return Topic.objects.filter(form_key=form_key, author=author).first()


def confine(space: Space, visibility: str, author: User) -> tuple[str, Organization | None]:
    """Return who may see what this author posts into this space.

    Raises ValueError without a company to name.
    """
    effective = stricter(space.visibility, visibility)
    if effective != Visibility.ORGANIZATION:
        return effective, None
    organization = (
        space.organization if space.visibility == Visibility.ORGANIZATION else author.organization
    )
    if organization is None:
        raise ValueError("only members of a company can post for their company alone")
    return effective, organization


def _post(
    *,
    kind: str,
    author: User,
    space: Space,
    title: str,
    body: str,
    now: datetime,
    tags: tuple[str, ...] | list[str],
    visibility: str,
    form_key: UUID | None,
    draft_key: str,
    is_sample: bool,
) -> Topic:
    posted = _posted_event(kind)
    effective, organization = confine(space, visibility, author)
    rendered = markdown.render(body)
    language = guess_language(f"{title}\n{rendered.text}")
    keys, names = count_tags(tags, step=tag_step(effective))
    topic = Topic(
        kind=kind,
        title=title.strip(),
        language=language,
        space=space,
        tags=keys,
        tag_names=names,
        visibility=effective,
        organization=organization,
        author=author,
        author_organization=author.organization,
        last_number=1,
        created_at=now,
        last_posted_at=now,
        form_key=form_key,
        follower_count=1,
        is_sample=is_sample,
    )
    insert(topic)
    post = Post(
        topic=topic,
        number=1,
        kind=Post.Kind.BODY,
        author=author,
        author_organization=author.organization,
        by_staff=author.is_team,
        markdown=body,
        html=rendered.html,
        language=language,
        created_at=now,
    )
    insert(post)
    note_uses(writer=author, text=body, post=post)
    Space.objects.filter(pk=space.pk).update(topic_count=F("topic_count") + 1)
    insert(Follow(user=author, topic=topic, created_at=now))
    insert(ReadState(user=author, topic=topic, last_read_number=1, read_at=now))
    if draft_key:
        forget_draft(user=author, key=draft_key)
    events.publish(
        posted(
            **of_post(topic, post),
            space=space.slug,
            tags=names,
            language=language,
            mentioned_ids=mentioned(rendered.mentions, topic),
        ),
        subject=subject_of(topic),
        actor=author,
        organization=author.organization,
        now=now,
    )
    return topic
