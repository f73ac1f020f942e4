"""Notify a customer of the outcome of what they said, and record whether it solved it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal import audit, events
from portal.accounts.models import User
from portal.teams.events import CustomerConfirmed, CustomerTold
from portal.teams.models import Signal, SignalChange, Told
from portal.teams.services.signals import reopen_signal


class NothingToTell(ValueError):
    """The text is empty, or there is nobody to notify."""


@transaction.atomic
def notify_customer(
    *,
    person: User | None,
    text: str,
    actor: User,
    now: datetime,
    signal: Signal | None = None,
    subject: str = "",
    title: str = "",
    url: str = "",
) -> Told:
    """Send one customer an update; they are notified and asked whether it solved it. Raises
    NothingToTell.

    With a signal, the subject comes from the signal.
    """
    if person is None or not person.is_active or not text.strip():
        raise NothingToTell(_("Please write the update to the customer."))
    if signal is not None:
        subject, title, url = signal.about, signal.title, signal.url
        if subject == f"accounts.user:{person.pk}":
            title = ""  # about the customer: their own name is no title for their update
    told = Told.objects.create(
        signal=signal,
        person=person,
        organization=person.organization,
        subject=subject,
        title=title[:200],
        url=url,
        text=text.strip()[:2_000],
        told_by=actor,
        told_at=now,
    )
    if signal is not None:
        SignalChange.objects.create(
            signal=signal, kind=SignalChange.Kind.TOLD, actor=actor, note=told.text[:400], at=now
        )
    events.publish(
        CustomerTold(
            title=told.title or told.text[:60],
            url=told.url,
            told_id=told.pk,
            person_id=person.pk,
            about=subject,
            signal_id=signal.pk if signal else None,
        ),
        subject=f"teams.told:{told.pk}",
        actor=actor,
        organization=told.organization,
        now=now,
    )
    audit.record(
        "teams.customer.tell",
        actor=actor,
        target=f"teams.told:{told.pk}",
        now=now,
        after={"about": subject},
    )
    return told


def mark_read(*, told_ids: list[int], person: User, now: datetime) -> int:
    """Record the read receipt. Return how many were new."""
    return Told.objects.filter(pk__in=told_ids, person=person, read_at=None).update(read_at=now)


@transaction.atomic
def confirm_update(*, told: Told, person: User, answer: str, now: datetime, note: str = "") -> bool:
    """Store the answer to "did this solve it?"; return False when there was one already. Raises
    PermissionError, ValueError.

    "Not yet" reopens the signal behind it: a premature update does not count as done.
    """
    if told.person_id != person.pk:
        raise PermissionError
    if answer not in Told.Answer.values:
        raise ValueError("unknown answer")
    won = Told.objects.filter(pk=told.pk, answer="").update(
        answer=answer, note=note.strip()[:400], confirmed_at=now
    )
    if not won:
        return False
    Told.objects.filter(pk=told.pk, read_at=None).update(read_at=now)
    events.publish(
        CustomerConfirmed(
            title=told.title,
            url=told.url,
            told_id=told.pk,
            person_id=person.pk,
            about=told.subject,
            answer=answer,
            signal_id=told.signal_id,
        ),
        subject=f"teams.told:{told.pk}",
        actor=person,
        organization=told.organization,
        now=now,
    )
    if answer == Told.Answer.NO and told.signal is not None:
        reopen_signal(
            signal=told.signal,
            actor=None,
            now=now,
            reason=note.strip()[:400] or _("Not solved yet."),
        )
    return True
