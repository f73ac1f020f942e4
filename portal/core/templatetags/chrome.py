"""The frame around every page, cached per language, theme and section; personal parts are filled in
afterwards.

Rendering header, menus, footer and dialogs each time costs more than most pages' own content.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from portal.core.templatetags.display import avatar, member_url, person_name

register = template.Library()

INDENT = re.compile(r"\n\s+")  # a fifth of the frame's bytes, and nothing in it is preformatted
MOST = (
    512  # variants kept: languages x themes x places x badges; beyond that the memory starts anew
)
_kept: dict[tuple[Any, ...], str] = {}


def _unread(context: template.Context) -> str:
    count = int(
        str(context.get("unread_count") or 0)
    )  # it comes lazily, and a lazy number is no int
    if not count:
        return ""
    shown = "99+" if count > 99 else count
    return (
        f'<span class="count" data-unread="{count}"><span aria-hidden="true">{shown}</span>'
        f'<span class="sr-only">{count} {escape(gettext("unread"))}</span></span>'
    )


FILLED: dict[str, Callable[[template.Context], str]] = {
    "@@csrf@@": lambda context: str(context["csrf_token"]),
    "@@here@@": lambda context: escape(context["request"].get_full_path()),
    "@@unread@@": _unread,
    "@@picture@@": lambda context: avatar(context["request"].user),
    "@@name@@": lambda context: escape(person_name(context["request"].user)),
    "@@email@@": lambda context: escape(context["request"].user.email),
    "@@me@@": lambda context: escape(member_url(context["request"].user)),
}


@register.simple_tag(takes_context=True)
def kept(context: template.Context, name: str) -> SafeString:
    """Include a part of the frame that is the same for everybody in the same place, with the
    personal marks filled in.
    """
    user = context["request"].user
    signed_in = user.is_authenticated
    navigation = context["navigation"]
    key = (
        name,
        get_language(),
        context["theme"],
        context["staff_area"],
        context["company_name"],
        signed_in and (user.is_team, bool(member_url(user))),
        tuple((entry["key"], entry["current"], entry["badge"]) for entry in navigation),
    )
    html = _kept.get(key)
    if html is None:
        if len(_kept) >= MOST:
            _kept.clear()
        marks: dict[str, Any] = {mark.strip("@"): SafeString(mark) for mark in FILLED}
        flat: dict[Any, Any] = context.flatten()
        values: dict[str, Any] = {**flat, **marks, "csrf_token": "@@csrf@@", "signed_in": signed_in}
        made = get_template(name).template.render(template.Context(values))  # type: ignore[attr-defined]
        html = _kept[key] = INDENT.sub("\n", made)
    for mark, fill in FILLED.items():
        if mark in html:
            html = html.replace(mark, fill(context))
    return mark_safe(html)
