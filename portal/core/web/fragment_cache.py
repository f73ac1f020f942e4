"""One cache for rendered HTML, in the memory of each process: bounded, safe with threads, never
stale.

An entry has a key (what it shows, in which language, to whom) and the values it depends on: names,
versions, texts, everything shown that can change. It is served only while these values are equal to
those it was made from, so a rename needs no invalidation: the next reader brings the new name and
the entry is replaced.

What belongs to one reader or to one request is in no entry. A template is rendered with holes in
these places and cut there at once; a page joins the parts with its own values. Finished HTML is
never searched, so nothing that a person wrote or an address holds can stand for such a value.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from sys import getsizeof
from threading import Lock
from typing import Any, Generic, TypeVar

from django.template import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

T = TypeVar("T")
Key = tuple[Hashable, ...]
Values = tuple[object, ...]
Fill = Mapping[str, Callable[[], object]]
# Literal HTML in the even places, the name of a hole in the odd ones.
Parts = tuple[str, ...]

MIB = 1024 * 1024
ENTRY_BYTES = 500  # what an entry takes beside its strings: key, list node, slots of the tables


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    depends_on: Values
    value: T
    size: int


class FragmentCache(Generic[T]):
    """Entries by key, each with the values it depends on; the least recently used ones go first.

    One lock guards the table. It is held for a look-up and never while something is rendered, so
    two threads may render the same entry; both results are right and the later one stays.
    """

    def __init__(self, *, max_entries: int, max_bytes: int) -> None:
        self.max_entries, self.max_bytes = max_entries, max_bytes
        self._entries: OrderedDict[Key, _Entry[T]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Key, depends_on: Values) -> T | None:
        """Return what was made from equal values; None where there is nothing, or it has
        changed.
        """
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.depends_on != depends_on:
                return None
            self._entries.move_to_end(key)
            return entry.value

    def set(self, key: Key, depends_on: Values, value: T) -> None:
        """Put an entry in the place of the one with this key."""
        size = ENTRY_BYTES + _size(key) + _size(depends_on) + _size(value)
        with self._lock:
            self._remove(key)
            if size > self.max_bytes:
                return
            self._entries[key] = _Entry(depends_on, value, size)
            self._bytes += size
            while len(self._entries) > self.max_entries or self._bytes > self.max_bytes:
                self._remove(next(iter(self._entries)))

    def get_or_make(self, key: Key, depends_on: Values, make: Callable[[], T]) -> T:
        """Return the entry, made now where there is none or it has changed."""
        value = self.get(key, depends_on)
        if value is None:
            value = make()
            self.set(key, depends_on, value)
        return value

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def usage(self) -> tuple[int, int]:
        """Return how many entries there are, and about how many bytes they take."""
        with self._lock:
            return len(self._entries), self._bytes

    def _remove(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size


def _size(value: object) -> int:
    if isinstance(value, tuple | frozenset):
        return getsizeof(value) + sum(map(_size, value))
    return getsizeof(value)


fragments: FragmentCache[Parts] = FragmentCache(max_entries=16_384, max_bytes=24 * MIB)


def cached_html(
    template: str,
    *,
    key: Key,
    depends_on: Values,
    context: Callable[[], dict[str, Any]],
    fill: Fill | None = None,
) -> SafeString:
    """Return a rendered template that shows the same to everybody with this key, in each language.

    `context` gives it what does not change while `depends_on` is equal, and `fill` by name what is
    one reader's or one request's: its template gets a hole there, and the value is put in each
    time.
    """
    fill = fill or {}
    parts = fragments.get_or_make(
        (template, get_language(), *key),
        depends_on,
        lambda: render_parts(template, context(), tuple(fill)),
    )
    return join_parts(parts, fill)


def render_parts(template: str, context: Mapping[str, Any], holes: Sequence[str] = ()) -> Parts:
    """Render a template with holes under the names `holes`, and cut it there.

    The boundary is random and new for each rendering, chosen after all that is shown was written.
    """
    boundary = secrets.token_hex(16)
    values = {name: SafeString(f"{boundary}{n:02}") for n, name in enumerate(holes)}
    compiled: Any = get_template(template)
    html: str = compiled.template.render(Context({**context, **values}))
    parts: list[str] = re.split(rf"{boundary}(\d\d)", html)
    parts[1::2] = [holes[int(number)] for number in parts[1::2]]
    return tuple(parts)


def join_parts(parts: Parts, fill: Fill) -> SafeString:
    """Join the parts of a page's fragment; a value is asked for only where there is a hole for it,
    and once.
    """
    if len(parts) == 1:
        return SafeString(parts[0])
    values = {name: conditional_escape(str(fill[name]())) for name in set(parts[1::2])}
    whole = list(parts)
    whole[1::2] = [values[name] for name in parts[1::2]]
    return SafeString("".join(whole))
