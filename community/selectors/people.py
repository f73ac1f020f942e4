"""Mentions: who is meant by one, and who can be offered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, TextField, When

from community.models import Post, Topic
from community.permissions import can_read
from community.rules.mentions import (
    IGNORED,
    beginnings,
    ends_here,
    name_key,
    without_honorific,
)
from portal.accounts.models import Membership, User
from portal.core.templatetags.display import member_url, person_called
from portal.core.text.markdown import Mention

AT_MOST = 6
MOST_MENTIONED = 10


class NameKey(Func):
    """`community.rules.mentions.name_key` in the database."""

    template = (
        "regexp_replace(normalize(lower(normalize(%(expressions)s, NFKC)), NFKC), "
        f"E'[{IGNORED.replace(chr(39), chr(39) * 2).replace(chr(92), chr(92) * 2)}]+', '', 'g')"
    )
    output_field = TextField()


def _keyed() -> NameKey:
    return NameKey(F("display_name"))


class MentionReader:
    """Reads the mentions of one text: whom each means, among active people who may read it.

    Afterwards `people` holds the ids of those to notify, `unclear` the typed names that several
    people have: they notify nobody, and the writer is asked to choose from the list.
    """

    def __init__(self, may_read: Callable[[User], bool]) -> None:
        self._may_read = may_read
        self.people: dict[int, None] = {}
        self.unclear: dict[str, None] = {}

    @classmethod
    def of(cls, topic: Topic) -> MentionReader:
        return cls(lambda person: can_read(person, topic))

    @classmethod
    def anyone(cls) -> MentionReader:
        """For a text whose readers are not decided yet."""
        return cls(lambda person: True)

    @property
    def ids(self) -> list[int]:
        return list(self.people)[:MOST_MENTIONED]

    def chosen(self, people: list[str]) -> dict[str, Mention]:
        """Return whom each public id means; who has left keeps the name in the text."""
        found = {}
        for person in User.objects.filter(public_id__in=people).exclude(display_name=""):
            if person.is_active and self._may_read(person):
                self.people.setdefault(person.pk)
            url = member_url(person) if person.is_active else ""
            found[str(person.public_id)] = Mention(0, person.display_name, url)
        return found

    def typed(self, begun: list[str]) -> list[Mention | None]:
        """Return whom the text after each "@" means: the longest name that ends there."""
        keys = [beginnings(text) for text in begun]
        called = self._called({key for each in keys for key in each})
        return [self._one(text, each, called) for text, each in zip(begun, keys, strict=True)]

    def _called(self, keys: set[str]) -> dict[str, list[User]]:
        rows = User.objects.filter(is_active=True).annotate(key=_keyed()).filter(key__in=keys)
        called: dict[str, list[User]] = defaultdict(list)
        for person in rows.order_by("pk"):
            called[person.key].append(person)
        return called

    def _one(
        self, text: str, keys: dict[str, int], called: dict[str, list[User]]
    ) -> Mention | None:
        for key, length in keys.items():
            if key not in called or not ends_here(text[:length], text[length:]):
                continue
            readers = [person for person in called[key] if self._may_read(person)]
            if len(readers) == 1:
                self.people.setdefault(readers[0].pk)
                return Mention(length, text[:length], member_url(readers[0]))
            if readers:
                self.unclear.setdefault(text[:length])
                return None
        return None


@dataclass(frozen=True)
class Found:
    """A person, with their company if they show it."""

    person: User
    company: str


def people_called(name: str, user: User, *, limit: int = AT_MOST) -> list[Found]:
    """Return people whose name contains this and whom the reader may know of: staff, colleagues,
    authors of what the reader can read.
    """
    key = name_key(without_honorific(name))
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
        User.objects.filter(known, is_active=True).annotate(key=_keyed()).filter(key__contains=key)
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
    """Return whom a begun mention may mean."""
    offered = []
    for found in people_called(begun, user):
        name = found.person.display_name
        called = person_called(name)
        written = "".join(" " if sign in "[]\n" else sign for sign in name)
        handle = f"[{written}]({found.person.public_id}){called.removeprefix(name)}"
        offered.append(Mentionable(called, handle, found.company))
    return offered
