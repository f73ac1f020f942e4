"""The package's only error: a message the user can act on."""

from __future__ import annotations


class CannotStart(Exception):
    """Something outside our power is in the way; the message says what to do."""
