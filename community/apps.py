"""The community app: fills the registries of the floors below."""

from __future__ import annotations

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "community"
    label = "community"

    def ready(self) -> None:
        from community import registries

        registries.fill()
