"""Read-only Django admin of the search index and its queue: find out why something is not found."""

from __future__ import annotations

from django.contrib import admin

from portal.events.admin import ReadOnly
from portal.search.models import SearchDocument, SearchQueue


@admin.register(SearchDocument)
class SearchDocumentAdmin(ReadOnly):
    list_display = ("kind", "object_id", "title", "visibility", "organization_id", "updated_at")
    list_filter = ("kind", "visibility")
    ordering = ("-updated_at",)
    exclude = ("vector",)
    show_full_result_count = False


@admin.register(SearchQueue)
class SearchQueueAdmin(ReadOnly):
    list_display = ("kind", "object_id", "attempts", "error")
    list_filter = ("kind",)
