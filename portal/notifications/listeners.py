"""Creates notifications from events."""

from __future__ import annotations

from portal.accounts.models import AddressChange, Invitation
from portal.events import on
from portal.events.models import Event
from portal.notifications import outbox, services


@on("*", history=False)
def notify_whom_it_concerns(event: Event) -> None:
    """Write the notifications of a fact."""
    services.notify(event)


@on("accounts.member.invited", history=False)
def mail_the_invitation(event: Event) -> None:
    """Enqueue the invitation mail; without an address the inviter shares the link themselves."""
    invitation = (
        Invitation.objects.filter(public_id=event.payload["invitation_id"])
        .exclude(email="")
        .first()
    )
    if invitation is not None and event.actor_id is not None:
        body = {"mail": "invitation", "invitation": invitation.pk}
        outbox.put(
            user_id=event.actor_id,
            key=f"invitation:{invitation.pk}",
            body=body,
            now=event.occurred_at,
        )


@on("accounts.address.changed")
def mail_the_change_of_address(event: Event) -> None:
    """Tell the old and the new address, each in a mail of its own."""
    change = AddressChange.objects.filter(pk=event.payload["change_id"]).first()
    if change is None:
        return
    for side in ("old", "new"):
        outbox.put(
            user_id=change.user_id,
            key=f"address:{change.pk}:{side}",
            body={"mail": "address", "change": change.pk, "side": side},
            now=event.occurred_at,
        )
