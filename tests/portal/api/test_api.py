"""The API: keys and scopes, problem details in two languages, keyset pages, the schema and its
page.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.services import deactivate_user
from portal.api import docs_page, services
from portal.api.models import ApiKey
from portal.api.throttling import PER_MINUTE
from portal.audit.models import AuditEntry
from portal.core.web import ratelimit
from portal.events.models import Event
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(kato: Any) -> tuple[ApiKey, str]:
    return services.create_key(name="CRM", scopes=["events:read"], actor=kato, now=people.NOW)


def ask(text: str, path: str = "/api/v1/key/", **headers: str) -> Any:
    return Client(
        headers={"authorization": f"Bearer {text}", "accept-language": "ja", **headers}
    ).get(path)


def test_a_key_opens_and_says_who_it_is(key: tuple[ApiKey, str]) -> None:
    answer = ask(key[1])
    assert answer.status_code == 200
    assert answer.json()["scopes"] == ["events:read"]
    assert key[1] not in ApiKey.objects.get().digest
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    "text", ["", "hz_", "hz__", "x", "hz_0000000000_wrong", "é" * 10, "a b c", "hz_" + "x" * 500]
)
def test_a_wrong_key_is_a_problem(text: str) -> None:
    answer = Client().get(
        "/api/v1/key/", headers={"authorization": f"Bearer {text}".encode().decode("latin-1")}
    )
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_an_expired_and_a_leaver_s_key_open_nothing(
    kato: Any, mori: Any, key: tuple[ApiKey, str]
) -> None:
    ends = people.NOW - timedelta(days=400)
    _, expired = services.create_key(
        name="old", scopes=[], actor=kato, now=ends, expires_at=ends + timedelta(days=1)
    )
    assert ask(expired).status_code == 401
    services.revoke_key(key=key[0], actor=kato, now=people.NOW)
    assert ask(key[1]).status_code == 401
    mori.is_administrator = True
    mori.save()
    row, hers = services.create_key(name="mori", scopes=[], actor=mori, now=people.NOW)
    assert ask(hers).status_code == 200
    deactivate_user(user=mori, actor=kato, now=people.NOW, reason="left")
    assert ask(hers).status_code == 401
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_scope_that_is_missing_is_forbidden(kato: Any) -> None:
    _, text = services.create_key(name="narrow", scopes=[], actor=kato, now=people.NOW)
    answer = ask(text, "/api/v1/events/")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("#problem-permission_denied")


def test_a_session_is_worth_nothing_here(as_: Any, kato: Any) -> None:
    assert as_(kato).get("/api/v1/events/").status_code == 401


def test_problems_speak_the_caller_s_language() -> None:
    words = {
        language: Client(headers={"accept-language": language}).get("/api/v1/key/").json()["title"]
        for language in ("ja", "en")
    }
    assert words == {"ja": "APIキーが必要です。", "en": "An API key is needed."}


def test_lists_page_by_key(key: tuple[ApiKey, str]) -> None:
    Event.objects.all().delete()
    Event.objects.bulk_create(
        Event(
            name="community.question.posted", subject=f"community.topic:{n}", occurred_at=people.NOW
        )
        for n in range(5)
    )
    first = ask(key[1], "/api/v1/events/?size=2&type=community.question.posted").json()
    assert [row["subject"] for row in first["items"]] == ["community.topic:4", "community.topic:3"]
    assert first["previous"] is None
    second = ask(key[1], first["next"]).json()
    assert [row["subject"] for row in second["items"]] == ["community.topic:2", "community.topic:1"]
    assert ask(key[1], "/api/v1/events/?after=junk").status_code == 400
    assert ask(key[1], "/api/v1/events/?size=x").status_code == 400


def test_too_many_requests_get_a_retry_after(key: tuple[ApiKey, str]) -> None:
    ratelimit.check("api", f"key:{key[0].pk}", limit=PER_MINUTE, seconds=60, cost=PER_MINUTE)
    answer = ask(key[1])
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1


def test_an_unexpected_error_reveals_no_internals(
    key: tuple[ApiKey, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("postgresql://secret")

    monkeypatch.setattr("portal.api.endpoints.KeySerializer", broken)
    answer = ask(key[1])
    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()


def test_the_schema_and_its_page_agree(client: Client) -> None:
    schema = client.get("/api/v1/schema/?format=json").json()
    assert "/api/v1/events/" in schema["paths"]
    page = client.get("/api/v1/docs/").content.decode()
    for row in docs_page.operations(schema):
        assert f'id="{row["id"]}"' in page
    assert '<script src="http' not in page


def test_a_key_is_shown_once_and_audited(as_: Any, kato: Any) -> None:
    client = as_(kato)
    page = client.post(
        reverse("api:keys"), {"name": "CRM", "scopes": ["events:read"], "days": "30"}
    ).content.decode()
    row = ApiKey.objects.get()
    assert f"hz_{row.prefix}_" in page
    assert row.expires_at is not None
    later = client.get(reverse("api:keys")).content.decode()
    assert f"hz_{row.prefix}_…" in later
    assert (
        client.post(reverse("api:keys"), {"name": "x", "scopes": ["root:write"]}).status_code == 422
    )
    client.post(reverse("api:revoke", args=[row.public_id]))
    acts = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert acts[-2:] == ["api.key.create", "api.key.revoke"]


def test_an_address_without_its_last_slash_is_the_same(key: tuple[ApiKey, str]) -> None:
    assert ask(key[1], "/api/v1/key").status_code == 200


def test_a_post_without_the_last_slash_is_not_sent_away_as_a_get(kato: Any) -> None:
    _, text = services.create_key(
        name="CRM", scopes=["referrals:write"], actor=kato, now=people.NOW
    )
    client = Client(headers={"authorization": f"Bearer {text}", "idempotency-key": "k"})
    sale = {"domain": "aoba.example", "amount": 1, "currency": "JPY"}
    assert (
        client.post("/api/v1/conversions", sale, content_type="application/json").status_code == 202
    )


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v2/key", "/api/v1/conversions/7/"])
def test_unknown_api_urls_get_problem_details(key: tuple[ApiKey, str], path: str) -> None:
    answer = ask(key[1], path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["title"] == "見つかりません。"


def test_json_too_deep_to_be_read_is_the_sender_s_mistake(kato: Any) -> None:
    _, text = services.create_key(
        name="CRM", scopes=["referrals:write"], actor=kato, now=people.NOW
    )
    client = Client(headers={"authorization": f"Bearer {text}", "idempotency-key": "k"})
    answer = client.post(
        "/api/v1/conversions/", "[" * 9_000 + "]" * 9_000, content_type="application/json"
    )
    assert answer.status_code == 400
