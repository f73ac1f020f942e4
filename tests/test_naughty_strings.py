"""No text in any field of any page, query or API call is answered with a server error."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from community.models import Topic
from portal.accounts.models import Invitation, TeamMembership
from portal.api import scopes
from portal.api.services import create_key
from portal.core.db import redis
from tests import naughty, people
from tests.community.things import a_question
from tests.policy import POLICY, Line
from tests.test_permission_matrix import client_of, own_urls
from tests.world import World

EVERY = bool(os.environ.get("HAZUMI_EVERY_NAUGHTY_STRING"))  # all of them: some minutes


def role_of(line: Line) -> str:
    """Return somebody who may use a page and for whom it is made."""
    if line.policy == "member":
        return sorted(line.members)[0] if line.members else "aki"
    return {"public": "anonymous", "team": "kato", "moderator": "mori"}.get(line.policy, "kato")


class Walk:
    """Sends texts, one by one, each undone before the next, and counts the fields it reached."""

    def __init__(self, client: Client, reached: Counter[str]) -> None:
        self.client = client
        self.reached = reached

    def send(self, method: str, url: str, data: Any, place: str, **more: Any) -> None:
        redis.connection().flushdb()  # no limit is what is tried here
        before = transaction.savepoint()
        try:
            answer = getattr(self.client, method)(url, data, **more)
        except Exception as error:
            raise AssertionError((place, repr(data)[:300])) from error
        finally:
            transaction.savepoint_rollback(before)
        assert answer.status_code < 500, (place, repr(data)[:300])
        self.reached[place] += 1


def pages(walk: Walk, name: str, url: str, line: Line, view: Any) -> None:
    """Try every field that a page offers in a form, and those its view reads by name."""
    if line.reads:
        html = b"".join(walk.client.get(url)).decode(errors="replace")
        for field in naughty.names_read_by(view, "get"):
            place = f"{name}?{field}"
            for text in naughty.sample(place, EVERY):
                walk.send("get", url, {field: text}, place)
        for form in naughty.forms_in(html):
            target = form.action or url
            if target.startswith(("http", "#", "/accounts/logout")):
                continue
            for field in form.fields:
                place = f"{form.method} {target.partition('?')[0]} {field}"
                if not walk.reached[place]:
                    for text in naughty.sample(place, EVERY):
                        walk.send(form.method, target, {**form.fields, field: text}, place)
    if line.writes:
        for field in naughty.names_read_by(view, "post"):
            place = f"{name}!{field}"
            for text in naughty.sample(place, EVERY):
                walk.send("post", url, {field: text}, place)


@pytest.mark.django_db
def test_every_field_of_every_page(world: World, settings: Any, record_property: Any) -> None:
    settings.HAZUMI_REFERENCE_CALLS_PER_PERSON = settings.HAZUMI_REFERENCE_CALLS_PER_COMPANY = 99
    reached: Counter[str] = Counter()
    views = {name: view for _, name, view in own_urls()}
    for name, line in sorted(POLICY.items()):
        if not line.policy.startswith("key:"):
            url = reverse(name, args=line.args(world))
            pages(Walk(client_of(world, role_of(line)), reached), name, url, line, views[name])
    record_property("fields of pages", len(reached))
    assert len(reached) > 500, len(reached)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["account_login", "account_signup", "account_reset_password"])
def test_the_pages_of_the_sign_in(client: Client, page: str) -> None:
    reached: Counter[str] = Counter()
    walk, url = Walk(client, reached), reverse(page)
    for text in naughty.STRINGS:
        walk.send("get", url, {"next": text}, "next")
    for form in naughty.forms_in(client.get(url).content.decode()):
        for field in [*form.fields, "next"]:
            for text in naughty.sample(f"{page}{field}", EVERY, 6):
                if form.method == "post" and "preferences" not in form.action:
                    walk.send("post", form.action or url, {**form.fields, field: text}, field)
    assert len(reached) >= 2


# --- the API, by its own description ---


def example(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """Return something a schema takes."""
    if "$ref" in schema:
        return example(components[schema["$ref"].rpartition("/")[2]], components)
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            return example(schema[word][0], components)
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {
            name: example(part, components) for name, part in schema.get("properties", {}).items()
        }
    if schema.get("type") == "array":
        return [example(schema["items"], components)]
    plain = {"integer": 1, "number": 1.5, "boolean": True}
    dates = {"date-time": people.NOW.isoformat(), "date": "2026-11-20", "email": "x@y.example"}
    return plain.get(schema.get("type", ""), dates.get(schema.get("format", ""), "日本語 text"))


def bodies(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the body with each field, and the whole of it, replaced by what nobody means."""
    for field in body:
        values = [*naughty.VALUES, *naughty.sample(field, EVERY, 8)]
        for value in values:
            yield field, {**body, field: value}
    for value in naughty.VALUES:
        yield "(all)", value


@pytest.mark.django_db
def test_every_field_of_the_api(world: World, record_property: Any) -> None:
    names = [name for name, _ in scopes.choices()]
    kato = world.person("kato")
    _, key = create_key(name="k", scopes=names, actor=kato, now=people.NOW)
    client = Client(headers={"authorization": f"Bearer {key}"})
    schema = SchemaGenerator().get_schema(request=None, public=True)
    components = schema["components"]["schemas"]
    reached: Counter[str] = Counter()
    walk = Walk(client, reached)
    for path, methods in schema["paths"].items():
        url = re.sub(r"\{[^}]+\}", str(world.question.pk), path)
        for method, told in methods.items():
            for parameter in told.get("parameters", ()):
                place = f"{path}?{parameter['name']}"
                for text in naughty.sample(place, EVERY, 6):
                    if parameter["in"] == "query":
                        walk.send("get", url, {parameter["name"]: text}, place)
            if method == "post":
                taken = told["requestBody"]["content"]["application/json"]["schema"]
                for field, body in bodies(example(taken, components)):
                    send_json(walk, url, json.dumps(body), f"{path} {field}")
                for body in ("[" * 5_000, "{", "\ud83d", '"\\ud800"', "NaN", "1e999", "{}{}"):
                    send_json(walk, url, body, f"{path} (body)")
                send_json(walk, url, "a=b", f"{path} (type)", "application/x-www-form-urlencoded")
                send_json(walk, url, "<a/>", f"{path} (type)", "text/xml")
    record_property("fields of the API", len(reached))
    assert len(reached) > 40, len(reached)


def send_json(
    walk: Walk, url: str, body: str, place: str, content_type: str = "application/json"
) -> None:
    """Send a body as it is, under a new key."""
    raw = body.encode("utf-8", "surrogatepass")
    headers = {"Idempotency-Key": f"k{walk.reached.total()}"}
    walk.send("post", url, raw, place, content_type=content_type, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/%", "/%ff%fe", "/questions/%00/", "/" + "a" * 9_000, "/r/" + "b" * 9_000, "/r/%ff"]
)
def test_addresses_nobody_means(client: Client, path: str) -> None:
    assert client.get(path).status_code < 500


@pytest.mark.django_db
def test_a_link_with_many_fields_leads_on_all_the_same(world: World) -> None:
    code = world.introductions.referral.link.code
    answer = Client().get(f"/r/{code}?" + "&".join(f"a{n}={n}" for n in range(400)))
    assert answer.status_code == 302
    assert "a7=7" in answer["Location"]
    assert "a77=77" not in answer["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("next_page", ["abc", "http://[::1", "//evil.example", "/\\evil", "%"])
def test_a_switch_leads_to_pages_of_ours_alone(client: Client, next_page: str) -> None:
    sent = {"language": "en", "next": next_page}
    assert client.post(reverse("accounts:language"), sent)["Location"] == "/"
    ours = {"language": "en", "next": "http://testserver/questions/?tag=a#b"}
    assert client.post(reverse("accounts:language"), ours)["Location"] == "/questions/?tag=a#b"


@pytest.mark.django_db
def test_providers_that_are_not_set_up_do_not_exist(client: Client) -> None:
    for path in ("google/login/", "microsoft/login/", "google/login/callback/", "oidc/sso/login/"):
        assert client.post(f"/accounts/{path}").status_code == 404, path
        assert client.get(f"/accounts/{path}").status_code == 404, path


@pytest.mark.django_db
def test_one_title_never_breaks_feeds_and_sitemap(world: World) -> None:
    for text in naughty.STRINGS:
        topic = a_question(world.person("aki"))
        Topic.objects.filter(pk=topic.pk).update(title=text.replace("\x00", "")[:120])
    for path in ("/questions/feed/", "/sitemap.xml"):
        root = ET.fromstring(Client().get(path).content)
        assert len(root) > 10


@pytest.mark.django_db
def test_texts_are_cleaned_at_the_door(world: World) -> None:
    sent = {
        "title": "題\x07名\x9b\uffff\ufdd0 が赤い",
        "body": "一行\r\n\t二行\x1b",
        "space": world.question.space_id,
        "visibility": "public",
        "tags": "",
        "form_key": "",
    }
    client_of(world, "aki").post(reverse("community:ask"), sent)
    topic = Topic.objects.order_by("pk").last()
    assert topic is not None
    assert (topic.title, topic.posts.get().markdown) == ("題名 が赤い", "一行\n\t二行")


@pytest.mark.django_db
def test_somebody_of_the_host_s_company_without_a_team_writes_no_story(world: World) -> None:
    host = people.make_person("sato", world.companies)
    TeamMembership.objects.filter(user=host).delete()
    client = Client()
    client.force_login(host, backend="django.contrib.auth.backends.ModelBackend")
    written = {
        "title": "月末の締めが二日に",
        "problem": "五日かかっていました。" * 2,
        "action": "手順を変えました。" * 2,
        "outcome": "二日で終わります。" * 2,
        "space": world.question.space_id,
        "form_key": "",
    }
    for answer in (client.get("/stories/new/"), client.post("/stories/new/", written)):
        assert (answer.status_code, answer["Location"]) == (302, "/stories/")


@pytest.mark.django_db
def test_an_address_longer_than_an_account_s_is_named_with_its_line(world: World) -> None:
    long = "ab@" + ".".join(["b" * 60] * 5) + ".example"
    url = reverse("accounts:organization_invite", args=[world.companies.acme.public_id])
    sent = {"emails": f"x@y.example\n{long}", "role": "member"}
    answer = client_of(world, "kato").post(url, sent)
    assert answer.status_code == 422
    assert "2行目" in answer.content.decode()
    assert not Invitation.objects.exists()
