"""Root URLconf. Each app has its own; this file only includes them."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from portal import offline_page, views
from portal.dev.component_page import design
from portal.monitoring import health

handler500 = "portal.views.server_error"

portal_patterns = (
    [
        path("", views.home, name="home"),
        path("staff/", views.today, name="today"),
        path("design/", design, name="design"),
        path("staff/settings/", views.staff_settings, name="staff_settings"),
        path("staff/settings/sample/remove/", views.remove_sample, name="remove_sample"),
        path("jobs/<uuid:public_id>/", views.job, name="job"),
        path("jobs/<uuid:public_id>/errors.csv", views.job_errors, name="job_errors"),
        path("offline/", offline_page.offline, name="offline"),
        path("sw.js", offline_page.service_worker, name="service_worker"),
        path("healthz", health.healthz, name="healthz"),
        path("metrics", health.metrics_page, name="metrics"),
    ],
    "portal",
)

# Addresses are tried one after another, so what is asked for most stands first: a topic was the
# 137th of them.
urlpatterns = [
    path("", include(portal_patterns)),
    path("", include("community.urls")),
    path("", include("portal.search.urls")),
    path("", include("referrals.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.teams.urls")),
    path("", include("portal.flywheel.urls")),
    path("", include("portal.delivery.urls")),
    path("", include("portal.notifications.urls")),
    path("", include("portal.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", admin.site.urls),
]
