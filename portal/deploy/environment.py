"""Reads Hazumi's settings from the environment.

Every variable is described in README's settings table.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

from environs import Env

env = Env()

# `manage.py up` notes here where its own PostgreSQL and Valkey are, so that other commands reach
# them meanwhile.
_data = Path(env.str("HAZUMI_DATA_DIR", str(Path(__file__).resolve().parents[2] / ".data")))
env.read_env(str(_data / "environment"), recurse=False, override=False)


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address: it has its own for unix sockets."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?virtual_host={dict(parse_qsl(query)).get('db', '0')}"
