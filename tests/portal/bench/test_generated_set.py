"""The generated data set matches what the services would have written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from community.models import Follow, Post, ReadState, Space, Tag, Topic
from community.rules.text import guess_language
from community.services.posts import recount
from portal.core.text import markdown
from portal.dev import bench_registry
from portal.dev.bench import dataset
from portal.dev.bench_registry import BenchWorld
from portal.events.models import Event
from portal.search.models import SearchDocument
from portal.search.services import index_objects
from tests.people import NOW

COUNTERS = ("answer_count", "comment_count", "first_answered_at", "last_posted_at")


@pytest.fixture
def generated(db: Any) -> BenchWorld:
    dataset.discover()
    world = dataset.new_world(bench_registry.SIZES["tiny"], lambda message: None, now=NOW)
    dataset.fill(world)
    return world


def test_the_set_has_its_size(generated: BenchWorld) -> None:
    assert (Topic.objects.count(), Post.objects.count()) == (60, 400)
    assert Event.objects.filter(dispatched_at=None).count() == 0
    japanese = Post.objects.filter(language="ja").count()
    assert 0.35 < japanese / 400 < 0.85


def test_derived_columns_are_what_the_services_write(generated: BenchWorld) -> None:
    for post in Post.objects.select_related("topic"):
        rendered = markdown.render(post.markdown)
        assert post.html == rendered.html
        whole = f"{post.topic.title}\n{rendered.text}" if post.number == 1 else rendered.text
        assert post.language == guess_language(whole)
        marks = dict(post.marks.values_list("kind").annotate(count=Count("pk")))
        assert (post.up_count, post.reactions) == (marks.pop("up", 0), marks)


def test_counters_are_those_of_the_rows(generated: BenchWorld) -> None:
    for topic in Topic.objects.all():
        before = [getattr(topic, name) for name in COUNTERS]
        recount(topic)
        topic.refresh_from_db()
        assert [getattr(topic, name) for name in COUNTERS] == before
        posts = topic.posts.order_by("number")
        assert [post.number for post in posts] == list(range(1, topic.last_number + 1))
        authors = {post.author_id: post.number for post in posts}
        assert topic.follower_count == Follow.objects.filter(topic=topic).count() == len(authors)
        assert (
            dict(ReadState.objects.filter(topic=topic).values_list("user_id", "last_read_number"))
            == authors
        )
    for space in Space.objects.all():
        assert space.topic_count == space.topics.count()
    for tag in Tag.objects.all():
        assert tag.topic_count == Topic.objects.filter(tags__contains=[tag.slug]).count()


def test_search_documents_are_what_the_indexer_writes(generated: BenchWorld) -> None:
    def stand() -> list[Any]:
        fields = (
            "kind",
            "object_id",
            "title",
            "text",
            "url",
            "language",
            "visibility",
            "updated_at",
            "vector",
        )
        return list(SearchDocument.objects.order_by("kind", "object_id").values_list(*fields))

    loaded = stand()
    assert len(loaded) == 60
    for kind in ("question", "discussion"):
        index_objects(
            kind=kind, object_ids=Topic.objects.filter(kind=kind).values_list("pk", flat=True)
        )
    for before, after in zip(loaded, stand(), strict=True):
        assert before == after
    assert all(holds for fact, holds in bench_registry.facts(generated) if "請求書" in fact)


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_set() -> None:
    def once() -> list[Any]:
        with transaction.atomic():
            dataset.fill(
                dataset.new_world(bench_registry.SIZES["tiny"], lambda message: None, now=NOW)
            )
            found = list(
                Topic.objects.order_by("pk").values_list("title", "public_id", "last_posted_at")
            )
            transaction.set_rollback(True)
            return found

    dataset.discover()
    assert once() == once()
