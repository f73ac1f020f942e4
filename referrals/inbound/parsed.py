"""The result of parsing a message: records in our own format, or one of two reasons why there are
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Told:
    """One fact of a message, as `receive_fact` takes it.

    The id is that of the thing, not of the message.
    """

    kind: str
    external_id: str
    body: dict[str, Any]
    is_quiet: bool = False


@dataclass(frozen=True)
class Reading:
    """All facts of one message and what its system calls it.

    No facts: `note` says why that is right.
    """

    name: str
    facts: tuple[Told, ...] = ()
    note: str = ""


class ParseError(ValueError):
    """The message should hold a fact and we cannot read it.

    Its text is a key of `words.NOTES`, then what is missing.
    """

    def __init__(self, note: str, about: str = "") -> None:
        super().__init__(f"{note}: {about}" if about else note)
