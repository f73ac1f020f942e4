"""The API reads and posts within the key's scopes and its maker's permissions, and never twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from community.models import Post, Topic
from portal.api.services import create_key
from tests.community.things import a_question, a_space, an_answer, an_article
from tests.people import NOW


@pytest.fixture
def ask(kato: Any) -> Any:
    def make(*scopes: str) -> Client:
        _key, text = create_key(name="CRM", scopes=list(scopes), actor=kato, now=NOW)
        return Client(headers={"authorization": f"Bearer {text}", "accept-language": "ja"})

    return make


def test_topics_posts_and_articles_are_read(ask: Any, aki: Any, mio: Any, sato: Any) -> None:
    topic = a_question(aki)
    an_answer(topic, mio)
    an_article(sato)
    client = ask("topics:read", "articles:read")
    row = client.get("/api/v1/topics/").json()["items"][0]
    assert (row["id"], row["title"], row["tags"], row["answer_count"]) == (
        topic.pk,
        topic.title,
        topic.tag_names,
        1,
    )
    posts = client.get(f"/api/v1/topics/{topic.pk}/posts/").json()["items"]
    assert [(post["number"], post["kind"]) for post in posts] == [(1, "body"), (2, "answer")]
    assert client.get("/api/v1/articles/").json()["items"][0]["slug"] == "renew-sso-certificate"
    assert client.get("/api/v1/topics/999999/posts/").status_code == 404


def test_posting_needs_its_scope_and_happens_once(ask: Any) -> None:
    a_space()
    sent = {
        "kind": "question",
        "title": "API からの質問",
        "body": "本文",
        "space": "billing",
        "tags": ["API"],
    }
    send: dict[str, Any] = {
        "content_type": "application/json",
        "headers": {"idempotency-key": "one"},
    }
    assert ask("topics:read").post("/api/v1/topics/", sent, **send).status_code == 403
    client = ask("topics:write")
    first, second = (client.post("/api/v1/topics/", sent, **send) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    topic = Topic.objects.get()
    assert client.post("/api/v1/topics/", sent | {"title": "別の題です"}, **send).status_code == 409
    send["headers"] = {"idempotency-key": "two"}
    assert (
        client.post(f"/api/v1/topics/{topic.pk}/posts/", {"body": "追記"}, **send).status_code
        == 201
    )
    assert Post.objects.count() == 2
    send["headers"] = {"idempotency-key": "three"}
    assert client.post("/api/v1/topics/", sent | {"space": "nowhere"}, **send).status_code == 400
