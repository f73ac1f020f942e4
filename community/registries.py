"""What the community tells the floors below, once, when the apps are ready."""

from __future__ import annotations


def fill() -> None:
    """Fill every registry that is installed."""
