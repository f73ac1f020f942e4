"""The URLs of the search page and of the synonyms."""

from __future__ import annotations

from django.urls import path

from portal.search import views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("staff/settings/synonyms/", views.synonyms, name="synonyms"),
]
