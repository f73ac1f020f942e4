"""Keyset pagination of API lists: `?after=<cursor>&size=50`, with links to the neighbouring
pages.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from portal.core.db.pagination import BadCursor, Page, page_by_key

SIZE, MOST = 50, 200


class KeyPagination(BasePagination):
    """The view may name `key_order`, a tuple of fields ending in a unique one (default newest
    first).
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order = getattr(view, "key_order", ("-pk",))
        try:
            size = min(max(int(request.query_params.get("size", SIZE)), 1), MOST)
            self.page: Page[Any] = page_by_key(
                queryset,
                order=order,
                cursor=request.query_params.get("after"),
                size=size,
                strict=True,
            )
        except BadCursor as error:
            raise ValidationError({"after": [_("This cursor cannot be read.")]}) from error
        except ValueError as error:
            raise ValidationError({"size": [_("A whole number, please.")]}) from error
        self.address = request.build_absolute_uri()
        return self.page.items

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "items": data,
                "next": self._link(self.page.next_cursor),
                "previous": self._link(self.page.previous_cursor),
            }
        )

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(self.address, "after", cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["items", "next", "previous"],
            "properties": {"items": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "after",
                "in": "query",
                "schema": {"type": "string"},
                "description": _("The cursor of a neighbouring page."),
            },
            {
                "name": "size",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": SIZE},
                "description": _("Items on a page."),
            },
        ]
