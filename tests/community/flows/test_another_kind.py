"""A kind that is only registered has its list, pages, form, search, API, description and drafts."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.urls import include, path

import community.urls
import portal.urls
from community import topic_kinds
from community.events import TopicPosted
from community.models import Topic
from community.models.topics import kind_is_known
from community.search import topic_source
from community.selectors import sharing as selector_sharing
from community.topic_kinds.base import ALL, REPLIES, Listing, Tab, TopicKind, Writing
from portal.api.services import create_key
from portal.core.web import sharing
from portal.events import event_type
from portal.events import registry as event_registry
from portal.events.models import Event
from portal.search import registry as search_registry
from portal.search.selectors import search
from portal.search.services import index_objects
from tests.community.things import a_question, a_space
from tests.people import NOW

pytestmark = pytest.mark.django_db
URLS = "tests.urls_with_ideas"


@dataclass(frozen=True)
class IdeaPosted(TopicPosted):
    """Somebody had an idea."""


def ideas() -> TopicKind:
    return TopicKind(
        value="idea",
        label="Idea",
        plural="Ideas",
        slug="ideas",
        list_name="ideas",
        page_name="idea",
        icon="trophy",
        order=15,
        replying=REPLIES,
        schema_type="DiscussionForumPosting",
        listing=Listing(
            invitation="What is missing?",
            invitation_text="Tell us.",
            empty_icon="trophy",
            empty="No idea yet",
            empty_text="The first one helps.",
            tabs=(ALL, Tab("listed", "Quiet", "listed")),
        ),
        writing=Writing(
            url_name="have_idea",
            path="new",
            posted=IdeaPosted,
            call="Have an idea",
            title_help="In one line.",
            body_label="What it would do",
            send="Post idea",
            thanks="Your idea is posted.",
        ),
    )


@pytest.fixture
def idea(db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[TopicKind]:
    """The kind, for one test: in the registry, the events, the search, the database and the
    URLs.
    """
    kind = ideas()
    stack = ExitStack()
    for registry in (event_registry._types, search_registry._sources):
        stack.enter_context(registry.temporarily())
    stack.enter_context(sharing._finders.temporarily({}))
    monkeypatch.setattr(topic_kinds, "_kinds", dict(topic_kinds._kinds))
    event_type("community.idea.posted")(IdeaPosted)
    before = kind_is_known()
    topic_kinds.register(kind)
    search_registry.register_source(topic_source(kind))
    selector_sharing.register()
    with connection.schema_editor() as editor:
        editor.remove_constraint(Topic, before)
        editor.add_constraint(Topic, kind_is_known())
    urls: Any = ModuleType(URLS)
    vars(urls).update(vars(portal.urls))
    patterns = ([*community.urls.of_kind(kind), *community.urls.urlpatterns], "community")
    urls.urlpatterns = [
        path("", include(patterns))
        if getattr(pattern, "urlconf_name", None) is community.urls
        else pattern
        for pattern in portal.urls.urlpatterns
    ]
    monkeypatch.setitem(sys.modules, URLS, urls)
    with stack, override_settings(ROOT_URLCONF=URLS):
        yield kind


@pytest.fixture
def posted(idea: TopicKind, as_: Any, aki: Any) -> Topic:
    sent = {
        "title": "締め日を会社ごとに",
        "body": "会社ごとに**締め日**を変えたい。",
        "space": a_space().pk,
        "visibility": "public",
    }
    page = as_(aki).post("/ideas/new/", sent, follow=True)
    assert "Your idea is posted." in page.content.decode()
    topic = Topic.objects.get()
    assert (topic.kind, page.redirect_chain) == ("idea", [(f"/ideas/{topic.pk}/", 302)])
    return topic


def test_a_kind_comes_once(idea: TopicKind) -> None:
    with pytest.raises(ValueError, match="idea"):
        topic_kinds.register(ideas())


def test_the_database_knows_the_registered_kinds_alone(aki: Any) -> None:
    row = a_question(aki)
    with pytest.raises(IntegrityError, match="topic_kind_is_known"), transaction.atomic():
        Topic.objects.filter(pk=row.pk).update(kind="idea")


def test_an_empty_list_says_so(idea: TopicKind, as_: Any) -> None:
    page = as_().get("/ideas/").content.decode()
    assert "No idea yet" in page
    assert "The first one helps." in page


def test_the_form_is_in_the_words_of_the_kind(idea: TopicKind, as_: Any, aki: Any) -> None:
    page = as_(aki).get("/ideas/new/").content.decode()
    for words in ("Have an idea", "In one line.", "What it would do", "Post idea"):
        assert words in page
    assert 'data-draft="topic:idea"' in page


def test_it_is_posted_listed_read_and_replied_to(
    posted: Topic, as_: Any, aki: Any, mio: Any
) -> None:
    assert Event.objects.get(name="community.idea.posted").payload["kind"] == "idea"
    page = as_().get(f"/ideas/{posted.pk}/").content.decode()
    assert posted.title in page
    assert 'href="/ideas/"' in page
    described = json.loads(re.findall(r"ld\+json\">(.*?)</script>", page, re.DOTALL)[0])
    assert (described["@type"], described["headline"]) == ("DiscussionForumPosting", posted.title)
    answer = as_(mio).post(f"/ideas/{posted.pk}/answers/", {"body": "うちも同じです"})
    assert answer["Location"] == f"/ideas/{posted.pk}/#p2"
    assert Event.objects.filter(name="community.reply.posted").count() == 1
    page = as_(mio).get("/ideas/").content.decode()
    for words in (posted.title, "Ideas", "Quiet", "Have an idea", "What is missing?"):
        assert words in page
    assert posted.title in as_(mio).get("/ideas/?tab=listed").content.decode()
    assert posted.title not in as_(mio).get("/questions/").content.decode()
    assert as_(mio).post("/ideas/read/")["Location"] == "/ideas/"
    assert f"/ideas/{posted.pk}/" in as_().get("/sitemap.xml").content.decode()
    assert sharing.find(f"/ideas/{posted.pk}/", mio) is not None


def test_it_is_found(posted: Topic, mio: Any) -> None:
    source = search_registry.source("idea")
    assert source is not None
    fact = Event.objects.get(name="community.idea.posted")
    assert source in search_registry.sources_for(fact.name)
    assert source.find(fact) == posted.pk
    other = search_registry.source("question")
    assert other is not None
    assert other.find(fact) is None
    assert source.ids is not None
    assert list(source.ids()) == [posted.pk]
    index_objects(kind="idea", object_ids=[posted.pk])
    hits = search(mio, "締め日", now=NOW).hits
    assert [(hit.kind, hit.url, hit.label) for hit in hits] == [
        ("idea", f"/ideas/{posted.pk}/", "Ideas")
    ]


def test_the_api_lists_and_posts_it(posted: Topic, kato: Any) -> None:
    _key, text = create_key(name="CRM", scopes=["topics:read", "topics:write"], actor=kato, now=NOW)
    client = Client(headers={"authorization": f"Bearer {text}"})
    rows = client.get("/api/v1/topics/?kind=idea").json()["items"]
    assert [(row["kind"], row["url"]) for row in rows] == [("idea", f"/ideas/{posted.pk}/")]
    assert client.get("/api/v1/topics/?kind=question").json()["items"] == []
    sent = {"kind": "idea", "title": "API からの案", "body": "本文", "space": "billing"}
    key = {"idempotency-key": "one"}
    answer = client.post("/api/v1/topics/", sent, content_type="application/json", headers=key)
    assert (answer.status_code, answer.json()["kind"]) == (201, "idea")


def test_its_drafts_lead_back_to_its_form(idea: TopicKind, as_: Any, aki: Any) -> None:
    browser = as_(aki)
    sent = {"key": "topic:idea", "data": json.dumps({"title": "途中の案"})}
    assert browser.post("/drafts/", sent).status_code == 200
    page = browser.get("/drafts/").content.decode()
    assert "途中の案" in page
    assert "Idea" in page
    assert 'href="/ideas/new/"' in page


def test_every_kind_has_its_pages_and_words(client: Client) -> None:
    """What is registered for good has a list, a name for it, and messages that exist."""
    for kind in topic_kinds.all_kinds():
        assert client.get(kind.list_url).status_code == 200
        assert "2" in kind.heading(2)
