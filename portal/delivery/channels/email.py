"""Mail.

The sender is injected (portal.wiring): this app only knows that the mail must arrive.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.registry import Registry
from portal.delivery.channels import Channel, Message
from portal.delivery.retry import Answer

# Takes the recipient's id, the stable id of the mail and its body. Raises `Undeliverable` when
# nobody is there to get it.
Sender = Callable[[int, str, dict[str, Any]], None]
senders: Registry[str, Sender] = Registry("sender of mails")


class Undeliverable(Exception):
    """The recipient is gone or wants no such mail: sending it later will not help."""


def register_sender(sender: Sender) -> None:
    """Put in who writes and sends mails."""
    senders.register("mail", sender)


def send(message: Message) -> Answer:
    """Hand the mail to the sender; any failure of the mail server is tried again."""
    sender = senders.get("mail")
    if sender is None or message.user_id is None:
        return Answer(error="no sender of mails is registered")
    try:
        sender(message.user_id, message.id, message.body)
    except Undeliverable as error:
        return Answer(error=str(error), refused=True)
    except Exception as error:  # whatever a mail server and its library come up with
        return Answer(error=f"{type(error).__name__}: {error}"[:300])
    return Answer(status=250)


CHANNEL = Channel(name="email", label=_("E-mail"), send=send, is_addressed=False, icon="mail")
