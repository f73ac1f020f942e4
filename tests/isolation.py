"""Isolates test processes: each has its own PostgreSQL and Redis database.

Loaded before Django (`-p` in .pytest.ini).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def redis_url_for(url: str, worker: str) -> str:
    """The same server, another database for every test process: gw0 has 1, gw1 has 2; without
    workers 0.
    """
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    if url.startswith("unix:"):  # urlunsplit would lose the slashes
        return f"{url.partition('?')[0]}?db={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()


def chromium() -> str | None:
    """The Chromium that browser tests drive, or None."""
    named = os.environ.get("HAZUMI_CHROMIUM")
    return named or next((found for name in CHROMIUMS if (found := shutil.which(name))), None)


if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
    raise pytest.UsageError(
        "No database: run the tests with `python3 manage.py test [pytest arguments]`."
    )
os.environ["REDIS_URL"] = redis_url_for(
    os.environ["REDIS_URL"], os.environ.get("PYTEST_XDIST_WORKER", "")
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave browser tests out, and say so, where there is no browser."""
    if chromium() is None:
        left = [item for item in items if item.get_closest_marker("browser")]
        if left:
            items[:] = [item for item in items if not item.get_closest_marker("browser")]
            config.hook.pytest_deselected(items=left)


def pytest_report_header() -> str:
    found = chromium()
    return (
        f"browser: {found}" if found else "browser: no Chromium found, browser tests are left out"
    )


@pytest.fixture(autouse=True)
def _empty_redis() -> Iterator[None]:
    """Every test begins with nothing in Redis: no counters, no cached pages, no queued jobs."""
    from portal.core.db.redis import connection  # before Django is set up

    connection().flushdb()
    yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Argon2 is slow on purpose; the people of the tests need no such protection."""
    from django.conf import settings  # before Django is set up

    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
