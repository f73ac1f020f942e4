"""The permission matrix: URL × role × method, from the resolver.

Object states are in each app's own matrix.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts.models import TeamMembership, User
from portal.accounts.services import deactivate_user
from tests import people
from tests.policy import FOREIGN_PREFIXES, POLICY, Line
from tests.world import World

ROLES = ("anonymous", "aki", "mio", "sato", "mori", "ono", "kato")
RANK = {"public": 0, "member": 1, "team": 2, "moderator": 3, "finance": 4, "administrator": 4}
# What a look may write: its session, and counts that are derived from other rows and may be made
# anew at any time.
NOBODYS_WORDS = (
    "django_session",
    "audit_auditentry",  # a table or a person's data that leaves as a file
    "referrals_rollupmark",
    "referrals_milestonecount",
    "referrals_waitcount",
    "referrals_clickcount",
    "referrals_sourcecount",
    "referrals_spreadcount",
)
HOLDS = {"anonymous": 0, "aki": 1, "ren": 1, "mio": 1, "sato": 2, "mori": 3, "ono": 2, "kato": 4}


def walk(
    patterns: list[Any], prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """Yield (route, url name, view) for every pattern of the site."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = ":".join(part for part in (namespace, pattern.namespace) if part)
            yield from walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield (
                route,
                f"{namespace}:{pattern.name}" if namespace else str(pattern.name),
                pattern.callback,
            )


def own_urls() -> list[tuple[str, str, Any]]:
    return [
        row for row in walk(get_resolver().url_patterns) if not row[0].startswith(FOREIGN_PREFIXES)
    ]


def policy_of(view: Any) -> str | None:
    holder = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    found = getattr(holder, "policy", None)
    return str(found) if found else None


def test_every_url_has_a_policy_line_and_a_view_that_carries_it() -> None:
    urls = own_urls()
    assert len(urls) > 10
    wrong = [
        f"{route} ({name}): the view says {policy_of(view)}, its line "
        f"{name in POLICY and POLICY[name].policy}"
        for route, name, view in urls
        if name not in POLICY or policy_of(view) != POLICY[name].policy
    ]
    assert not wrong, "\n".join(wrong)
    assert not set(POLICY) - {name for _, name, _ in urls}, "lines of URLs that no longer exist"


def client_of(world: World, role: str) -> Client:
    client = Client(
        enforce_csrf_checks=False,
        headers={"accept-language": "ja", "user-agent": "Mozilla/5.0 Firefox/140"},
    )
    if role != "anonymous":
        people.sign_in(client, world.person(role))
    return client


def may(line: Line, role: str) -> bool:
    if line.policy.startswith("key:"):
        return False
    if line.policy == "finance" and role == "ono":
        return True
    if HOLDS[role] < RANK[line.policy]:
        return False
    return line.members is None or HOLDS[role] >= 2 or role in line.members


def assert_refused(response: Any, role: str, name: str) -> None:
    if role == "anonymous" and response.status_code == 302:
        assert "/accounts/login/" in response["Location"], (name, response["Location"])
    else:
        assert response.status_code in (401, 403, 404), (name, role, response.status_code)


def each_role(world: World) -> Iterator[tuple[str, Client]]:
    """Yield every role with its browser; what one role does is undone before the next."""
    for role in ROLES:
        client = client_of(world, role)
        before = transaction.savepoint()
        yield role, client
        transaction.savepoint_rollback(before)


@pytest.mark.parametrize("name", sorted(name for name, line in POLICY.items() if line.reads))
def test_reading(world: World, name: str) -> None:
    line = POLICY[name]
    url = reverse(name, args=line.args(world))
    for role, client in each_role(world):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        if may(line, role):
            assert response.status_code in (200, 302), (name, role, response.status_code)
            if response.status_code == 302:
                assert "/accounts/login/" not in response["Location"], (name, role)
        else:
            assert_refused(response, role, name)
        writes = [
            row["sql"]
            for row in queries.captured_queries
            if row["sql"].split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE")
            and not any(table in row["sql"] for table in NOBODYS_WORDS)
        ]
        assert not writes or line.writes, f"GET {name} writes: {writes[:3]}"


@pytest.mark.parametrize("name", sorted(name for name, line in POLICY.items() if line.writes))
def test_writing_is_refused_without_the_right(world: World, name: str) -> None:
    line = POLICY[name]
    url = reverse(name, args=line.args(world))
    for role, client in each_role(world):
        if may(line, role):
            continue
        before = state()
        response = client.post(url, {"is_administrator": "on", "is_moderator": "on"})
        assert_refused(response, role, name)
        assert state() == before, (name, role)


@pytest.mark.parametrize("name", sorted(name for name, line in POLICY.items() if line.writes))
def test_writing_needs_a_csrf_token_or_a_key(world: World, name: str) -> None:
    line = POLICY[name]
    url = reverse(name, args=line.args(world))
    client = Client(enforce_csrf_checks=True)
    people.sign_in(client, world.person("kato"))
    assert client.post(url, {}).status_code in (401, 403), name


def state() -> list[Any]:
    return list(
        User.objects.order_by("pk").values_list(
            "pk", "is_administrator", "is_moderator", "is_active"
        )
    ) + list(TeamMembership.objects.order_by("pk").values_list("user_id", "team"))


def test_rights_taken_away_bite_at_the_next_request(world: World) -> None:
    client = client_of(world, "sato")
    assert client.get("/staff/").status_code == 200
    TeamMembership.objects.filter(user=world.person("sato")).delete()
    assert client.get("/staff/").status_code == 403


def test_a_deactivated_person_is_signed_out_everywhere(world: World) -> None:
    client = client_of(world, "aki")
    assert client.get(reverse("accounts:profile")).status_code == 200
    deactivate_user(
        user=world.person("aki"),
        actor=world.person("kato"),
        now=people.NOW,
        reason="left the company",
    )
    response = client.get(reverse("accounts:profile"))
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]
    assert not client.login(email="aki@acme.example", password=people.PASSWORD)


def test_extra_fields_on_a_write_are_ignored(world: World) -> None:
    client = client_of(world, "aki")
    aki = world.person("aki")
    data = {"display_name": "秋", "language": "ja", "time_zone": "Asia/Tokyo", "theme": "dark"}
    extra = {
        "is_administrator": "on",
        "is_moderator": "true",
        "is_superuser": "1",
        "email": "kato@cloud.example",
    }
    assert client.post(reverse("accounts:profile"), data | extra).status_code == 302
    aki.refresh_from_db()
    assert (aki.display_name, aki.theme) == ("秋", "dark")
    assert (aki.is_administrator, aki.is_moderator, aki.is_superuser, aki.email) == (
        False,
        False,
        False,
        "aki@acme.example",
    )
