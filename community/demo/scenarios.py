"""What a demo scenario is made of. The texts are in japanese.py and english.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    """One recurring problem: titles and texts with a slot `{x}`, the values it takes, and answers that fit all of them.

    The first answer solves it. `then` is what the asker writes when it worked, `back` a question back.
    """

    space: str
    tags: tuple[str, ...]
    titles: tuple[str, ...]
    values: tuple[str, ...]
    bodies: tuple[str, ...]
    answers: tuple[str, ...]
    back: str = ""
    then: str = ""


@dataclass(frozen=True)
class Talk:
    """One discussion and the replies it gets."""

    space: str
    tags: tuple[str, ...]
    title: str
    body: str
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """One article; `english` is its translation (title, text), where there is one."""

    slug: str
    space: str
    tags: tuple[str, ...]
    title: str
    body: str
    english: tuple[str, str] | None = None
