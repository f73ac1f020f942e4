"""Row cache: rows of topic lists as HTML, built once per version of a topic and kept in the
process.

What depends on the clock or the reader (age, unread) is filled in when the page is made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from community.models import Topic
from community.selectors import spaces
from portal.core.templatetags.display import icon, person_called, when

KEPT_ROWS = 4096
EMPTY = '<span class="new"></span>'
Parts = tuple[str, str]
_kept: OrderedDict[tuple[object, ...], Parts] = OrderedDict()


def _mark(topic: Topic) -> str:
    if topic.is_solved:
        return f'<span class="st ok">{icon("check", label=gettext("Solved"))}</span>'
    mark = topic.spec.mark(topic.answer_count)
    tone = f" {mark.tone}" if mark.tone else ""
    return f'<span class="st{tone}">{icon(mark.icon, label=str(mark.label))}</span>'


def _build(topic: Topic) -> Parts:
    space = spaces.space_named(topic.space_id)
    chip = (
        f'<a class="chip" href="{topic.list_url}?space={space.slug}">{escape(space.name)}</a>'
        if space
        else ""
    )
    if topic.visibility != "public":
        chip += f"{icon('lock', 's', label=gettext('Not public'))} "
    author = topic.author
    who = (
        person_called(author.display_name)
        if author and author.display_name
        else gettext("Former member")
    )
    company = topic.author_organization
    if company is not None and author is not None and author.company_visible:
        who = f"{who} · {company.name}"
    lang = "" if topic.language == (get_language() or "ja")[:2] else f' lang="{topic.language}"'
    count = topic.answer_count
    word = topic.spec.count_word(count)
    tone = " ok" if topic.is_solved else " zero" if count == 0 else ""
    url = topic.get_absolute_url()
    before = (
        f'{_mark(topic)}<div class="topic-main"><a class="t" '
        f'href="{url}"{lang}>{escape(topic.title)}</a>'
        f'<p class="meta">{chip}{escape(who)} · '
    )
    return before, f'</p></div><a class="num{tone}" href="{url}#answers"><b>{count}</b>{word}</a>'


def _parts(topic: Topic) -> Parts:
    author = topic.author
    key = (
        topic.pk,
        topic.version,
        get_language(),
        author.display_name if author else "",
        author.company_visible if author else False,
        topic.space_id,
    )
    kept = _kept.get(key)
    if kept is None:
        kept = _kept[key] = _build(topic)
        if len(_kept) > KEPT_ROWS:
            _kept.popitem(last=False)
    return kept


def _new(topic: Topic, unread: int) -> str:
    if unread:
        words = ngettext("%(count)d new", "%(count)d new", unread) % {"count": unread}
        return f'<a class="new" href="{topic.get_absolute_url()}#unread">{words}</a>'
    return f'<span class="new">{gettext("Unread")}</span>'


def topic_rows(topics: Iterable[Topic], unread: Mapping[int, int] | None = None) -> SafeString:
    """Return the rows of a list; `unread` says by topic how many posts are new to the reader."""
    aligned = bool(unread)  # the counts stay in line where only some rows have something new
    unread = unread or {}
    pieces: list[str] = []
    for topic in topics:
        before, after = _parts(topic)
        fresh = topic.pk in unread
        if unread.get(
            topic.pk
        ):  # resume where the reader stopped; a topic they never opened starts at the top
            url = topic.get_absolute_url()
            before = before.replace(f'href="{url}"', f'href="{url}#unread"', 1)
        pieces.append(
            "<li "
            f'class="topic"{" data-unread" if fresh else ""}>{before}{when(topic.last_posted_at)}{after}'
            f"{_new(topic, unread[topic.pk]) if fresh else EMPTY if aligned else ''}</li>"
        )
    return mark_safe("".join(pieces))
