"""Triggers that need nothing but the event log and participation.

Higher apps may register more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.accounts.models import Membership, Organization, User
from portal.engagement.models import PointEntry
from portal.events.models import Event
from portal.teams import registry
from portal.teams.models import Signal, SignalRule
from portal.teams.registry import Finding

ASKED = "community.question.posted"
ANSWERED = "community.answer.posted"
GONE = (
    "community.post.deleted",
    "community.post.hidden",
)  # of a topic's first post: the topic itself
POSTS = (ASKED, "community.discussion.posted", ANSWERED, "community.reply.posted")
POWER_WINDOW = timedelta(days=90)
POWER_POINTS = 3.0  # below this a person was never a power user, whatever the quartile says


def register() -> None:
    """Add the built-in triggers; called from the app's ready()."""
    registry.register_condition(
        "question_unanswered",
        label=_lazy("A question has no answer"),
        unit=_lazy("hours"),
        find=unanswered,
        still=still_unanswered,
        history=was_unanswered,
        explain=lambda facts: _("Asked and not answered by anybody for %(hours)s hours.") % facts,
    )
    registry.register_condition(
        "power_user_silent",
        label=_lazy("Somebody who took part a lot falls silent"),
        unit=_lazy("days"),
        find=silent_power_users,
        still=still_silent,
        explain=lambda facts: (
            _(
                "Was among the most active quarter (%(points)s points in 90 days) and has been "
                "silent for %(days)s days."
            )
            % facts
        ),
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
    registry.register_event(
        "referral_recorded",
        label=_lazy("An introduction is made"),
        events=("referrals.referral.recorded",),
        find=any_fact,
        explain=lambda facts: _("A customer introduced somebody; nobody has looked at it yet."),
    )
    registry.register_event(
        "referral_qualified",
        label=_lazy("An introduction becomes promising"),
        events=("referrals.referral.moved",),
        find=referral_qualified,
        explain=lambda facts: _("An introduction was judged promising."),
    )
    registry.register_event(
        "referral_won",
        label=_lazy("An introduction is won"),
        events=("referrals.referral.won",),
        find=any_fact,
        explain=lambda facts: _("An introduced company became a customer; let the referrer know."),
    )


# --- questions nobody answered ---
def _asked_without_answer(until: datetime) -> QuerySet[Event]:
    """Questions of customers that no other person answered, and nobody closed, up to `until`."""
    ends = Event.objects.annotate(topic=KT("payload__topic_id")).filter(
        Q(name=ANSWERED) & ~Q(actor_id=OuterRef("actor_id")) | Q(name__in=GONE, payload__number=1),
        topic=OuterRef("topic"),
        occurred_at__lte=until,
    )
    own = Organization.objects.filter(is_own=True).values_list("pk", flat=True)
    asked = Event.objects.filter(name=ASKED).annotate(topic=KT("payload__topic_id"))
    return asked.exclude(organization_id__in=list(own)).filter(~Exists(ends))


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
    answers = Event.objects.annotate(topic=KT("payload__topic_id")).filter(
        name=ANSWERED, topic=OuterRef("topic"), occurred_at__lt=OuterRef("occurred_at") + wait
    )
    own = Organization.objects.filter(is_own=True).values_list("pk", flat=True)
    asked = Event.objects.filter(name=ASKED, occurred_at__gte=since, occurred_at__lte=until - wait)
    asked = asked.exclude(organization_id__in=list(own)).annotate(topic=KT("payload__topic_id"))
    rows = asked.filter(~Exists(answers.exclude(actor_id=OuterRef("actor_id"))))
    return (
        _question(event, event.occurred_at + wait)
        for event in rows.order_by("occurred_at", "id").iterator()
    )


# --- people who fell silent ---
def silent_power_users(rule: SignalRule, now: datetime) -> Iterable[Finding]:
    """People of the top quarter of the 90 days before, who have done nothing for `threshold` days
    (Common Room).
    """
    silence = now - timedelta(days=rule.threshold)
    rows = list(
        PointEntry.objects.filter(counted=True, at__gt=silence - POWER_WINDOW, at__lte=silence)
        .values("user_id")
        .annotate(points=Sum("weight"), last=Max("at"), last_event=Max("event_id"))
        .order_by("-points", "user_id")
    )
    quarter = [row for row in rows[: max(1, len(rows) // 4)] if row["points"] >= POWER_POINTS]
    lively = set(
        PointEntry.objects.filter(at__gt=silence, at__lte=now).values_list("user_id", flat=True)
    )
    found = {row["user_id"]: row for row in quarter if row["user_id"] not in lively}
    companies = dict(
        Membership.objects.filter(user__in=found, ended_at=None).values_list(
            "user_id", "organization_id"
        )
    )
    for user in User.objects.filter(pk__in=found, is_active=True).order_by("pk"):
        row = found[user.pk]
        yield Finding(
            subject=f"accounts.user:{user.pk}",
            title=user.display_name,
            url=reverse("accounts:member", args=[user.public_id]),
            occurred_at=row["last"],
            occurrence=f"accounts.user:{user.pk}@{row['last_event']}",
            organization_id=companies.get(user.pk),
            person_id=user.pk,
            evidence=(row["last_event"],),
            facts={"points": round(row["points"]), "days": (now - row["last"]).days},
        )


def still_silent(signal: Signal, now: datetime) -> bool:
    """Whether the user has done nothing since the signal was raised."""
    of_hers = PointEntry.objects.filter(user_id=signal.person_id)  # type: ignore[misc]
    return not of_hers.filter(at__gt=signal.raised_at, at__lte=now).exists()


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
    """Play the past: the first post of everybody (`who`) there is, where it lies between the two moments."""
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


# --- introductions ---
def any_fact(rule: SignalRule, event: Event) -> Finding | None:
    """The fact itself is the reason."""
    return Finding(
        subject=event.subject,
        title=str(event.payload.get("title", "")),
        url=str(event.payload.get("url", "")),
        occurred_at=event.occurred_at,
        occurrence=event.subject,
        organization_id=event.organization_id,
        person_id=event.payload.get("referrer_id") or event.actor_id,
        evidence=(event.pk,),
    )


def referral_qualified(rule: SignalRule, event: Event) -> Finding | None:
    """An introduction moved to the state "qualified"."""
    return any_fact(rule, event) if event.payload.get("after") == "qualified" else None
