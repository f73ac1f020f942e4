"""Where what a customer was told can also be said to everybody: apps register how their posts are
answered. Holds no rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from portal.accounts.models import User
from portal.core.registry import Registry


@dataclass(frozen=True)
class Posted:
    """An answer that was posted: its subject ("app.noun:42") and its address."""

    ref: str
    url: str


@dataclass(frozen=True)
class Answers:
    """How subjects of one kind ("app.noun") take a public answer.

    `takes` says whether a staff member may answer one, `waits` whether it has no answer yet;
    `accept` marks an answer as what solved it, on behalf of whoever asked; `shown` says which of
    some answers readers can see.
    """

    takes: Callable[[str, User], bool]
    waits: Callable[[str], bool]
    post: Callable[[str, User, str, datetime], Posted]
    withdraw: Callable[[str, User, datetime], bool]
    accept: Callable[[str, User, datetime], bool]
    shown: Callable[[Collection[str]], set[str]]


class Closed(ValueError):
    """It takes no answer any more: it was closed or deleted meanwhile."""


_answers: Registry[str, Answers] = Registry("way to answer publicly")


def register(noun: str, answers: Answers) -> None:
    """Say how subjects "app.noun:…" are answered; called from AppConfig.ready()."""
    _answers.register(noun, answers)


def for_subject(subject: str) -> Answers | None:
    """Return how a subject is answered; None where nothing public belongs to it."""
    return _answers.get(subject.partition(":")[0])


def takes(subject: str, actor: User) -> bool:
    """Say whether this staff member may answer a subject publicly."""
    found = for_subject(subject)
    return found is not None and found.takes(subject, actor)


def waits(subject: str) -> bool:
    """Say whether a subject has no public answer yet."""
    found = for_subject(subject)
    return found is not None and found.waits(subject)


def shown(refs: Collection[str]) -> set[str]:
    """Return which of these answers readers can see now."""
    return set().union(*(found.shown(refs) for found in _answers)) if refs else set()
