"""URLs of members, organizations and the user's own settings."""

from __future__ import annotations

from django.urls import path, re_path

from portal.accounts.views import (
    addresses,
    calendars,
    company,
    mail_providers,
    organizations,
    people,
    preferences,
    reauthentication,
    staff,
)

app_name = "accounts"

urlpatterns = [
    path("members/<uuid:public_id>/", people.member, name="member"),
    path("staff/organizations/", organizations.organizations, name="organizations"),
    path("staff/organizations/<uuid:public_id>/", organizations.organization, name="organization"),
    path("staff/organizations/new/", organizations.edit, name="organization_new"),
    path(
        "staff/organizations/<uuid:public_id>/edit/", organizations.edit, name="organization_edit"
    ),
    path(
        "staff/organizations/<uuid:public_id>/domains/",
        organizations.add_domain,
        name="organization_domains",
    ),
    path(
        "staff/organizations/<uuid:public_id>/domains/remove/",
        organizations.remove_domain,
        name="organization_domain_remove",
    ),
    path(
        "staff/organizations/<uuid:public_id>/invite/",
        organizations.invite,
        name="organization_invite",
    ),
    path(
        "staff/organizations/<uuid:public_id>/link/",
        organizations.make_link,
        name="organization_link",
    ),
    path("staff/settings/people/", staff.people, name="people"),
    path("staff/settings/people/<uuid:public_id>/", staff.person, name="person"),
    path("staff/settings/people/<uuid:public_id>/deactivate/", staff.deactivate, name="deactivate"),
    path("staff/settings/people/<uuid:public_id>/reactivate/", staff.reactivate, name="reactivate"),
    path("staff/settings/calendar/", calendars.site, name="calendar"),
    path("staff/settings/mail-providers/", mail_providers.mail_providers, name="mail_providers"),
    path(
        "staff/settings/mail-providers/<int:provider_id>/remove/",
        mail_providers.remove,
        name="mail_provider_remove",
    ),
    path("staff/settings/audit/", staff.audit_log, name="audit_log"),
    path("settings/company/", company.company, name="company"),
    path("settings/company/invite/", company.invite, name="invite"),
    path("settings/company/link/", company.make_link, name="invite_link"),
    path(
        "settings/company/invitations/<uuid:public_id>/revoke/",
        company.revoke,
        name="invitation_revoke",
    ),
    path(
        "settings/company/members/<uuid:public_id>/role/", company.member_role, name="member_role"
    ),
    path(
        "settings/company/members/<uuid:public_id>/remove/",
        company.remove_member,
        name="member_remove",
    ),
    path("preferences/language/", preferences.language, name="language"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("settings/profile/", preferences.profile, name="profile"),
    path("settings/picture/", preferences.picture, name="picture"),
    re_path(r"^avatars/(?P<name>[0-9a-f-]{36}\.webp)$", preferences.avatar, name="avatar"),
    path("settings/privacy/", preferences.privacy_page, name="privacy"),
    path("settings/privacy/export/", preferences.export, name="export"),
    path("settings/privacy/erase/", preferences.erase, name="erase"),
    path("settings/confirm/", reauthentication.confirm, name="reauthenticate"),
    path("addresses/<str:token>/restore/", addresses.restore, name="address_restore"),
    path("join/<str:token>/", people.join, name="join"),
]
