"""The monitoring app: health checks, metrics, logs, the worker's sign of life."""

from __future__ import annotations

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "portal.monitoring"
    label = "monitoring"
