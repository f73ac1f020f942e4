"""What a key may be allowed to do: every app registers its scopes in AppConfig.ready()."""

from __future__ import annotations

import re

from django.utils.functional import Promise

from portal.core.registry import Registry

NAME = re.compile(r"^[a-z_]+:(read|write)$")
_scopes: Registry[str, str | Promise] = Registry("scope")


def register(name: str, label: str | Promise) -> None:
    """Add a scope `noun:read` or `noun:write`."""
    if not NAME.match(name):
        raise ValueError(f"{name!r} is not noun:read or noun:write")
    _scopes.register(name, label)


def choices() -> list[tuple[str, str | Promise]]:
    """Return all scopes with what they allow, by name."""
    return sorted(_scopes.items(), key=lambda pair: pair[0])
