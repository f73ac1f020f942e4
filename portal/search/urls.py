"""The URL of the search page."""

from __future__ import annotations

from django.urls import path

from portal.search import views

app_name = "search"
urlpatterns = [path("search/", views.search, name="search")]
