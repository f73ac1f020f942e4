"""What home, member and organization pages show of the community.

No function asks more often for more rows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from community import topic_kinds
from community.models import Article, Follow, Post, ReadState, Topic, Visibility
from community.permissions import Anyone
from community.selectors.topics import with_people, with_read_state
from community.waiting import said_solved
from portal.accounts.models import Membership, Organization, User


def answered_for(user: User, *, limit: int = 4) -> list[Topic]:
    """The user's questions with an answer and none accepted, newest answer first; not those they
    said are solved.
    """
    rows = Topic.objects.listed().unsolved().filter(author=user, answer_count__gt=0)
    asked = with_people(rows.exclude(said_solved()))
    return list(asked.order_by("-last_posted_at", "-pk")[:limit])


def has_read(user: User) -> bool:
    """Whether the user has opened any topic, or follows anything."""
    return ReadState.objects.filter(user=user).exists() or Follow.objects.filter(user=user).exists()


def waiting_for(user: User, *, limit: int = 3) -> list[Topic]:
    """Unanswered questions of others that the user follows, or with a tag they follow or have
    answered about.
    """
    followed = Exists(Follow.objects.filter(user=user, topic=OuterRef("pk")))
    tags = Follow.objects.filter(user=user, tag__isnull=False).values_list("tag__slug")[:50]
    rows = Topic.objects.listed_for(user).unanswered().exclude(author=user)
    rows = rows.filter(Q(followed) | Q(tags__overlap=tags))
    return list(with_people(rows).order_by("-created_at", "-pk")[:limit])


def newest(user: Anyone, tab: str, *, limit: int = 8) -> list[Topic]:
    """New and useful: recently solved questions; `unsolved` those still open."""
    rows = Topic.objects.listed_for(user).questions()
    if tab == "unsolved":
        rows = rows.unsolved()
    elif tab == "best":
        rows = rows.solved()
    return list(with_read_state(with_people(rows), user).order_by("-last_posted_at", "-pk")[:limit])


def newest_articles(user: Anyone, language: str, *, limit: int = 3) -> list[Article]:
    """The newest articles, each in the reader's language if there is one."""
    rows = Article.objects.listed_for(user).once_for(user, language).defer("html", "contents")
    return list(rows.order_by("-updated_at", "-pk")[:limit])


def _company(person: User) -> str:
    """The company of a helper who shows it."""
    name: str | None = cast(Any, person).company  # a column of this statement
    return (name or "") if person.company_visible else ""


def helpers_since(since: datetime, *, limit: int = 5) -> list[dict[str, Any]]:
    """Customers whose answers were accepted since then, most first: person, count, and the company
    if they show it.
    """
    helped = (
        Topic.objects.filter(
            hidden_at=None,
            deleted_at=None,
            visibility=Visibility.PUBLIC,
            accepted_at__gte=since,
            accepted_post__author__is_active=True,
            accepted_post__by_staff=False,
        )
        .exclude(accepted_post__author=F("author"))
        .order_by()
        .values("accepted_post__author")
        .annotate(n=Count("pk"))
        .order_by("-n", "accepted_post__author")
    )
    counts = dict(helped.values_list("accepted_post__author", "n")[:limit])
    company = Membership.objects.filter(user=OuterRef("pk"), ended_at=None)
    people = (
        User.objects.only("public_id", "display_name", "avatar", "company_visible")
        .annotate(company=Subquery(company.values("organization__name")[:1]))
        .in_bulk(list(counts))
    )
    return [
        {
            "person": people[pk],
            "count": count,
            "company": (people[pk].company or "") if people[pk].company_visible else "",
        }
        for pk, count in counts.items()
    ]


def solved_by(user: User, since: datetime) -> int:
    """How many questions of others the user's answers have solved since then."""
    return (
        Topic.objects.listed()
        .filter(accepted_at__gte=since, accepted_post__author=user)
        .exclude(author=user)
        .count()
    )


def contributions_of(person: User, viewer: Anyone) -> dict[str, Any]:
    """What a person has given, as another may see it."""
    visible = Topic.objects.listed_for(viewer)
    answers = Post.objects.answers().filter(
        author=person, deleted_at=None, hidden_at=None, topic__in=visible
    )
    accepted = visible.filter(accepted_post__author=person)
    return {
        "answer_count": answers.count(),
        "accepted_count": accepted.count(),
        "question_count": visible.questions().filter(author=person).count(),
        "accepted": list(accepted.order_by("-accepted_at").only("kind", "title", "language")[:5]),
        "tags": _tags(accepted),
    }


def _tags(topics: Any) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for names in topics.values_list("tag_names", flat=True)[:200]:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:5]


def of_organization(organization: Organization, *, limit: int = 8) -> dict[str, Any]:
    """What the people of a company asked, for staff."""
    rows = Topic.objects.listed().for_organization(organization)
    figures = rows.aggregate(
        all=Count("pk"),
        solved=Count("pk", filter=Q(accepted_post__isnull=False)),
        open=Count("pk", filter=Q(kind__in=topic_kinds.with_answers(), answer_count=0)),
    )
    return {"topics": list(with_people(rows).order_by("-last_posted_at", "-pk")[:limit]), **figures}


def unanswered(user: Anyone, *, limit: int = 6) -> tuple[list[Topic], int]:
    """The questions that wait longest for a first answer, and how many there are."""
    rows = Topic.objects.listed_for(user).unanswered()
    first = list(with_people(rows).order_by("created_at", "pk")[:limit])
    return first, rows.count() if len(first) == limit else len(first)
