"""People and organizations in the admin."""

from __future__ import annotations

from django.contrib import admin

from portal.accounts.models import EmailDomain, Membership, Organization, TeamMembership, User


class EmailDomainInline(admin.TabularInline):  # type: ignore[type-arg]
    model = EmailDomain
    extra = 0


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "lifecycle", "owner", "renewal_date", "is_sample")
    search_fields = ("name",)
    list_filter = ("lifecycle",)
    autocomplete_fields = ("owner",)
    inlines = (EmailDomainInline,)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("display_name", "email", "is_active", "is_moderator", "is_administrator", "date_joined")
    search_fields = ("display_name", "email")
    fields = ("email", "display_name", "furigana", "job_title", "bio", "language", "time_zone")
    readonly_fields = ("email",)


admin.site.register([Membership, TeamMembership])
