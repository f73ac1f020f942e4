"""Notify a customer of the outcome of what they said, and record whether it solved it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal import audit, events
from portal.accounts.models import User
from portal.teams import public_answers
from portal.teams.events import CustomerConfirmed, CustomerTold
from portal.teams.models import Signal, SignalChange, Told
from portal.teams.services.signals import reopen_signal


class NothingToTell(ValueError):
    """The text is empty, or there is nobody to notify."""


class NotPublic(ValueError):
    """The words cannot be the public answer: nothing here takes one, or no longer."""


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
    publicly: bool = False,
) -> Told:
    """Send one customer an update; they are notified and asked whether it solved it. Raises
    NothingToTell, NotPublic.

    With a signal, the subject comes from the signal. `publicly` posts the same words as the public
    answer: the receipt points to it, and the customer hears them once.
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
    if publicly:
        _post(told, actor, now)
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
            public_answer=told.public_answer,
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


def _post(told: Told, actor: User, now: datetime) -> None:
    """Post the words as the public answer and let the receipt point to it."""
    found = public_answers.for_subject(told.subject)
    if found is None:
        raise NotPublic(_("There is nothing to answer publicly here."))
    try:
        posted = found.post(told.subject, actor, told.text, now)
    except public_answers.Closed as error:
        raise NotPublic(_("This question takes no answer any more.")) from error
    told.public_answer, told.url = posted.ref, posted.url
    told.save(update_fields=["public_answer", "url"])
    if told.answer == Told.Answer.YES:
        found.accept(posted.ref, told.person, now)


def _is_public(told: Told) -> bool:
    return bool(told.public_answer and public_answers.shown([told.public_answer]))


@transaction.atomic
def publish_update(*, told: Told, actor: User, now: datetime) -> Told:
    """Make what the customer was told the public answer, as this staff member; doing it twice posts
    it once. Raises NotPublic.

    A customer who said it solved their problem has accepted the answer.
    """
    row = (
        Told.objects.select_for_update(of=("self",))
        .select_related("person", "signal")
        .get(pk=told.pk)
    )
    if not _is_public(row):
        _post(row, actor, now)
        _record(row, actor, now, _("Also posted as the public answer"))
        _audit(row, "publish", actor, now)
    return row


@transaction.atomic
def withdraw_public_answer(*, told: Told, actor: User, now: datetime) -> Told:
    """Take the public answer back; what the customer was told stays with them."""
    row = (
        Told.objects.select_for_update(of=("self",))
        .select_related("person", "signal")
        .get(pk=told.pk)
    )
    found = public_answers.for_subject(row.subject)
    if row.public_answer and found is not None:
        found.withdraw(row.public_answer, actor, now)
        row.url = row.url.partition("#")[0]
        row.public_answer = ""
        row.save(update_fields=["public_answer", "url"])
        _record(row, actor, now, _("The public answer was taken back"))
        _audit(row, "withdraw", actor, now)
    return row


def _record(told: Told, actor: User, now: datetime, note: str) -> None:
    if told.signal is not None:
        SignalChange.objects.create(
            signal=told.signal, kind=SignalChange.Kind.TOLD, actor=actor, note=note, at=now
        )


def _audit(told: Told, action: str, actor: User, now: datetime) -> None:
    audit.record(
        f"teams.customer.{action}",
        actor=actor,
        target=f"teams.told:{told.pk}",
        now=now,
        after={"about": told.subject, "public_answer": told.public_answer},
    )


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
