"""The event log, which is also the transactional outbox.

`publish` writes an event; `on` registers a listener that runs later, exactly once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.events.registry import Payload, event_type, on

if TYPE_CHECKING:
    from portal.events.services import publish

__all__ = ["Payload", "event_type", "on", "publish"]


def __getattr__(name: str) -> Any:
    if (
        name == "publish"
    ):  # services need models, which are not loaded when an AppConfig imports this package
        from portal.events.services import publish  # services need models

        return publish
    raise AttributeError(name)
