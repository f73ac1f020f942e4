"""Read-only Django admin of people and organizations: they are edited on the pages under
/staff/.
"""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.models import EmailDomain, Membership, Organization, TeamMembership, User
from portal.events.admin import ReadOnly


class EmailDomainInline(admin.TabularInline[EmailDomain, Organization]):
    model = EmailDomain
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True  # whoever sees the organization

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Organization)
class OrganizationAdmin(ReadOnly):
    list_display = ("name", "lifecycle", "owner", "renewal_date", "is_sample")
    list_select_related = ("owner",)
    search_fields = ("name",)
    list_filter = ("lifecycle",)
    inlines = (EmailDomainInline,)


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = (
        "display_name",
        "email",
        "is_active",
        "is_moderator",
        "is_administrator",
        "is_finance",
        "date_joined",
    )
    search_fields = ("display_name", "email")
    fields = ("email", "display_name", "furigana", "job_title", "bio", "language", "time_zone")


@admin.register(Membership, TeamMembership)
class MembershipAdmin(ReadOnly):
    list_select_related = ("user",)
