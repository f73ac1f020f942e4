"""Which events still hold. Apps declare it in AppConfig.ready(); holds no rows.

An event may rest on an item of its app ("app.noun:42"): a post, an acceptance, an introduction. It
holds while its item stands, and of several events on one item only the latest holds. Whether an
item stands is read from the current rows of the app that owns it, so order and number of deliveries
do not matter: an event that takes something back, or brings it back, only says which items to look
at again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from portal.core.registry import Registry

if TYPE_CHECKING:
    from portal.events.models import Event

K = TypeVar("K")
ItemOf = Callable[["Event"], str]
ItemsOf = Callable[["Event"], Iterable[str]]
Find = Callable[[set[str]], set[str]]

_rests: Registry[str, ItemOf] = Registry("item of an event")
_touches: Registry[str, ItemsOf] = Registry("items an event touches")
_finders: Registry[str, Find] = Registry("kind of item")


def register_items(kind: str, find: Find) -> None:
    """Add a kind of item ("app.noun"): `find(keys)` returns those that stand, from current rows."""
    _finders.register(kind, find)


def rests_on(event_name: str, item: ItemOf) -> None:
    """Let an event hold only while its item stands; "" rests on nothing and always holds."""
    _rests.register(event_name, item)


def touches(event_name: str, items: ItemsOf) -> None:
    """Say which items an event may have made fall or stand again."""
    _touches.register(event_name, items)


def item_of(event: Event) -> str:
    """Return what an event rests on, or ""."""
    item = _rests.get(event.name)
    return item(event) if item else ""


def touched_by(event: Event) -> set[str]:
    """Return the items to look at again after an event."""
    items = _touches.get(event.name)
    return set(items(event)) - {""} if items else set()


def standing(items: Iterable[str]) -> set[str]:
    """Return the items that stand now, one question per kind; an unknown kind always stands."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for item in items:
        kind, _, key = item.partition(":")
        by_kind[kind].add(key)
    found: set[str] = set()
    for kind, keys in by_kind.items():
        finder = _finders.get(kind)
        found |= {f"{kind}:{key}" for key in (finder(keys) if finder else keys)}
    return found


def holding(rows: Iterable[tuple[K, int, str]]) -> set[K]:
    """Return the keys of the rows (key, event id, item) that hold: their item stands, and none of a
    later event is about the same item.
    """
    rows = list(rows)
    stand = standing({item for _, _, item in rows if item})
    latest: dict[str, int] = {}
    for _, event_id, item in rows:
        latest[item] = max(event_id, latest.get(item, 0))
    return {
        key
        for key, event_id, item in rows
        if not item or (item in stand and latest[item] == event_id)
    }


def held(events: Iterable[Event]) -> list[Event]:
    """Return the events of one name that hold, in the order given."""
    events = list(events)
    keep = holding((event.pk, event.pk, item_of(event)) for event in events)
    return [event for event in events if event.pk in keep]
