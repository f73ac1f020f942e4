"""A registry: what a lower layer lets higher ones declare, filled in AppConfig.ready().

Holds no rows. Two apps that declare the same name are a mistake that shows at the start, not a
silent replacement.
"""

from __future__ import annotations

from collections.abc import Hashable, ItemsView, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class AlreadyRegistered(ValueError):
    """Something else has this name already."""


class Registry(Generic[K, T]):
    """Entries by name, in order of registration. Iterating gives the entries."""

    def __init__(self, what: str) -> None:
        """`what` is one entry in words, as an error names it: "notification kind"."""
        self.what = what
        self._entries: dict[K, T] = {}

    def register(self, name: K, entry: T) -> T:
        """Add an entry. Raises AlreadyRegistered when the name is taken."""
        if name in self._entries:
            raise AlreadyRegistered(
                f"the {self.what} {name!r} is registered twice: first {self._entries[name]!r}, "
                f"then {entry!r}"
            )
        self._entries[name] = entry
        return entry

    def get(self, name: K) -> T | None:
        """Return an entry by name, or None when nobody registered it."""
        return self._entries.get(name)

    def items(self) -> ItemsView[K, T]:
        """Return names and entries in order of registration."""
        return self._entries.items()

    def __getitem__(self, name: K) -> T:
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[T]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    @contextmanager
    def temporarily(self, only: Mapping[K, T] | None = None) -> Iterator[Registry[K, T]]:
        """For tests: what is registered inside is gone afterwards, and what was there is back.

        With `only`, nothing else is registered meanwhile.
        """
        kept = self._entries
        self._entries = dict(kept if only is None else only)
        try:
            yield self
        finally:
            self._entries = kept
