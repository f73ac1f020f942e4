"""`{% panels "content" path %}`: renders the panels registered for a slot of a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from portal.core.web.panels import Place, panels_for

register = template.Library()


@register.simple_tag(takes_context=True)
def panels(context: Context, place: Place, subject: Any = None) -> SafeString:
    """Render the panels of a place one after another; nothing where nobody has anything to show."""
    request = context["request"]
    found = panels_for(place, request, subject)
    return mark_safe(
        "".join(render_to_string(each.template, {"panel": each.context}, request) for each in found)
    )
