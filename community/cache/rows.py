"""Rows of topic lists as cached fragments.

A row is built from the values of `_Shown` alone, and these are what its entry depends on; its age
in words is one of them. What a reader has not read is put to its parts when the page is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from community import topic_kinds
from community.models import Topic
from portal.core import time
from portal.core.templatetags.display import age_step, icon, person_called, when
from portal.core.web.fragment_cache import Parts, fragments

EMPTY = '<span class="new"></span>'


class _Shown(NamedTuple):
    """Everything a row shows."""

    kind: str
    title: str
    language: str
    visibility: str
    answer_count: int
    accepted_post_id: int | None
    last_posted_at: datetime
    age: object
    year: int
    space_slug: str
    space_name: str
    author: str
    company: str


class _Clock(NamedTuple):
    """The moment of a page, in its reader's language and time zone."""

    now: datetime
    year: int
    language: str
    zone: str

    @classmethod
    def read(cls) -> _Clock:
        now = time.now()
        zone = timezone.get_current_timezone_name()
        return cls(now, timezone.localtime(now).year, get_language() or "ja", zone)


def _shown(topic: Any, clock: _Clock) -> tuple[object, ...]:
    """Return the values of a `_Shown`; comparing them needs no more than a tuple."""
    author = topic.author
    company = topic.author_organization if author is not None and author.company_visible else None
    return (
        topic.kind,
        topic.title,
        topic.language,
        topic.visibility,
        topic.answer_count,
        topic.accepted_post_id,
        topic.last_posted_at,
        age_step(topic.last_posted_at, clock.now),
        clock.year,
        topic.space_slug,
        topic.space_name_en if clock.language.startswith("en") else topic.space_name_ja,
        author.display_name if author is not None else "",
        company.name if company is not None else "",
    )


def _mark(shown: _Shown) -> str:
    if shown.accepted_post_id is not None:
        return f'<span class="st ok">{icon("check", label=gettext("Solved"))}</span>'
    mark = topic_kinds.get(shown.kind).mark(shown.answer_count)
    tone = f" {mark.tone}" if mark.tone else ""
    return f'<span class="st{tone}">{icon(mark.icon, label=str(mark.label))}</span>'


def _build(shown: _Shown, url: str, list_url: str) -> Parts:
    """Return a row up to the end of its title's address, and the rest."""
    chip = (
        f'<a class="chip" href="{list_url}?space={shown.space_slug}">{escape(shown.space_name)}</a>'
    )
    if shown.visibility != "public":
        chip += f"{icon('lock', 's', label=gettext('Not public'))} "
    who = person_called(shown.author) if shown.author else gettext("Former member")
    if shown.company:
        who = f"{who} · {shown.company}"
    lang = "" if shown.language == (get_language() or "ja")[:2] else f' lang="{shown.language}"'
    count = shown.answer_count
    word = topic_kinds.get(shown.kind).count_word(count)
    tone = " ok" if shown.accepted_post_id is not None else " zero" if count == 0 else ""
    link = f'{_mark(shown)}<div class="topic-main"><a class="t" href="{url}'
    rest = (
        f'"{lang}>{escape(shown.title)}</a><p class="meta">{chip}{escape(who)} · '
        f"{when(shown.last_posted_at)}</p></div>"
        f'<a class="num{tone}" href="{url}#answers"><b>{count}</b>{word}</a>'
    )
    return link, rest


def _parts(topic: Topic, clock: _Clock) -> Parts:
    key = ("topic row", topic.pk, clock.language, clock.zone)
    shown = _shown(topic, clock)
    parts = fragments.get(key, shown)
    if parts is None:
        parts = _build(_Shown._make(shown), topic.get_absolute_url(), topic.list_url)
        fragments.set(key, shown, parts)
    return parts


def _new(topic: Topic, unread: int) -> str:
    if unread:
        words = ngettext("%(count)d new", "%(count)d new", unread) % {"count": unread}
        return f'<a class="new" href="{topic.get_absolute_url()}#unread">{words}</a>'
    return f'<span class="new">{gettext("Unread")}</span>'


def topic_rows(topics: Iterable[Topic], unread: Mapping[int, int] | None = None) -> SafeString:
    """Return the rows of a list; `unread` says by topic how many posts are new to the reader."""
    aligned = bool(unread)  # the counts stay in line where only some rows have something new
    unread = unread or {}
    clock = _Clock.read()
    pieces: list[str] = []
    for topic in topics:
        link, rest = _parts(topic, clock)
        fresh = topic.pk in unread
        # Readers go on where they stopped; a topic they never opened begins at its beginning.
        place = "#unread" if unread.get(topic.pk) else ""
        pieces.append(
            "<li "
            f'class="topic"{" data-unread" if fresh else ""}>{link}{place}{rest}'
            f"{_new(topic, unread[topic.pk]) if fresh else EMPTY if aligned else ''}</li>"
        )
    return mark_safe("".join(pieces))
