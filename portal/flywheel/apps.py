"""The flywheel app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FlywheelConfig(AppConfig):
    name = "portal.flywheel"
    label = "flywheel"

    def ready(self) -> None:
        from portal.accounts import privacy
        from portal.core import demo, nav, panels
        from portal.flywheel import demo as own_demo
        from portal.flywheel import measures, moves, people
        from portal.flywheel import panels as own

        moves.register()
        measures.register()
        nav.register(
            "staff",
            key="analytics",
            label=_("Analytics"),
            url_name="flywheel:dashboard",
            order=50,
            icon="chart-column",
            prefixes=("/staff/analytics/", "/staff/turns/"),
        )
        panels.register("organization", name="flywheel_turns", order=25, render=own.organization)
        privacy.register_eraser("turns", people.erase)
        privacy.register_exporter("turns", people.export)
        demo.register("flywheel", order=90, create=own_demo.create)
