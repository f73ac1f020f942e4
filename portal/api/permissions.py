"""What a key may do. Default deny: a view that names no scope lets nobody in."""

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


class HasScope(BasePermission):
    """`permission_classes = [HasScope("referrals:write")]`."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def __call__(self) -> HasScope:
        """Let DRF, which makes permissions out of classes, take the instance."""
        return self

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, ApiKey) and self.scope in request.auth.scopes
