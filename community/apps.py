"""The community app: registers its entries in the registries of the lower layers."""

from __future__ import annotations

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "community"
    label = "community"

    def ready(self) -> None:
        from community import wiring

        wiring.fill()
