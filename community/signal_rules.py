"""What signal rules look for in the community: questions nobody answered, first posts. And which of
its facts are voices of customers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from community.models import Post, Topic
from portal.accounts.models import Organization
from portal.events.models import Event
from portal.teams import registry
from portal.teams.models import Signal, SignalRule, Told
from portal.teams.registry import Finding

ASKED = "community.question.posted"
ANSWERED = "community.answer.posted"
GONE = (
    "community.post.deleted",
    "community.post.hidden",
)  # of a topic's first post: the topic itself
POSTS = (ASKED, "community.discussion.posted", ANSWERED, "community.reply.posted")
UNANSWERED = "question_unanswered"


def register() -> None:
    """Add triggers and voices; called from AppConfig.ready()."""
    registry.register_condition(
        UNANSWERED,
        label=_lazy("A question has no answer"),
        unit=_lazy("hours"),
        find=unanswered,
        still=still_unanswered,
        history=was_unanswered,
        explain=lambda facts: _("Asked and not answered by anybody for %(hours)s hours.") % facts,
    )
    registry.register_event(
        "first_post_of_company",
        label=_lazy("A company posts for the first time"),
        events=POSTS,
        find=first_post_of_company,
        explain=lambda facts: _("The first post anybody of %(company)s has made.") % facts,
        history=first_posts_of_companies,
    )
    registry.register_event(
        "first_post_of_person",
        label=_lazy("A person posts for the first time"),
        events=POSTS,
        find=first_post_of_person,
        explain=lambda facts: _("Their first post here."),
        history=first_posts_of_people,
    )
    registry.register_wait("question", waits_for_answer)
    voice = registry.register_voice
    voice(ASKED, label=_lazy("Question"), icon="message-circle-question-mark")
    voice(ANSWERED, label=_lazy("Answer"), icon="messages-square")
    for name in ("community.discussion.posted", "community.reply.posted"):
        voice(name, label=_lazy("Discussion"), icon="messages-square")


# --- questions nobody answered ---
def _number(key: str) -> Cast:
    return Cast(KT(f"payload__{key}"), BigIntegerField())


AWAY = Q(deleted_at__isnull=False) | Q(hidden_at__isnull=False)


def _answers() -> QuerySet[Event]:
    """Answers to the question of the outer query that are neither deleted nor hidden now."""
    away = Post.objects.filter(AWAY, pk=OuterRef("post"))
    answers = Event.objects.annotate(topic=KT("payload__topic_id"), post=_number("post_id"))
    return answers.filter(~Exists(away), name=ANSWERED, topic=OuterRef("topic"))


def _asked() -> QuerySet[Event]:
    """Questions of customers that are neither deleted nor hidden now."""
    own = Organization.objects.filter(is_own=True).values_list("pk", flat=True)
    away = Topic.objects.filter(AWAY, pk=OuterRef("number"))
    asked = Event.objects.filter(name=ASKED, is_history=False).exclude(
        organization_id__in=list(own)
    )
    return asked.annotate(topic=KT("payload__topic_id"), number=_number("topic_id")).filter(
        ~Exists(away)
    )


def _asked_without_answer(until: datetime) -> QuerySet[Event]:
    """Questions of customers that no other person answered up to `until`, as they stand now.

    An asker who said of our private update that it solved the question waits no more.
    """
    answers = _answers().exclude(actor_id=OuterRef("actor_id"))
    solved = Told.objects.filter(
        subject=OuterRef("subject"), answer=Told.Answer.YES, confirmed_at__lte=until
    )
    return _asked().filter(
        ~Exists(answers.filter(occurred_at__lte=until)), ~Exists(solved), occurred_at__lte=until
    )


def waits_for_answer(user_id: int, now: datetime) -> bool:
    """Say whether a question of this person's, of the last year, waits for its first answer."""
    return (
        _asked_without_answer(now)
        .filter(actor_id=user_id, occurred_at__gt=now - timedelta(days=365))
        .exists()
    )


def _question(event: Event, moment: datetime) -> Finding:
    return Finding(
        subject=event.subject,
        title=str(event.payload.get("title", "")),
        url=str(event.payload.get("url", "")),
        occurred_at=event.occurred_at,
        occurrence=str(event.public_id),
        organization_id=event.organization_id,
        person_id=event.actor_id,
        evidence=(event.pk,),
        facts={"hours": int((moment - event.occurred_at) / timedelta(hours=1))},
    )


def unanswered(rule: SignalRule, now: datetime) -> Iterable[Finding]:
    """Every question older than the threshold (hours), inside the window, that waits for its first
    answer.
    """
    rows = _asked_without_answer(now).filter(
        occurred_at__lte=now - timedelta(hours=rule.threshold),
        occurred_at__gt=now - timedelta(hours=rule.window_hours),
    )
    return (_question(event, now) for event in rows.order_by("occurred_at", "id").iterator())


def still_unanswered(signal: Signal, now: datetime) -> bool:
    """Whether the question behind a signal still waits."""
    return _asked_without_answer(now).filter(subject=signal.subject).exists()


def was_unanswered(rule: SignalRule, since: datetime, until: datetime) -> Iterable[Finding]:
    """Play the past: every question asked between the two moments that waited longer than the
    threshold.
    """
    wait = timedelta(hours=rule.threshold)
    answers = _answers().filter(occurred_at__lt=OuterRef("occurred_at") + wait)
    asked = _asked().filter(occurred_at__gte=since, occurred_at__lte=until - wait)
    rows = asked.filter(~Exists(answers.exclude(actor_id=OuterRef("actor_id"))))
    return (
        _question(event, event.occurred_at + wait)
        for event in rows.order_by("occurred_at", "id").iterator()
    )


# --- firsts ---
def _earlier(event: Event, who: str, number: int) -> bool:
    """Say whether a person or a company had posted before."""
    before = Q(occurred_at__lt=event.occurred_at) | Q(
        occurred_at=event.occurred_at, id__lt=event.pk
    )
    return Event.objects.filter(before, name__in=POSTS, **{who: number}).exists()


def _company(event: Event) -> Organization | None:
    return Organization.objects.filter(pk=event.organization_id or 0).first()


def _post(event: Event, subject: str, **facts: Any) -> Finding:
    return Finding(
        subject=subject,
        title=str(event.payload.get("title", "")),
        url=str(event.payload.get("url", "")),
        occurred_at=event.occurred_at,
        occurrence=subject,
        organization_id=event.organization_id,
        person_id=event.actor_id,
        evidence=(event.pk,),
        facts={**facts, "about": event.subject},
    )


def first_post_of_company(rule: SignalRule, event: Event) -> Finding | None:
    """The first question, discussion, answer or reply of anybody in a customer company."""
    company = _company(event)
    if company is None or company.is_own or _earlier(event, "organization_id", company.pk):
        return None
    return _post(event, f"accounts.organization:{company.pk}", company=company.name)


def first_post_of_person(rule: SignalRule, event: Event) -> Finding | None:
    """The first thing a customer posts."""
    company = _company(event)
    if (
        event.actor_id is None
        or (company and company.is_own)
        or _earlier(event, "actor_id", event.actor_id)
    ):
        return None
    return _post(event, f"accounts.user:{event.actor_id}")


def _firsts(who: str, since: datetime, until: datetime) -> QuerySet[Event]:
    """Play the past: the first post of everybody (`who`) there is, where it lies between the
    two moments.
    """
    first = Event.objects.filter(name__in=POSTS, **{f"{who}__isnull": False}).order_by(
        who, "occurred_at", "id"
    )
    rows = Event.objects.filter(
        pk__in=first.distinct(who).values("pk"), occurred_at__gte=since, occurred_at__lte=until
    )
    own = Organization.objects.filter(is_own=True).values_list("pk", flat=True)
    return rows.exclude(organization_id__in=list(own)).order_by("occurred_at", "id")


def first_posts_of_companies(
    rule: SignalRule, since: datetime, until: datetime
) -> Iterable[Finding]:
    """Play the past for the first post of a company: one statement, not two per post."""
    events = list(_firsts("organization_id", since, until))
    names = dict(
        Organization.objects.filter(pk__in={row.organization_id for row in events}).values_list(
            "pk", "name"
        )
    )
    for event in events:
        if event.organization_id in names:
            yield _post(
                event,
                f"accounts.organization:{event.organization_id}",
                company=names[event.organization_id],
            )


def first_posts_of_people(rule: SignalRule, since: datetime, until: datetime) -> Iterable[Finding]:
    """Play the past for the first post of a person."""
    return (
        _post(event, f"accounts.user:{event.actor_id}")
        for event in _firsts("actor_id", since, until)
    )
