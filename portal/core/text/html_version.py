"""Which version of the renderer made a stored text; older ones are rendered anew by a task."""

from __future__ import annotations

# Goes up when the same text gives other HTML: stored texts of an earlier version are rendered anew.
VERSION = 2


def current_version() -> int:
    """Return the version of the renderer, as the default of a stored text."""
    return VERSION
