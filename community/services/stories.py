"""Success stories: written, consented to, reviewed, published, withdrawn.

Their pages are made in story_pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from community.events import StoryPublished, StoryReturned, StorySubmitted, StoryWithdrawn
from community.models import Space, Story, StoryConsent, StoryResult, Visibility
from community.models.stories import RESULTS
from community.rules import consent as words
from community.rules.state_machines import AUTHOR, EDITABLE, EDITOR, STORY
from community.rules.story_metrics import Measured
from community.services.drafts import forget_draft
from community.services.event_payloads import of_story, story_subject
from community.services.story_pages import hide_page, show_page
from portal import audit, events
from portal.accounts.models import User
from portal.core.db.state_machine import TransitionRefused

S = Story.State


class StoryMoved(ValueError):
    """Somebody else was faster: the story is no longer in a state in which this can be done."""


def save_story(
    *,
    author: User,
    title: str,
    problem: str,
    action: str,
    outcome: str,
    space: Space,
    now: datetime,
    results: Sequence[Measured] = (),
    story: Story | None = None,
    form_key: UUID | None = None,
    draft_key: str = "",
    is_sample: bool = False,
) -> Story:
    """Write a story, or write it anew while nobody else has it; nobody but its author and staff
    sees it.

    The same `form_key` sent again returns the first. Raises ValueError for an author without a
    customer company, for a space that not every member may see, for too many results, and
    StoryMoved once the story was submitted.
    """
    if author.organization is None or author.organization.is_own:
        raise ValueError("stories are told by customers")
    if space.visibility not in (Visibility.PUBLIC, Visibility.MEMBERS):
        raise ValueError("a story is told where every member may read it")
    if len(results) > RESULTS:
        raise ValueError(f"at most {RESULTS} results")
    told = {
        "title": title.strip(),
        "problem": problem,
        "action": action,
        "outcome": outcome,
        "space": space,
    }
    if story is None and form_key is not None and (earlier := _sent_before(form_key, author)):
        return earlier
    try:
        with transaction.atomic():
            if story is None:
                saved = Story.objects.create(
                    **told,
                    author=author,
                    organization=author.organization,
                    created_at=now,
                    updated_at=now,
                    form_key=form_key,
                    is_sample=is_sample,
                )
            else:
                saved = _rewrite(story, told, now)
            StoryResult.objects.filter(story=saved).delete()
            StoryResult.objects.bulk_create(
                StoryResult(
                    story=saved,
                    position=n,
                    what=row.what,
                    before=row.before,
                    after=row.after,
                    unit=row.unit,
                )
                for n, row in enumerate(results, start=1)
            )
            if draft_key:
                forget_draft(user=author, key=draft_key)
    except IntegrityError:
        if form_key is not None and (earlier := _sent_before(form_key, author)):
            return earlier
        raise
    return saved


def _sent_before(form_key: UUID, author: User) -> Story | None:
    return Story.objects.filter(form_key=form_key, author=author).first()


def _rewrite(story: Story, told: dict[str, object], now: datetime) -> Story:
    story = Story.objects.select_for_update().get(pk=story.pk)
    if story.state not in EDITABLE:
        raise StoryMoved(story.state)
    for name, value in told.items():
        setattr(story, name, value)
    story.updated_at = now
    story.save(update_fields=[*told, "updated_at"])
    return story


def _move(
    story: Story, to: str, role: str, *, reason: str = "", expected: int | None = None
) -> Story:
    """Lock a story and let it take a step.

    Raises StoryMoved where it cannot, or when it was submitted anew meanwhile, and
    TransitionRefused without the reason that the step takes.
    """
    story = (
        Story.objects.select_for_update(of=("self",))
        .select_related("organization", "author")
        .get(pk=story.pk)
    )
    if expected is not None and story.consent_id != expected:
        raise StoryMoved(story.state)
    try:
        STORY.move(story, to, role, reason=reason)
    except TransitionRefused as error:
        if error.lacks_reason:
            raise
        raise StoryMoved(story.state) from error
    return story


def _end_consent(story: Story, actor: User | None, now: datetime) -> StoryConsent:
    consent = story.consents.get(ended_at=None)
    consent.ended_at, consent.ended_by = now, actor
    consent.save(update_fields=["ended_at", "ended_by"])
    story.consent = None
    return consent


@transaction.atomic
def submit_story(
    *, story: Story, author: User, audience: str, naming: str, now: datetime
) -> StoryConsent:
    """Store what the author agrees to, in the words they read, and submit the story to staff.

    Raises StoryMoved.
    """
    story = _move(story, S.SUBMITTED, AUTHOR)
    agreed = words.sentences(
        audience=audience, naming=naming, organization=story.organization, author=story.author
    )
    consent = StoryConsent.objects.create(
        story=story,
        audience=StoryConsent.Audience(audience),
        naming=StoryConsent.Naming(naming),
        text_version=words.VERSION,
        words="\n".join(agreed),
        given_at=now,
        given_by=author,
    )
    story.consent, story.submitted_at, story.reason, story.withdrawn_at = consent, now, "", None
    story.save(update_fields=["state", "consent", "submitted_at", "reason", "withdrawn_at"])
    events.publish(
        StorySubmitted(
            **of_story(story),
            audience=consent.audience,
            naming=consent.naming,
            text_version=words.VERSION,
        ),
        subject=story_subject(story),
        actor=author,
        organization=story.organization,
        now=now,
    )
    return consent


@transaction.atomic
def publish_story(
    *, story: Story, editor: User, now: datetime, consent_id: int | None = None
) -> Story:
    """Show a submitted story to those its author agreed to. `consent_id` says which submission the
    editor has read.

    Raises StoryMoved when it is no longer that submission.
    """
    story = _move(story, S.PUBLISHED, EDITOR, expected=consent_id)
    consent = story.consents.get(ended_at=None)
    is_first = story.published_at is None
    story.topic = show_page(story, consent, now)
    story.published_at = story.published_at or now
    story.decided_at, story.decided_by = now, editor
    story.save(
        update_fields=["state", "topic", "published_at", "decided_at", "decided_by", "summary"]
    )
    waited = (now - story.submitted_at).total_seconds() / 3600 if story.submitted_at else 0
    events.publish(
        StoryPublished(
            **of_story(story, story.topic),
            is_first=is_first,
            audience=consent.audience,
            naming=consent.naming,
            waited_hours=round(waited, 2),
        ),
        subject=story_subject(story),
        actor=editor,
        organization=story.organization,
        now=now,
    )
    audit.record(
        "community.story.publish",
        actor=editor,
        target=f"community.story:{story.pk}",
        now=now,
        before={"state": S.SUBMITTED},
        after={"state": S.PUBLISHED, "topic": story.topic_id, "consent": consent.pk},
    )
    return story


@transaction.atomic
def return_story(
    *, story: Story, editor: User, reason: str, now: datetime, consent_id: int | None = None
) -> Story:
    """Return a submitted story with a reason for its author, who may edit and submit it again.

    Raises StoryMoved.
    """
    story = _move(story, S.RETURNED, EDITOR, reason=reason, expected=consent_id)
    _end_consent(story, editor, now)
    story.reason, story.decided_at, story.decided_by = reason.strip()[:500], now, editor
    story.save(update_fields=["state", "consent", "reason", "decided_at", "decided_by"])
    events.publish(
        StoryReturned(**of_story(story), reason=story.reason),
        subject=story_subject(story),
        actor=editor,
        organization=story.organization,
        now=now,
    )
    audit.record(
        "community.story.return",
        actor=editor,
        target=f"community.story:{story.pk}",
        now=now,
        before={"state": S.SUBMITTED},
        after={"state": S.RETURNED},
        reason=story.reason,
    )
    return story


@transaction.atomic
def withdraw_story(*, story: Story, actor: User, now: datetime) -> bool:
    """Take the consent back: staff no longer have the story, readers no longer see it.

    False when nobody had it.
    """
    role = AUTHOR if actor.pk == story.author_id else EDITOR
    try:
        story = _move(story, S.WITHDRAWN, role)
    except StoryMoved:
        return False
    was_public = hide_page(story, actor, now)
    _end_consent(story, actor, now)
    story.withdrawn_at = now
    story.save(update_fields=["state", "consent", "withdrawn_at"])
    events.publish(
        StoryWithdrawn(
            **of_story(story, story.topic),
            was_public=was_public,
            by_author=actor.pk == story.author_id,
        ),
        subject=story_subject(story),
        actor=actor,
        organization=story.organization,
        now=now,
    )
    audit.record(
        "community.story.withdraw",
        actor=actor,
        target=f"community.story:{story.pk}",
        now=now,
        before={"state": S.PUBLISHED if was_public else S.SUBMITTED},
        after={"state": S.WITHDRAWN},
    )
    return True
