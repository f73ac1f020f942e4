"""The community app: registers its entries in the registries of the lower layers."""

from __future__ import annotations

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "community"
    label = "community"

    def ready(self) -> None:
        from community import wiring
        from community.rules import state_machines
        from portal.core.db import state_machine

        state_machine.register(state_machines.MACHINES)
        wiring.fill()
