"""The one error of this package: a sentence a person can act on."""

from __future__ import annotations


class CannotStart(Exception):
    """Something outside our power is in the way; the message says what to do."""
