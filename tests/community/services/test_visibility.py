"""The rules of visibility, read by the ORM, in Python and in SQL: on random people and objects all
three say the same, and so do the compiled statements and the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Model
from django.http import Http404
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from community import permissions, visibility
from community.models import (
    Article,
    Attachment,
    AttachmentUse,
    Post,
    Space,
    Story,
    StoryConsent,
    Topic,
    Visibility,
)
from community.selectors.topics import Gone, get_topic, page_of_topics
from portal.accounts.models import Membership, Organization, TeamMembership, User
from portal.accounts.rules import EVERYTHING, NOTHING, Is, Rule, Viewer
from portal.accounts.visibility import REACH, STAFF
from portal.search.selectors import search
from portal.search.services import index_objects
from tests.people import NOW

pytestmark = pytest.mark.django_db

ORGANIZATIONS = 3
numbers = count(1)
where = st.sampled_from([None, *range(ORGANIZATIONS)])
degrees = st.tuples(st.sampled_from(Visibility.values), st.integers(0, ORGANIZATIONS - 1))
who = st.integers(0, 5)  # one of the people, the last two being nobody


@dataclass(frozen=True)
class Person:
    organization: int | None
    role: str
    team: str
    is_moderator: bool
    is_administrator: bool
    is_active: bool


people = st.builds(
    Person,
    where,
    st.sampled_from(["member", "administrator"]),
    st.sampled_from(["", "", "support", "community", "marketing"]),
    *[st.sampled_from([False, False, True])] * 2,
    is_active=st.sampled_from([True, True, True, False]),
)
yes_or_no = st.booleans()
topics = st.tuples(degrees, who, yes_or_no, yes_or_no)
posts = st.tuples(st.integers(0, 3), who, yes_or_no, yes_or_no)
articles = st.tuples(degrees, st.sampled_from(Article.Status.values))
stories = st.tuples(st.integers(0, 3), where, st.sampled_from(Story.State.values))


class Made:
    """Rows of one random community; services would never make some of them."""

    def __init__(self, data: Any) -> None:
        self.companies = [
            Organization.objects.create(name=f"組織{n}", created_at=NOW)
            for n in range(ORGANIZATIONS)
        ]
        self.people = [self._person(each) for each in data.draw(exactly(people, 4))]
        self.space = Space.objects.create(slug=f"s{next(numbers)}", name_ja="場", name_en="Place")
        self.spaces = [
            Space.objects.create(
                slug=f"s{next(numbers)}", name_ja="場", name_en="Place", **self._degree(degree)
            )
            for degree in data.draw(exactly(degrees, 3))
        ]
        self.topics = [self._topic(*each) for each in data.draw(exactly(topics, 4))]
        self.posts = [self._post(*each) for each in data.draw(exactly(posts, 6))]
        self.articles = [self._article(*each) for each in data.draw(exactly(articles, 3))]
        self.stories = [self._story(*each) for each in data.draw(exactly(stories, 4))]
        self.attachments = [
            self._attachment(*each)
            for each in data.draw(exactly(st.tuples(who, st.integers(0, 8)), 4))
        ]

    @property
    def viewers(self) -> list[Viewer]:
        """Each as a request would load her, and nobody."""
        return [AnonymousUser(), *User.objects.filter(pk__in=[row.pk for row in self.people])]

    def _person(self, told: Person) -> User:
        rights = told.is_active and {
            "is_moderator": told.is_moderator,
            "is_administrator": told.is_administrator,
        }
        user = User.objects.create(
            email=f"p{next(numbers)}@example.com",
            display_name="人",
            is_active=told.is_active,
            **(rights or {}),
        )
        if told.organization is not None:
            Membership.objects.create(
                user=user,
                organization=self.companies[told.organization],
                role=told.role,
                started_at=NOW,
            )
        if told.team:
            TeamMembership.objects.create(user=user, team=told.team)
        return user

    def _degree(self, degree: tuple[str, int]) -> dict[str, Any]:
        limited = degree[0] == Visibility.ORGANIZATION
        return {
            "visibility": degree[0],
            "organization": self.companies[degree[1]] if limited else None,
        }

    def _author(self, number: int) -> User | None:
        return self.people[number] if number < len(self.people) else None

    def _topic(self, degree: tuple[str, int], author: int, hidden: bool, deleted: bool) -> Topic:
        topic = Topic.objects.create(
            kind="question",
            title="月次締めの承認",
            space=self.space,
            author=self._author(author),
            created_at=NOW,
            last_posted_at=NOW,
            hidden_at=NOW if hidden else None,
            deleted_at=NOW if deleted else None,
            **self._degree(degree),
        )
        self._row(topic, 1, "body")
        return topic

    def _row(self, topic: Topic, number: int, kind: str, **fields: Any) -> Post:
        return Post.objects.create(
            topic=topic, number=number, kind=kind, markdown="", html="", created_at=NOW, **fields
        )

    def _post(self, topic: int, author: int, hidden: bool, deleted: bool) -> Post:
        return self._row(
            self.topics[topic],
            next(numbers) + 1,
            "answer",
            author=self._author(author),
            hidden_at=NOW if hidden else None,
            deleted_at=NOW if deleted else None,
        )

    def _article(self, degree: tuple[str, int], status: str) -> Article:
        first = Article.Status.PUBLISHED if status == Article.Status.ARCHIVED else status
        article = Article.objects.create(
            slug=f"a{next(numbers)}",
            title="承認の手引き",
            space=self.space,
            status=first,
            created_at=NOW,
            updated_at=NOW,
            published_number=1,
            published_at=NOW,
            **self._degree(degree),
        )
        if first != status:  # an article is archived after it was published
            article.status = status
            article.save(update_fields=["status"])
        return article

    def _story(self, author: int, company: int | None, state: str) -> Story:
        story = Story.objects.create(
            title="事例",
            problem="a",
            action="b",
            outcome="c",
            space=self.space,
            author=self.people[author],
            organization=None if company is None else self.companies[company],
            created_at=NOW,
            updated_at=NOW,
        )
        if state != Story.State.DRAFT:  # whatever came later was submitted with consent
            story.consent = StoryConsent.objects.create(
                story=story,
                audience="public",
                naming="company",
                text_version="1",
                words="はい",
                given_at=NOW,
            )
        if state == Story.State.PUBLISHED:
            story.topic = Topic.objects.create(
                kind="story",
                title="事例",
                space=self.space,
                visibility="public",
                consent=story.consent,
                created_at=NOW,
                last_posted_at=NOW,
            )
            story.published_at = NOW
        if state not in (Story.State.DRAFT, Story.State.SUBMITTED):
            story.state = Story.State.SUBMITTED
            story.save()
        if state in (Story.State.RETURNED, Story.State.WITHDRAWN):
            story.consent = None
        story.state, story.reason = state, "理由"
        story.save()
        return story

    def _attachment(self, uploader: int, used_in: int) -> Attachment:
        row = Attachment.objects.create(
            uploader=self._author(uploader),
            content_type="image/png",
            width=1,
            height=1,
            size=1,
            created_at=NOW,
        )
        if used_in < len(self.posts):
            AttachmentUse.objects.create(attachment=row, post=self.posts[used_in])
        else:
            AttachmentUse.objects.create(
                attachment=row, article=self.articles[used_in - len(self.posts)]
            )
        return row


def exactly(one: st.SearchStrategy[Any], number: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=number, max_size=number)


def in_sql(model: type[Model], rule: Rule, viewer: Viewer) -> set[int]:
    condition, values = rule.sql(viewer)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {model._meta.db_table} WHERE {condition}", values)  # noqa: S608  our own names
        return {row[0] for row in cursor.fetchall()}


def in_python(rows: Any, rule: Rule, viewer: Viewer) -> set[int]:
    return {row.pk for row in rows if rule.holds(viewer, row)}


def keys(queryset: Any) -> set[int]:
    return set(queryset.values_list("pk", flat=True))


def check_rules(made: Made, viewer: Viewer) -> None:
    for model, rule in (
        (Space, visibility.SPACE),
        (Topic, visibility.TOPIC_WITHIN_REACH),
        (Topic, visibility.TOPIC),
        (Topic, visibility.TOPIC_LISTED),
        (Post, visibility.POST),
        (Article, visibility.ARTICLE),
        (Article, visibility.ARTICLE_LISTED),
        (Story, visibility.STORY),
        (Attachment, visibility.ATTACHMENT),
    ):
        rows: Any = model._default_manager
        found = keys(rows.filter(rule.q(viewer)))
        assert found == in_python(rows.all(), rule, viewer) == in_sql(model, rule, viewer)


def check_querysets(made: Made, viewer: Viewer) -> None:
    """What pages read, against the checks of single rows."""
    readable = {row.pk for row in Topic.objects.all() if permissions.can_read(viewer, row)}
    assert keys(Topic.objects.visible_to(viewer)) == readable
    posts = {
        row.pk
        for row in Post.objects.select_related("topic")
        if permissions.can_read(viewer, row.topic) and visibility.POST.holds(viewer, row)
    }
    assert keys(Post.objects.visible_to(viewer)) == posts
    articles = in_python(Article.objects.all(), visibility.ARTICLE, viewer)
    assert keys(Article.objects.visible_to(viewer)) == articles
    stories = {row.pk for row in Story.objects.all() if permissions.can_see_story(viewer, row)}
    assert keys(Story.objects.visible_to(viewer)) == stories
    pictures = {
        row.pk
        for row in made.attachments
        if visibility.ATTACHMENT.holds(viewer, row)
        or row.uses.filter(post__in=posts).exists()
        or row.uses.filter(article__in=articles).exists()
    }
    assert keys(Attachment.objects.visible_to(viewer)) == pictures


def check_statements(made: Made, viewer: Viewer) -> None:
    """The statements written once for everybody with the same rights."""
    page = page_of_topics(viewer, "question", size=100).items
    assert {row.pk for row in page} == keys(
        Topic.objects.filter(kind="question").listed_for(viewer)
    )
    for row in made.topics:
        try:
            get_topic(viewer, "question", row.pk)
            found = "here"
        except Gone:
            found = "gone"
        except Http404:
            found = "never"
        within = visibility.TOPIC_WITHIN_REACH.holds(viewer, row)
        assert found == ("never" if not within else "gone" if row.deleted_at else "here")


def check_search(made: Made, viewer: Viewer) -> None:
    found = search(viewer, "承認", now=NOW, size=100)
    questions = in_python(made.topics, visibility.TOPIC_LISTED, viewer)
    assert {hit.object_id for hit in found.hits if hit.kind == "question"} == questions
    articles = in_python(made.articles, visibility.ARTICLE_LISTED, viewer)
    assert {hit.object_id for hit in found.hits if hit.kind == "article"} == articles
    assert found.total == len(questions) + len(articles)  # the statement alone finds no more


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],  # making an example of rows smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_way_to_ask_gives_the_same_answer(db: Any, data: Any) -> None:
    with transaction.atomic():
        made = Made(data)
        index_objects(kind="question", object_ids=[row.pk for row in made.topics])
        index_objects(kind="article", object_ids=[row.pk for row in made.articles])
        for viewer in made.viewers:
            check_rules(made, viewer)
            check_querysets(made, viewer)
            check_statements(made, viewer)
            check_search(made, viewer)
        transaction.set_rollback(True)


TABLE = {
    "public": {"", "aki", "ren", "mio", "sato", "mori", "kato"},
    "members": {"aki", "ren", "mio", "sato", "mori", "kato"},
    "organization": {"aki", "ren", "sato", "mori", "kato"},
    "staff": {"sato", "mori", "kato"},
}


@pytest.mark.parametrize("degree", TABLE)
def test_a_degree_reaches_whom_its_table_names(world: Any, degree: str) -> None:
    acme = world.companies.acme if degree == "organization" else None
    space = Space(visibility=degree, organization=acme)
    viewers = {name: world.person(name) for name in sorted(TABLE["members"])}
    assert {
        name
        for name, viewer in {"": AnonymousUser(), **viewers}.items()
        if REACH.holds(viewer, space)
    } == TABLE[degree]


def test_what_everybody_may_see_costs_no_query_to_decide(
    aki: Any, django_assert_num_queries: Any
) -> None:
    viewer = User.objects.get(pk=aki.pk)
    with django_assert_num_queries(0):
        assert REACH.holds(viewer, Space(visibility="public"))
        assert REACH.holds(viewer, Space(visibility="members"))


def test_an_unknown_degree_is_seen_by_staff_alone(aki: Any, sato: Any) -> None:
    space = Space(visibility="unheard of")
    assert [REACH.holds(viewer, space) for viewer in (AnonymousUser(), aki, sato)] == [
        False,
        False,
        True,
    ]


def test_a_rule_about_the_viewer_is_no_condition_on_rows() -> None:
    with pytest.raises(TypeError):
        STAFF.columns_q()
    with pytest.raises(TypeError):
        STAFF.columns_sql({})
    assert (EVERYTHING.columns_sql({}), NOTHING.columns_sql({})) == ("(TRUE)", "(FALSE)")
    assert (Is("a", 1) & Is("b", 2)).columns_sql({}) == "(a IN (%(rule0)s) AND b IN (%(rule1)s))"
