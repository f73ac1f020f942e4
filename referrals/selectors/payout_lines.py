"""Payout lines of unknown outcome, and which webhook carries out a program's payments."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.delivery.models import Destination
from referrals.models import PayoutLine, PayoutRoute, Program


def unsure_lines() -> QuerySet[PayoutLine]:
    """Return the lines that failed without a clear refusal, and that nobody has resolved."""
    return PayoutLine.objects.filter(state=PayoutLine.State.FAILED, is_unsure=True)


def destination_of(program: Program) -> Destination | None:
    """Return the webhook that carries out a program's payments; cash is always paid by hand."""
    if program.fulfilment == Program.Fulfilment.CASH:
        return None
    route = PayoutRoute.objects.select_related("destination").filter(program=program).first()
    place = route.destination if route else None
    return place if place is not None and place.deleted_at is None else None
