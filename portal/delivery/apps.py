"""The delivery app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "portal.delivery"
    label = "delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        from portal.core.db import state_machine
        from portal.core.web import panels
        from portal.delivery import channels, privacy
        from portal.delivery.channels import email, slack, teams, webhook
        from portal.delivery.panels import settings_panel
        from portal.delivery.state_machine import MACHINES

        state_machine.register(MACHINES)
        for each in (webhook, slack, teams, email):
            channels.register(each.CHANNEL)
        privacy.register()
        panels.register("staff_settings", name="delivery", order=40, render=settings_panel)
