"""URLs of the dashboard, the drill-down of its numbers, and one page per turn."""

from __future__ import annotations

from django.urls import path

from portal.flywheel.views import dashboard, turns

app_name = "flywheel"

urlpatterns = [
    path("staff/analytics/", dashboard.dashboard, name="dashboard"),
    path("staff/analytics/rows/", dashboard.rows, name="rows"),
    path("staff/turns/", turns.turns, name="turns"),
    path("staff/turns/<uuid:public_id>/", turns.turn, name="turn"),
]
