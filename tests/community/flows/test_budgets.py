"""Query budgets of pages full of rows.

`manage.py bench` checks the same budgets.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.models import Post
from portal.accounts.models import User
from portal.dev import bench_registry
from portal.dev.bench import dataset
from tests.people import NOW

TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture
def facts(db: Any) -> dict[str, Any]:
    dataset.discover()
    world = dataset.new_world(bench_registry.SIZES["tiny"], lambda message: None, now=NOW)
    dataset.fill(world)
    facts: dict[str, Any] = world.made["facts"]
    return facts


def statements(
    client: Client, url: str, form: dict[str, str] | None = None, *, status: int = 200
) -> list[str]:
    """The statements of the second such request: the first may fill what a process keeps."""
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            response = (
                client.post(url, form | {"form_key": str(uuid4())}) if form else client.get(url)
            )
        assert response.status_code == status
    return [query["sql"] for query in queries if not query["sql"].startswith(TRANSACTIONS)]


def member(pk: int = 30) -> Client:

    client = Client()
    client.force_login(User.objects.get(pk=pk), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list(facts: dict[str, Any]) -> None:
    assert len(statements(Client(), "/questions/")) <= 1
    assert len(statements(member(), "/questions/")) <= 5


def test_a_topic_of_twenty_posts(facts: dict[str, Any]) -> None:
    url = f"/questions/{facts['topics_of_20'][0]}/"
    assert len(statements(Client(), url)) <= 3
    assert len(statements(member(), url)) <= 7


def test_home(facts: dict[str, Any]) -> None:
    """Each panel asks once or twice; the way to less would be to ask for several panels
    together.
    """
    assert len(statements(Client(), "/")) <= 6
    assert len(statements(member(), "/")) <= 17


def test_a_page_does_not_grow_with_its_posts(facts: dict[str, Any]) -> None:
    short = Post.objects.filter(
        number=1, topic__last_number__lte=3, topic__kind="question", topic__visibility="public"
    )
    url = f"/questions/{short.values_list('topic_id', flat=True)[0]}/"
    long = f"/questions/{facts['topics_of_20'][0]}/"
    assert abs(len(statements(member(), url)) - len(statements(member(), long))) <= 1


def test_a_reply(facts: dict[str, Any]) -> None:
    url = f"/questions/{facts['topics_of_20'][0]}/answers/"
    assert (
        len(statements(member(), url, {"body": "試しました。うまく動きます。"}, status=302)) <= 12
    )


def test_a_referral_link_needs_no_sql(facts: dict[str, Any]) -> None:
    with CaptureQueriesContext(connection) as queries:
        Client(headers={"user-agent": "Mozilla/5.0 Firefox/140"}).get("/r/unknown-code")
    assert len(queries) <= 1  # a code nobody has is looked up once in the database
