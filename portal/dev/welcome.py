"""What `manage.py up` prints when everything runs: the URL, and the demo log-ins."""

from __future__ import annotations

import psycopg

from portal.dev import demo_registry

FIRST = "python3 manage.py administrator you@your-company.example"


def lines(*, database_url: str, base_url: str, seconds: float, data_option: str = "") -> list[str]:
    """Return the lines: sample log-ins only while the sample is there, and how to begin where
    nobody administers.
    """
    has_sample, has_administrator = _who_is_there(database_url)
    told = [f"Hazumi is ready after {seconds:.0f} s:  {base_url}/"]
    if has_sample:
        told += [
            "Log in with one of the sample people (見本):",
            *(f"  {line}" for line in demo_registry.logins()),
        ]
    if not has_administrator:
        told += [
            "Nobody administers this Hazumi yet. In another terminal:",
            f"  {data_option}{FIRST}",
        ]
    return [*told, "Ctrl-C stops everything; the data stays."]


def _who_is_there(database_url: str) -> tuple[bool, bool]:
    """Ask the database itself: the settings of this process know nothing of the one it has just
    started.
    """
    asked = (
        "SELECT EXISTS (SELECT FROM accounts_user WHERE is_sample AND is_active), "
        "EXISTS (SELECT FROM accounts_user WHERE is_administrator AND is_active)"
    )
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            row = connection.execute(asked).fetchone()
    except psycopg.Error:
        return False, True
    return (bool(row[0]), bool(row[1])) if row else (False, True)
