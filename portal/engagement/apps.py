"""The engagement app."""

from __future__ import annotations

from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "portal.engagement"
    label = "engagement"

    def ready(self) -> None:
        from portal.core import recount
        from portal.engagement import services as engagement_services

        recount.register(
            "engagement", lambda now: {"points and scores": engagement_services.rebuild()}
        )
        from portal.accounts import privacy
        from portal.core.web import panels
        from portal.engagement import panels as own
        from portal.engagement import services

        panels.register("member", name="engagement", order=20, render=own.member)
        panels.register("organization", name="engagement", order=20, render=own.organization)
        privacy.register_exporter("participation", services.export)
        privacy.register_eraser("participation", services.erase)
