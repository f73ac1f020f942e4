"""URLs of the user's notifications, and of unsubscribing without signing in."""

from __future__ import annotations

from django.urls import path

from portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.notifications, name="list"),
    path("notifications/count/", views.count, name="count"),
    path("notifications/read/", views.read, name="read"),
    path("notifications/unread/", views.unread, name="unread"),
    path("notifications/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("settings/notifications/", views.preferences, name="preferences"),
]
