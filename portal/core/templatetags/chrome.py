"""The frame around every page as cached fragments: header, menus, footer and dialogs.

Rendering them anew costs more than most pages' own content. An entry holds what everybody in the
same place sees; token, address, name, picture and unread count are put in for each page.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from portal.core.templatetags.display import avatar, member_url, person_name
from portal.core.web.fragment_cache import Fill, Key, Parts, fragments, join_parts, render_parts

register = template.Library()

INDENT = re.compile(r"\n\s+")  # a fifth of the frame's bytes, and nothing in it is preformatted
# What the parts of the frame may show beside what is personal.
SHARED = (
    "theme",
    "staff_area",
    "company_name",
    "navigation",
    "my_links",
    "search_url",
    "notifications_url",
    "staff_home",
)


def _unread(context: template.Context) -> SafeString:
    count = int(
        str(context.get("unread_count") or 0)
    )  # it comes lazily, and a lazy number is no int
    if not count:
        return SafeString("")
    words = f'<span class="sr-only"> {escape(gettext("unread"))}</span>'
    return mark_safe(f'<span class="count">{min(count, 99)}{words}</span>')


def _personal(context: template.Context) -> Fill:
    request = context["request"]
    return {
        "csrf_token": lambda: str(context["csrf_token"]),
        "here": request.get_full_path,
        "unread": lambda: _unread(context),
        "picture": lambda: avatar(request.user),
        "name": lambda: person_name(request.user),
        "email": lambda: request.user.email,
        "my_page": lambda: member_url(request.user),
    }


@register.simple_tag(takes_context=True)
def cached_include(context: template.Context, name: str) -> SafeString:
    """Include a part of the frame; what is personal in it is no part of the entry."""
    personal = _personal(context)
    key, depends_on = _place(context, name)
    parts = fragments.get(key, depends_on)
    if parts is None:
        parts = _render(context, name, tuple(personal))
        fragments.set(key, depends_on, parts)
    return join_parts(parts, personal)


def _place(context: template.Context, name: str) -> tuple[Key, Key]:
    """Who sees which frame, and what is named in it."""
    user = context["request"].user
    signed_in = user.is_authenticated
    key = (
        name,
        get_language(),
        context["theme"],
        context["staff_area"],
        signed_in and (user.is_team, bool(member_url(user))),
        tuple((entry["key"], entry["current"], entry["badge"]) for entry in context["navigation"]),
    )
    return key, (context["company_name"],)


def _render(context: template.Context, name: str, personal: tuple[str, ...]) -> Parts:
    values: dict[str, Any] = {name: context[name] for name in SHARED}
    user = context["request"].user
    values["signed_in"] = user.is_authenticated
    values["has_page"] = user.is_authenticated and bool(member_url(user))
    values["LANGUAGE_CODE"] = get_language()
    parts = render_parts(name, values, personal)
    literal = (INDENT.sub("\n", part) for part in parts[::2])
    whole = list(parts)
    whole[::2] = literal
    return tuple(whole)
