"""Reports and moderators' decisions.

Every decision has a reason, an act that can be undone, and an audit entry.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from community.events import PostFlagged, PostHidden, PostKept, PostRestored, TopicChanged
from community.models import Flag, ModerationAct, Post, Topic
from community.rules.state_machines import FLAG
from community.services.event_payloads import of_post, of_topic, subject_of
from community.services.posts import recount
from portal import audit, events
from portal.accounts.models import User

CLAIM_LASTS = timedelta(minutes=30)


class AlreadyDecided(ValueError):
    """Somebody else was faster; nothing was done."""


@transaction.atomic
def flag_post(*, post: Post, reporter: User, reason: str, note: str = "", now: datetime) -> Flag:
    """Report a post to the moderators; a second report of the same person while the first is open
    is the first.
    """
    flag, created = Flag.objects.get_or_create(
        post=post,
        reporter=reporter,
        state=Flag.State.OPEN,
        defaults={"reason": Flag.Reason(reason), "note": note.strip(), "created_at": now},
    )
    if created:
        events.publish(
            PostFlagged(**of_post(post.topic, post), flag_id=flag.pk, reason=flag.reason),
            subject=subject_of(post.topic),
            actor=reporter,
            organization=reporter.organization,
            now=now,
        )
    return flag


@transaction.atomic
def claim_post(*, post: Post, moderator: User, now: datetime) -> User | None:
    """Take a reported post into work; return who has it: the moderator, or a colleague who was
    faster (30 min).
    """
    free = Q(claimed_by=None) | Q(claimed_by=moderator) | Q(claimed_at__lt=now - CLAIM_LASTS)
    flags = Flag.objects.select_for_update().filter(post=post, state=Flag.State.OPEN)
    held = flags.exclude(free).select_related("claimed_by").first() if flags.exists() else None
    if held is not None:
        return held.claimed_by
    flags.update(claimed_by=moderator, claimed_at=now)
    return moderator


def _open_flags(post: Post) -> list[Flag]:
    return list(Flag.objects.select_for_update().filter(post=post, state=Flag.State.OPEN))


def _decide(flags: list[Flag], to: str) -> None:
    for flag in flags:
        FLAG.move(flag, to)
    Flag.objects.bulk_update(flags, ["state"])


def _act(
    post: Post, moderator: User, verdict: str, reason: str, flags: list[Flag], now: datetime
) -> ModerationAct:
    act = ModerationAct.objects.create(
        post=post, moderator=moderator, verdict=verdict, reason=reason, at=now
    )
    act.flags.set(flags)
    return act


def _set_hidden(post: Post, at: datetime | None, reason: str) -> None:
    Post.objects.filter(pk=post.pk).update(hidden_at=at, hidden_reason=reason)
    if post.kind == Post.Kind.BODY:
        Topic.objects.filter(pk=post.topic_id).update(hidden_at=at, version=F("version") + 1)
    else:
        recount(post.topic)


@transaction.atomic
def hide_post(*, post: Post, moderator: User, reason: str, now: datetime) -> ModerationAct:
    """Hide a post (number 1 hides the topic); its author is notified of the reason.

    Raises AlreadyDecided.
    """
    post = Post.objects.select_for_update(of=("self",)).select_related("topic").get(pk=post.pk)
    if post.hidden_at is not None:
        raise AlreadyDecided
    flags = _open_flags(post)
    _set_hidden(post, now, reason)
    _decide(flags, Flag.State.HIDDEN)
    act = _act(post, moderator, ModerationAct.Verdict.HIDE, reason, flags, now)
    events.publish(
        PostHidden(**of_post(post.topic, post), reason=reason),
        subject=subject_of(post.topic),
        actor=moderator,
        now=now,
    )
    audit.record(
        "community.post.hide",
        actor=moderator,
        target=f"community.post:{post.pk}",
        now=now,
        before={"hidden": False},
        after={"hidden": True, "flags": [flag.pk for flag in flags]},
        reason=reason,
    )
    return act


@transaction.atomic
def keep_post(*, post: Post, moderator: User, reason: str, now: datetime) -> ModerationAct:
    """Leave a reported post as it is. Raises AlreadyDecided when no report is open any more."""
    post = Post.objects.select_for_update(of=("self",)).select_related("topic").get(pk=post.pk)
    flags = _open_flags(post)
    if not flags:
        raise AlreadyDecided
    _decide(flags, Flag.State.KEPT)
    act = _act(post, moderator, ModerationAct.Verdict.KEEP, reason, flags, now)
    reporters = sorted({flag.reporter_id for flag in flags if flag.reporter_id})
    events.publish(
        PostKept(**of_post(post.topic, post), reporter_ids=reporters),
        subject=subject_of(post.topic),
        actor=moderator,
        now=now,
    )
    audit.record(
        "community.post.keep",
        actor=moderator,
        target=f"community.post:{post.pk}",
        now=now,
        after={"flags": [flag.pk for flag in flags]},
        reason=reason,
    )
    return act


@transaction.atomic
def show_post(*, post: Post, moderator: User, reason: str, now: datetime) -> ModerationAct:
    """Show a hidden post again. Raises AlreadyDecided when it is not hidden."""
    post = Post.objects.select_for_update(of=("self",)).select_related("topic").get(pk=post.pk)
    if post.hidden_at is None:
        raise AlreadyDecided
    _set_hidden(post, None, "")
    act = _act(post, moderator, ModerationAct.Verdict.RESTORE, reason, [], now)
    events.publish(
        PostRestored(**of_post(post.topic, post)),
        subject=subject_of(post.topic),
        actor=moderator,
        now=now,
    )
    audit.record(
        "community.post.show",
        actor=moderator,
        target=f"community.post:{post.pk}",
        now=now,
        before={"hidden": True},
        after={"hidden": False},
        reason=reason,
    )
    return act


@transaction.atomic
def undo_act(*, act: ModerationAct, moderator: User, now: datetime) -> bool:
    """Take a decision back: the post is as before, its reports are open again.

    False when it was undone already.
    """
    if not ModerationAct.objects.filter(pk=act.pk, undone_at=None).update(undone_at=now):
        return False
    post = Post.objects.select_for_update(of=("self",)).select_related("topic").get(pk=act.post_id)
    if act.verdict == ModerationAct.Verdict.HIDE and post.hidden_at is not None:
        _set_hidden(post, None, "")
        events.publish(
            PostRestored(**of_post(post.topic, post)),
            subject=subject_of(post.topic),
            actor=moderator,
            now=now,
        )
    elif act.verdict == ModerationAct.Verdict.RESTORE and post.hidden_at is None:
        _set_hidden(post, now, act.reason)
        events.publish(
            PostHidden(**of_post(post.topic, post), reason=act.reason),
            subject=subject_of(post.topic),
            actor=moderator,
            now=now,
        )
    reopened = act.flags.filter(state__in=FLAG.sources(Flag.State.OPEN)).exclude(
        reporter__in=Flag.objects.filter(post=post, state=Flag.State.OPEN).values("reporter")
    )
    reopened.update(state=Flag.State.OPEN, claimed_by=None, claimed_at=None)
    audit.record(
        "community.act.undo",
        actor=moderator,
        target=f"community.post:{post.pk}",
        now=now,
        before={"verdict": act.verdict, "act": act.pk},
    )
    return True


@transaction.atomic
def lock_topic(*, topic: Topic, moderator: User, reason: str = "", now: datetime) -> bool:
    """Close a topic for new answers; False when it is closed."""
    return _set_locked(topic, moderator, True, reason, now)


@transaction.atomic
def unlock_topic(*, topic: Topic, moderator: User, reason: str = "", now: datetime) -> bool:
    """Open a topic again; False when it is open."""
    return _set_locked(topic, moderator, False, reason, now)


def _set_locked(topic: Topic, moderator: User, locked: bool, reason: str, now: datetime) -> bool:
    changed = Topic.objects.filter(pk=topic.pk, is_locked=not locked)
    if not changed.update(is_locked=locked, version=F("version") + 1):
        return False
    events.publish(
        TopicChanged(**of_topic(topic), what="locked" if locked else "unlocked"),
        subject=subject_of(topic),
        actor=moderator,
        now=now,
    )
    audit.record(
        "community.topic.lock" if locked else "community.topic.unlock",
        actor=moderator,
        target=f"community.topic:{topic.pk}",
        now=now,
        reason=reason,
    )
    return True
