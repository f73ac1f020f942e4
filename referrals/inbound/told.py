"""What a message is made of: facts in our own words. The two ways in which it can hold none."""

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


class NotUnderstood(ValueError):
    """The message should hold a fact and we cannot read it.

    Its text is a key of `words.NOTES`, then what is missing.
    """

    def __init__(self, note: str, about: str = "") -> None:
        super().__init__(f"{note}: {about}" if about else note)
