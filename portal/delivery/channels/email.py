"""Mail.

The sender is injected (portal.wiring): this app only knows that the mail must arrive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.delivery.channels import Message
from portal.delivery.retry import Answer

# Takes the recipient's id, the stable id of the mail and its body. Raises `Undeliverable` when
# nobody is there to get it.
Sender = Callable[[int, str, dict[str, Any]], None]
_sender: list[Sender] = []


class Undeliverable(Exception):
    """The recipient is gone or wants no such mail: sending it later will not help."""


def register_sender(sender: Sender) -> None:
    """Put in who writes and sends mails."""
    _sender[:] = [sender]


def send(message: Message) -> Answer:
    """Hand the mail to the sender; any failure of the mail server is tried again."""
    if not _sender or message.user_id is None:
        return Answer(error="no sender of mails is registered")
    try:
        _sender[0](message.user_id, message.id, message.body)
    except Undeliverable as error:
        return Answer(error=str(error), refused=True)
    except Exception as error:  # whatever a mail server and its library come up with
        return Answer(error=f"{type(error).__name__}: {error}"[:300])
    return Answer(status=250)
