"""The named people and their companies as fixtures, made only when a test asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client, override_settings

from portal.accounts.models import User
from portal.core.calendar import calendars
from portal.events import dispatch
from tests import people
from tests.world import World


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_are_emptied_between_tests() -> Iterator[None]:
    """The audit log and the ledger refuse TRUNCATE; only the emptying between transactional tests
    may do it.
    """
    flush = DatabaseOperations.execute_sql_flush

    def without_triggers(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", without_triggers)
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_found_when_asked_for() -> Iterator[None]:
    """Every test client builds the middleware anew, and each looked through all static files: a
    fifth of the suite.
    """
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _pictures_go_to_a_folder_of_their_own(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(autouse=True)
def _business_calendars_are_the_defaults() -> None:
    """What a process remembers of saved calendars does not outlive a test; none costs a query."""
    calendars.remember({})


@pytest.fixture
def now() -> datetime:
    """A Friday, 10:00 in Tokyo."""
    return people.NOW


@pytest.fixture
def world(db: Any) -> World:
    """Everybody and what they made, lazily."""
    return World()


def _person(name: str) -> Any:
    @pytest.fixture(name=name)
    def person(world: World) -> User:
        return world.person(name)

    return person


aki, ren, mio, daniel = (_person("aki"), _person("ren"), _person("mio"), _person("daniel"))
sato, tanaka, mori, kato = (_person("sato"), _person("tanaka"), _person("mori"), _person("kato"))
ono = _person("ono")


@pytest.fixture
def as_(client_for: Any) -> Any:
    """`as_(aki)` is a test client signed in as aki."""
    return client_for


@pytest.fixture
def client_for() -> Any:
    def signed_in(user: User | None = None, **headers: str) -> Client:
        client = Client(headers={"accept-language": "ja", **headers})
        if user is not None:
            people.sign_in(client, user)
        return client

    return signed_in


@pytest.fixture
def dispatched() -> Any:
    """`dispatched()` runs every listener on the events published so far."""

    def run() -> int:
        return dispatch.run_pending(now=people.NOW)

    return run
