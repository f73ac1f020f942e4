"""drf-spectacular hooks: what it cannot infer about this API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": _(
        "Identifies this request. Repeated with the same body, it gets the same response; "
        "another body gets 409."
    ),
}


ANSWERS = (
    ("400", _("Not right")),
    ("401", _("No key")),
    ("403", _("Not this key")),
    ("429", _("Too many")),
)


class KeyScheme(OpenApiAuthenticationExtension):
    """Bearer keys."""

    target_class = "portal.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "hz_…, made under Settings → API keys.",
        }


class Schema(AutoSchema):
    """Adds the Idempotency-Key header, the scope and the problem answers to every operation."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if not operation:
            return operation
        method = getattr(self.view, self.method.lower(), None)
        if getattr(method, "idempotent", False):
            operation.setdefault("parameters", []).append(IDEMPOTENCY)
        scope = next(
            (each.scope for each in self.view.get_permissions() if hasattr(each, "scope")), ""
        )
        if scope:
            operation["x-scope"] = scope
        for status, words in ANSWERS:
            operation["responses"].setdefault(
                status,
                {
                    "description": str(words),
                    "content": {"application/problem+json": {"schema": PROBLEM}},
                },
            )
        return operation
