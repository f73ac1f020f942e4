"""The panel registry: how an app shows itself on pages it does not own (home, a topic, shared
content, a member, staff today …).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import HttpRequest

from portal.core.registry import Registry

Place = Literal[
    "home",
    "home_aside",
    "member",
    "organization",
    "today",
    "staff_settings",
    "topic",
    "content",
    "search",
]


@dataclass(frozen=True)
class Panel:
    """A template and what it is rendered with; a wide one takes the whole width where panels stand
    in columns.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    is_wide: bool = False


Render = Callable[[HttpRequest, Any], Panel | None]
_panels: Registry[tuple[str, str], tuple[int, Render]] = Registry("panel")  # (place, name)


def register(place: Place, *, name: str, order: int, render: Render) -> None:
    """Add a panel to a place.

    `render(request, subject)` answers None when there is nothing to show to this person.
    """
    _panels.register((place, name), (order, render))


def panels_for(place: Place, request: HttpRequest, subject: Any = None) -> list[Panel]:
    """Return what every app shows of `subject` at this place, in order."""
    here = [entry for (at, _), entry in _panels.items() if at == place]
    found = (render(request, subject) for _, render in sorted(here, key=lambda row: row[0]))
    return [panel for panel in found if panel is not None]
