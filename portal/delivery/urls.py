"""URLs of the administrators' destination pages."""

from __future__ import annotations

from django.urls import path

from portal.delivery import views

app_name = "delivery"
urlpatterns = [
    path("staff/settings/destinations/", views.destinations, name="destinations"),
    path("staff/settings/destinations/add/", views.add, name="add"),
    path("staff/settings/destinations/<uuid:public_id>/", views.destination, name="destination"),
    path("staff/settings/destinations/<uuid:public_id>/edit/", views.edit, name="edit"),
    path("staff/settings/destinations/<uuid:public_id>/test/", views.test, name="test"),
    path("staff/settings/destinations/<uuid:public_id>/switch/", views.switch, name="switch"),
    path("staff/settings/destinations/<uuid:public_id>/rotate/", views.rotate, name="rotate"),
    path("staff/settings/destinations/<uuid:public_id>/delete/", views.delete, name="delete"),
    path("staff/settings/destinations/<uuid:public_id>/replay/", views.replay, name="replay"),
]
