"""Words one slip of the keyboard away from a Latin word. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase

SHORTEST, LONGEST = 5, 20


def candidates(word: str) -> set[str]:
    """Return every word with one letter more, less, another or two exchanged: some 500 of them, and
    none for a short word, which is near too many others.
    """
    if not (SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha()):
        return set()
    return set(_edits(word)) - {word}


def _edits(word: str) -> Iterator[str]:
    for n in range(len(word) + 1):
        before, after = word[:n], word[n:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in ascii_lowercase)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in ascii_lowercase)
