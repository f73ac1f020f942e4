"""Members, organizations and one's own settings."""

from __future__ import annotations

from django.urls import path

from portal.accounts.views import organizations, people, preferences

app_name = "accounts"

urlpatterns = [
    path("members/<uuid:public_id>/", people.member, name="member"),
    path("staff/organizations/", organizations.organizations, name="organizations"),
    path("staff/organizations/<uuid:public_id>/", organizations.organization, name="organization"),
    path("preferences/language/", preferences.language, name="language"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("settings/profile/", preferences.profile, name="profile"),
    path("settings/privacy/", preferences.privacy_page, name="privacy"),
    path("settings/privacy/export/", preferences.export, name="export"),
    path("settings/privacy/erase/", preferences.erase, name="erase"),
    path("join/<str:token>/", people.join, name="join"),
]
