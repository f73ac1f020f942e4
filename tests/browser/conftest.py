"""A real Chromium against a real server: `page_of(aki)` is a page on which aki is signed in."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from portal.accounts.models import User
from tests.isolation import chromium

os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "1"
)  # Playwright's loop runs in the thread of the test


@pytest.fixture(scope="session")
def chromium_process() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # only where browser tests run

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page_of(chromium_process: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open a page for a user (or an anonymous visitor) at a width, in a language; a script error
    fails the test.
    """
    contexts, mistakes = [], []

    def opened(
        user: User | None = None, *, width: int = 1280, language: str = "ja", **options: Any
    ) -> Any:
        context = chromium_process.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 844},
            locale=language,
            **options,
        )
        cookies = [
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
        ]
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookies.append(
                {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
            )
        context.add_cookies(cookies)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on(
            "console",
            lambda said: (
                mistakes.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    _wait_until_the_server_rests()
    assert not mistakes


def _wait_until_the_server_rests() -> None:
    """What a page had sent when it was closed is still worked on; emptying the tables crosses it
    otherwise.
    """
    busy = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    give_up, calm = time.monotonic() + 5, 0
    while calm < 3 and time.monotonic() < give_up:
        with connection.cursor() as cursor:
            cursor.execute(busy)
            calm = 0 if cursor.fetchone() else calm + 1
        threading.Event().wait(0.02)
