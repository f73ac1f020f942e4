"""A value every page needs and that hardly changes, read from the database once in a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class ValueCache(Generic[T]):
    """A value that is read again when it is older than `seconds` or was forgotten; safe with
    threads.
    """

    def __init__(self, read: Callable[[], T], *, seconds: float) -> None:
        self._read, self._seconds = read, seconds
        self._kept: tuple[float, T] | None = None
        self._generation = 0
        self._lock = Lock()

    def get(self) -> T:
        kept = self._kept
        if kept is not None and time.monotonic() - kept[0] <= self._seconds:
            return kept[1]
        generation = self._generation
        read_at, value = time.monotonic(), self._read()
        with self._lock:
            # What was read before somebody said "forget" may be from before the change.
            if generation == self._generation:
                self._kept = (read_at, value)
        return value

    def forget(self) -> None:
        with self._lock:
            self._generation += 1
            self._kept = None
