"""Which subjects a person may still read. Facts, turns and signals keep the title of their moment;
whoever shows one asks here first, so that what is hidden, deleted or no longer theirs is not named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from django.utils.translation import gettext as _

from portal.core.registry import Registry
from portal.events.models import Event

Check: TypeAlias = Callable[[Any, Collection[int]], Collection[int]]
_checks: Registry[str, tuple[Check, Check]] = Registry("check of what can be read")


class Titled(Protocol):
    """A row that keeps the title and address of what it is about."""

    title: str
    url: str


def register(noun: str, check: Check, *, handed_on: Check) -> None:
    """Declare how the ids of subjects "app.noun:42" are narrowed to those a person may read.

    `handed_on` leaves out what only a moderator or its author may look at: another system that asks
    in their name does not get it. Asked for nobody (None) it leaves out what nobody sees in lists.
    """
    _checks.register(noun, (check, handed_on))


def unreadable(user: Any, subjects: Iterable[str], *, handed_on: bool = False) -> set[str]:
    """Return those of the subjects that `user` may not read; one query per kind of subject."""
    asked: dict[str, set[int]] = {}
    for subject in subjects:
        noun, _colon, number = subject.partition(":")
        if noun in _checks and number.isdecimal():
            asked.setdefault(noun, set()).add(int(number))
    return {
        f"{noun}:{number}"
        for noun, numbers in asked.items()
        for number in numbers - set(_checks[noun][handed_on](user, numbers))
    }


def conceal(
    user: Any, rows: Sequence[Titled], subjects_of: Callable[[Any], Iterable[str]]
) -> Sequence[Titled]:
    """Take title and address from the rows about something `user` may not read."""
    gone = unreadable(user, {subject for row in rows for subject in subjects_of(row)})
    for row in rows:
        if gone.intersection(subjects_of(row)):
            row.title, row.url = _("No longer available"), ""
    return rows


def conceal_events(
    user: Any, events: Sequence[Event], *, handed_on: bool = False
) -> Sequence[Event]:
    """Do the same to the payloads of facts, as far as they are shown: nothing is saved."""
    named = {subject for event in events for subject in subjects_of(event)}
    gone = unreadable(user, named, handed_on=handed_on)
    for event in events:
        if gone.intersection(subjects_of(event)):
            event.payload = _without_texts(event.payload)
    return events


def payload_to_send(event: Event) -> dict[str, Any]:
    """Return the payload of a fact as other systems get it: what was taken away from everybody by
    now is not named.
    """
    payload: dict[str, Any] = event.payload
    is_gone = unreadable(None, subjects_of(event), handed_on=True)
    return _without_texts(payload) if is_gone else payload


def _without_texts(payload: dict[str, Any]) -> dict[str, Any]:
    words = {"title": _("No longer available"), "url": ""}
    kept = {name: value for name, value in payload.items() if _is_plain(value)}
    return kept | {name: words[name] for name in words if name in payload}


def subjects_of(event: Event) -> list[str]:
    """Return what a fact is about: its subject, and the one it names in its payload."""
    return [event.subject, str(event.payload.get("about", ""))]


def _is_plain(value: object) -> bool:
    """Say whether a field of a payload is an id, a number or a name of a state, not a text."""
    return not isinstance(value, str) or (value.isascii() and len(value) <= 40 and " " not in value)
