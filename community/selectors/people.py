"""Mentions: who is meant by one, and who can be offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Lower, Replace

from community.models import Post, Topic
from community.permissions import can_read
from community.rules.text import name_key
from portal.accounts.models import Membership, User
from portal.core.templatetags.display import person_called
from portal.core.text.markdown import MENTION

AT_MOST = 6


def _plain() -> Replace:
    """The name as a mention spells it."""
    return Replace(
        Replace(Lower("display_name"), Value(" "), Value("")), Value("\u3000"), Value("")
    )


def mentioned(names: Iterable[str], topic: Topic) -> list[int]:
    """Return the ids of active people called so who may read the topic; at most ten."""
    keys = {name_key(name) for name in names}
    keys |= {key.removesuffix("さん") for key in keys}
    if not keys:
        return []
    people = (
        User.objects.filter(is_active=True)
        .annotate(key=_plain())
        .filter(key__in=keys)
        .order_by("pk")[:10]
    )
    return [person.pk for person in people if can_read(person, topic)]


@dataclass(frozen=True)
class Found:
    """A person, with their company if they show it."""

    person: User
    company: str


def people_called(name: str, user: User, *, limit: int = AT_MOST) -> list[Found]:
    """Return people whose name contains this and whom the reader may know of: staff, colleagues,
    authors of what the reader can read.
    """
    key = name_key(name).removesuffix("さん")
    if not key:
        return []
    wrote = Exists(Post.objects.visible_to(user).filter(author=OuterRef("pk")))
    known = Q(team_memberships__isnull=False) | Q(wrote)
    if user.organization_id is not None:
        colleagues = Membership.objects.filter(
            user=OuterRef("pk"), ended_at=None, organization=user.organization_id
        )
        known = known | Q(Exists(colleagues))
    rows = (
        User.objects.filter(known, is_active=True).annotate(key=_plain()).filter(key__contains=key)
    )
    rows = rows.annotate(
        inside=Case(When(key__startswith=key, then=0), default=1, output_field=IntegerField())
    )
    people = list(
        rows.exclude(pk=user.pk).distinct().order_by("inside", "display_name", "pk")[:limit]
    )
    companies = dict(
        Membership.objects.filter(
            user__in=people, ended_at=None, user__company_visible=True
        ).values_list("user_id", "organization__name")
    )
    return [Found(person, companies.get(person.pk, "")) for person in people]


@dataclass(frozen=True)
class Mentionable:
    """A person as offered by mention completion; `handle` is what goes into the text after "@"."""

    name: str
    handle: str
    company: str


def mentionable(begun: str, user: User) -> list[Mentionable]:
    """Return whom a begun mention may mean.

    A name that a mention cannot spell would reach nobody and is left out.
    """
    offered = []
    for found in people_called(begun, user):
        called = person_called(found.person.display_name)
        handle = "".join(called.split())
        if MENTION.fullmatch(f"@{handle}"):
            offered.append(Mentionable(called, handle, found.company))
    return offered
