"""`up` and `check --deploy` in production: what is missing is said, and ready means a page."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from portal.deploy import checks, production

COMPLETE = {
    "HAZUMI_ENVIRONMENT": "production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "HAZUMI_BASE_URL": "https://community.example",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "DEFAULT_FROM_EMAIL": "Hazumi <hello@community.example>",
    "TRUSTED_PROXY_COUNT": "1",
}


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A migrated database of its own, so that `up` has little to do."""
    server, _, template = os.environ["DATABASE_URL"].rpartition("/")
    name = f"production_{os.getpid()}"
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
    yield f"{server}/{name}"


def environment(data: Path, **changes: str) -> dict[str, str]:
    left_out = {*COMPLETE, "DATABASE_URL"}
    own = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**own, "HAZUMI_DATA_DIR": str(data), **changes}


def up(data: Path, port: int, **changes: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port), "--data", str(data)],
        cwd=settings.BASE_DIR,
        env=environment(data, **changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize("name", [name for name in COMPLETE if name != "HAZUMI_ENVIRONMENT"])
def test_each_missing_variable_is_named(name: str) -> None:
    assert production.missing(COMPLETE) == {}
    assert list(production.missing({**COMPLETE, name: ""})) == [name]


def test_what_is_missing_is_one_sentence_and_nothing_starts(tmp_path: Path) -> None:
    said, _ = up(tmp_path / "data", 8000, HAZUMI_ENVIRONMENT="production").communicate(timeout=60)
    assert said.count("\n") == 1
    assert "Traceback" not in said
    for name in ("SECRET_KEY", "HAZUMI_BASE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL"):
        assert name in said
    assert not (tmp_path / "data").exists()


def test_ready_means_that_a_page_is_there(tmp_path: Path, database: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = tmp_path / "data"
    lines = []
    with up(data, port, DATABASE_URL=database, **COMPLETE) as running:
        assert running.stdout is not None
        for line in running.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        said = "".join(lines)
        assert "is ready" in said, said
        assert "https://community.example/" in said
        assert "見本" not in said, "the log-ins of the sample are known to everybody"
        through_proxy = {"Host": "community.example", "X-Forwarded-Proto": "https"}
        line_to = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        line_to.request("GET", "/accounts/login/", headers=through_proxy)
        assert line_to.getresponse().status == 200
        line_to.close()
        made = subprocess.run(
            [
                *[sys.executable, "manage.py", "administrator", "me@community.example"],
                *["--name", "Me", "--company", "Community"],
            ],
            cwd=settings.BASE_DIR,
            env=environment(data),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "https://community.example/" in made.stdout, made.stderr
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert (data / "static" / "staticfiles.json").exists()


def test_check_deploy_names_what_is_not_set(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TRUSTED_PROXY_COUNT")
    monkeypatch.delenv("DEFAULT_FROM_EMAIL")
    assert checks.environment_is_complete() == []  # a laptop needs none of it
    settings.PRODUCTION = True
    found = [message.id for message in checks.environment_is_complete()]
    assert found == ["hazumi.DEFAULT_FROM_EMAIL", "hazumi.TRUSTED_PROXY_COUNT"]
