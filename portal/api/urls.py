"""The API's own URLs; other apps add theirs under /api/v1/."""

from __future__ import annotations

from django.urls import path

from portal.api import endpoints, views

app_name = "api"
urlpatterns = [
    path("api/v1/schema/", views.SchemaView.as_view(), name="schema"),
    path("api/v1/docs/", views.docs, name="docs"),
    path("api/v1/key/", endpoints.CurrentKey.as_view(), name="key"),
    path("api/v1/events/", endpoints.Events.as_view(), name="events"),
    path("staff/settings/api-keys/", views.keys, name="keys"),
    path("staff/settings/api-keys/<uuid:public_id>/revoke/", views.revoke, name="revoke"),
]
