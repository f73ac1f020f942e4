"""The navigation registry: every app adds its entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from portal.core.registry import Registry

Area = Literal["customer", "staff", "person"]  # "person": the links to what is their own


@dataclass(frozen=True)
class Entry:
    """One place a person can go. `prefixes` are the paths that mark it as current."""

    key: str
    label: str | Promise
    url_name: str
    order: int
    icon: str
    prefixes: tuple[str, ...] = ()
    visible: Callable[[HttpRequest], bool] | None = None
    badge: Callable[[HttpRequest], int] | None = None

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)

    def is_current(self, path: str) -> bool:
        return path == self.url or any(path.startswith(prefix) for prefix in self.prefixes)


_entries: Registry[tuple[Area, str], Entry] = Registry("navigation entry")


def register(
    area: Area,
    *,
    key: str,
    label: str | Promise,
    url_name: str,
    order: int,
    icon: str,
    prefixes: tuple[str, ...] = (),
    visible: Callable[[HttpRequest], bool] | None = None,
    badge: Callable[[HttpRequest], int] | None = None,
) -> None:
    """Add an entry to the customers' or the staff's navigation, or to each person's own links;
    called from AppConfig.ready().
    """
    _entries.register(
        (area, key), Entry(key, label, url_name, order, icon, prefixes, visible, badge)
    )


def entries(area: Area, request: HttpRequest) -> list[Entry]:
    """Return the entries this person sees, in order."""
    here = [entry for (at, _), entry in _entries.items() if at == area]
    found = sorted(here, key=lambda entry: entry.order)
    return [entry for entry in found if entry.visible is None or entry.visible(request)]
