"""Tells the writer of a text which mentions reached nobody."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


def warn_of_unclear(request: HttpRequest, names: Sequence[str]) -> None:
    """Name the typed mentions that several people may be meant by."""
    for name in names:
        messages.warning(
            request,
            _(
                "Several people are called %(name)s, so nobody was notified. "
                "Edit your text and choose the person from the list that opens after “@”."
            )
            % {"name": name},
        )
