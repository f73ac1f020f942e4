"""The flywheel app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FlywheelConfig(AppConfig):
    name = "portal.flywheel"
    label = "flywheel"

    def ready(self) -> None:
        from portal.accounts import privacy
        from portal.core import recount
        from portal.core.web import navigation, panels
        from portal.dev import demo_registry
        from portal.events.registry import after_dispatch
        from portal.flywheel import metrics, moves, recounting, services
        from portal.flywheel import panels as own
        from portal.flywheel import privacy as flywheel_privacy
        from portal.flywheel.demo import turns as own_demo

        moves.register()
        recount.register("flywheel", recounting.recount_all)
        after_dispatch("flywheel.turns", services.settle_waiting)
        metrics.register()
        navigation.register(
            "staff",
            key="analytics",
            label=_("Analytics"),
            url_name="flywheel:dashboard",
            order=50,
            icon="chart-column",
            prefixes=("/staff/analytics/", "/staff/turns/"),
        )
        panels.register("organization", name="flywheel_turns", order=25, render=own.organization)
        privacy.register_eraser("turns", flywheel_privacy.erase)
        privacy.register_exporter("turns", flywheel_privacy.export)
        demo_registry.register("flywheel", order=90, create=own_demo.create)
