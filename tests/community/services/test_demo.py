"""The demo timeline: enough topics, believable shares, nothing after its end, and it can run
again.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from community.demo import english, japanese, removal, stories, timeline
from community.models import Article, Post, Space, Story, StoryConsent, Topic
from portal.dev.demo_registry import DemoWorld
from portal.dev.sample_removal import Removal
from tests.people import NOW


def test_the_pool_is_large_and_every_title_is_its_own() -> None:
    titles = [
        title.replace("{x}", value)
        for scenario in (*japanese.SCENARIOS, *english.SCENARIOS)
        for title in scenario.titles
        for value in scenario.values
    ]
    assert len(titles) == len(set(titles)) >= 300
    assert all(len(title) <= 120 for title in titles)


@pytest.mark.django_db
def test_a_short_story_holds_together(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "QUESTIONS", 25)
    people = {name: world.person(name) for name in ("aki", "mio", "ren", "daniel")}
    staff = {name: world.person(name) for name in ("sato", "mori")}
    for person in (*people.values(), *staff.values()):
        type(person).objects.filter(pk=person.pk).update(date_joined=NOW - timedelta(days=300))
        person.date_joined = NOW - timedelta(days=300)
    demo = DemoWorld(start=NOW - timedelta(days=120), end=NOW, dice=random.Random(7))
    demo.made |= {"people": people, "staff": staff, "organizations": {}}
    timeline.create(demo)
    assert Topic.objects.filter(is_sample=True).count() == len(demo.made["topics"]) > 20
    assert Topic.objects.solved().exists()
    assert not Post.objects.filter(created_at__gt=NOW).exists()
    assert Article.objects.filter(status="published").count() >= 8
    stories.create(demo)
    assert sorted(Story.objects.values_list("state", flat=True)) == [
        "draft",
        "published",
        "published",
    ]
    assert not StoryConsent.objects.filter(given_at__gt=NOW).exists()
    gone = Removal(people={person.pk for person in people.values()}, companies=set(), now=NOW)
    removal.remove(gone)
    removal.settle(gone)
    assert not Topic.objects.exists()
    assert not Story.objects.exists()
    assert not Space.objects.exists()
