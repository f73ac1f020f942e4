"""What an API key may do. Default deny: a view that names no scope refuses every key."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.api.models import ApiKey


class Nobody(BasePermission):
    """The default of every view that forgot to say."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class AnyKey(BasePermission):
    """Any open key, whatever its scopes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, ApiKey)


class ScopedKey(BasePermission):
    """A key that has the view's scope."""

    scope = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, ApiKey) and self.scope in request.auth.scopes


def HasScope(scope: str) -> type[ScopedKey]:  # noqa: N802  it stands among classes and makes one
    """Make the permission of one scope: `permission_classes = [HasScope("referrals:write")]`."""
    return type("HasScope", (ScopedKey,), {"scope": scope})
