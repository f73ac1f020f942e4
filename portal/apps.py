"""The portal itself as an app: it owns the commands `up`, `test`, `translations`, `css` and the built static files."""

from __future__ import annotations

from django.apps import AppConfig
from django_structlog.signals import bind_extra_request_finished_metadata


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"

    def ready(self) -> None:
        from portal import celery, logs  # noqa: F401  so that a task enqueued from a web process finds its broker

        bind_extra_request_finished_metadata.connect(logs.name_the_user)
