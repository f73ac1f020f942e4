"""Registry of notification kinds: every app registers its own in AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from portal.accounts.models import User
from portal.core.registry import Registry
from portal.events.models import Event


def by_subject(event: Event) -> str:
    """Put notifications together by the fact's subject; an app may say otherwise for its kinds."""
    return event.subject


@dataclass(frozen=True)
class Kind:
    """One kind of notification.

    `recipients` yields user ids; the actor is left out. `text` is a translatable sentence filled
    with the event's payload and `actor`. `visible` is checked before writing and again before
    mailing.
    """

    name: str
    label: str | Promise
    event: str | tuple[str, ...]
    recipients: Callable[[Event], Iterable[int | None]]
    text: str | Promise
    url: Callable[[Event], str] | None = None
    group: Callable[[Event], str] = by_subject
    visible: Callable[[User, Event], bool] | None = None
    mail: str = "daily"
    in_page: bool = True
    staff: bool = False
    order: int = 100

    @property
    def events(self) -> tuple[str, ...]:
        return (self.event,) if isinstance(self.event, str) else self.event

    def sentence(self, data: dict[str, Any]) -> str:
        """Fill the text; a field the fact does not have stays empty."""
        return str(self.text) % _Forgiving(data)


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


_kinds: Registry[str, Kind] = Registry("notification kind")


def register_kind(kind: Kind) -> None:
    """Add a kind; called from AppConfig.ready()."""
    _kinds.register(kind.name, kind)


def kind(name: str) -> Kind | None:
    return _kinds.get(name)


def kinds() -> list[Kind]:
    """Return all kinds in order."""
    return sorted(_kinds, key=lambda each: (each.order, each.name))


def kinds_for(event_name: str) -> list[Kind]:
    """Return the kinds an event may cause, the most specific first."""
    return [each for each in kinds() if event_name in each.events]


def kinds_of(user: User) -> list[Kind]:
    """Return the kinds that can reach a person."""
    return [each for each in kinds() if user.is_team or not each.staff]


@dataclass(frozen=True)
class Tab:
    """A choice of the list: the kinds `holds` says yes to."""

    name: str
    label: str | Promise
    holds: Callable[[Kind], bool]
    order: int

    def kinds(self) -> list[str]:
        return [each.name for each in kinds() if self.holds(each)]


_tabs: Registry[str, Tab] = Registry("tab of the notifications")


def register_tab(
    name: str, label: str | Promise, holds: Callable[[Kind], bool], *, order: int
) -> None:
    """Add a choice to the list of notifications, beside all and unread."""
    _tabs.register(name, Tab(name, label, holds, order))


def tabs() -> list[Tab]:
    return sorted(_tabs, key=lambda each: each.order)


def tab(name: str) -> Tab | None:
    return _tabs.get(name)
