"""After `migrate`: default rows that this database has not been given yet."""

from __future__ import annotations

from typing import Any

from django.apps import apps as current_apps
from django.apps.registry import Apps

from portal.core import time
from portal.core.db import defaults


def install_defaults(*, using: str, apps: Apps = current_apps, **rest: Any) -> None:
    """`apps` are the models as the migrations that ran have left them."""
    defaults.install(now=time.now(), using=using, apps=apps)
