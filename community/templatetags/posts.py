"""`{% post_html item %}`: one post of a topic page."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from community.cache import posts
from community.selectors.posts import Shown

register = template.Library()


@register.simple_tag(takes_context=True)
def post_html(context: Context, item: Shown) -> SafeString:
    """Show a post with its comments, cached where nothing about it changed."""
    return posts.post_html(item, context)
