"""Words that mean the same here, as administrators keep them: read once in a while, put into a
query when it is asked, so that a change needs no reindexing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portal.core.web.value_cache import ValueCache
from portal.search.folding import normalise
from portal.search.models import SynonymGroup

SECONDS = 30.0


def read_groups() -> list[list[str]]:
    """Return the groups as the database has them now, in the order they were written."""
    return list(SynonymGroup.objects.order_by("pk").values_list("words", flat=True))


def as_mapping(groups: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return for each normalised word the others of its group."""
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        words = [normalise(word).strip() for word in group]
        for word in words:
            found[word] = tuple(other for other in words if other != word)
    return found


def _read() -> dict[str, tuple[str, ...]]:
    return as_mapping(read_groups())


_cache: ValueCache[dict[str, tuple[str, ...]]] = ValueCache(_read, seconds=SECONDS)


def known_synonyms() -> dict[str, tuple[str, ...]]:
    return _cache.get()


def forget() -> None:
    """Read the groups again at the next question."""
    _cache.forget()
