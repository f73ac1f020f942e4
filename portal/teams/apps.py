"""The teams app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    name = "portal.teams"
    label = "teams"

    def ready(self) -> None:
        from portal.accounts import privacy
        from portal.core.db import state_machine
        from portal.core.web import navigation, panels
        from portal.dev import demo_registry
        from portal.teams import default_rules, notifications, selectors, signal_rules
        from portal.teams import panels as own
        from portal.teams import privacy as team_privacy
        from portal.teams.demo import signals as own_demo
        from portal.teams.state_machine import MACHINES

        state_machine.register(MACHINES)
        signal_rules.register()
        default_rules.register()
        notifications.register()
        navigation.register(
            "staff",
            key="signals",
            label=_("Voices"),
            url_name="teams:signals",
            order=40,
            icon="megaphone",
            prefixes=("/staff/signals/",),
            badge=selectors.badge,
        )
        panels.register("today", name="teams_voices", order=10, render=own.voices)
        panels.register("today", name="teams_owed", order=20, render=own.owed)
        panels.register("today", name="teams_longest", order=30, render=own.longest)
        panels.register("home", name="teams_told", order=15, render=own.told)
        panels.register("topic", name="teams_told", order=10, render=own.topic)
        panels.register("organization", name="teams_signals", order=30, render=own.organization)
        panels.register("staff_settings", name="teams", order=20, render=own.settings)
        privacy.register_exporter("told", team_privacy.export)
        privacy.register_eraser("told", team_privacy.erase)
        privacy.register_deactivation_handler("teams", team_privacy.on_deactivation)
        demo_registry.register("teams", order=80, create=own_demo.create)
