"""The portal itself as an app: it owns the commands `up`, `test`, `translations`, `css` and the
built static files.
"""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core import checks
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_finished_metadata

from portal.core.web import panels
from portal.deploy.checks import environment_is_complete
from portal.dev import fault_test_registry


def sample_panel(request: HttpRequest, subject: object = None) -> panels.Panel | None:
    """Say that what is seen is a sample, and offer to remove it."""
    from portal.dev import sample  # models are not loaded yet

    if not sample.is_loaded():
        return None
    return panels.Panel(
        "portal/sample_panel.html", {"is_alone": not sample.has_real_administrator()}, is_wide=True
    )


def failures_panel(request: HttpRequest, subject: object = None) -> panels.Panel | None:
    """Warn administrators of handlings of events that failed."""
    from portal.accounts.permissions import can_administer  # models are loaded later
    from portal.events.selectors import unresolved_failures  # models are loaded later

    if not can_administer(request.user):
        return None
    failures = unresolved_failures()
    if not failures:
        return None
    return panels.Panel("portal/failures_panel.html", {"failures": failures}, is_wide=True)


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"

    def ready(self) -> None:
        from portal import celery, wiring  # noqa: F401  so that a task enqueued from a web process finds its broker
        from portal.monitoring import logs

        wiring.join()

        from portal.dev.fault_tests import events as drill

        fault_test_registry.register(
            "events",
            help="kill -9 web, worker, beat, Valkey and PostgreSQL in turn during a small load",
            run=drill.run,
            add_arguments=drill.add_arguments,
        )
        checks.register(environment_is_complete, deploy=True)
        panels.register("today", name="sample", order=0, render=sample_panel)
        panels.register("today", name="failures", order=1, render=failures_panel)
        panels.register("staff_settings", name="failures", order=1, render=failures_panel)
        panels.register("staff_settings", name="sample", order=90, render=sample_panel)
        bind_extra_request_finished_metadata.connect(logs.name_the_user)


class StaticConfig(StaticFilesConfig):
    """Static files without those whose imports cannot be followed: the style sheet's source, unused
    htmx extensions.
    """

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "src", "hx-*.js"]
