"""Overdue decisions, and why introduced companies said no: for the desk and the ledger checks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from referrals.models import Referral
from referrals.rules import reasons, sla
from referrals.selectors.customer_pages import track

LOSS_DAYS = (90, 365)


@dataclass(frozen=True)
class Overdue:
    """One kind of overdue decision: how many, since when, where they are."""

    label: str
    count: int
    since: datetime
    url: str


def overdue_decisions(now: datetime) -> list[Overdue]:
    """Return what is overdue, kind by kind; empty when nothing is.

    Nothing of it is decided by time.
    """
    found = []
    disputes, findings, rewards = (
        sla.disputes_overdue(now),
        sla.findings_overdue(now),
        sla.rewards_overdue(now),
    )
    for rows, field, label, url in (
        (
            disputes,
            "due_at",
            _("Disputes without an answer"),
            reverse("referrals:desk") + "?show=disputed",
        ),
        (
            findings,
            "found_at",
            _("Doubts nobody has judged"),
            reverse("referrals:desk") + "?show=doubtful",
        ),
        (rewards, "due_at", _("Rewards nobody has approved"), reverse("referrals:rewards")),
    ):
        dates = list(rows.values_list(field, flat=True))
        if dates:
            found.append(Overdue(label, len(dates), min(dates), url))
    return found


@dataclass(frozen=True)
class LossRow:
    """One reason for losing introductions in a window of time."""

    code: str
    label: str
    count: int
    total: int


def _lost(now: datetime, days: int) -> list[Referral]:
    return list(
        Referral.objects.filter(
            state__in=(Referral.State.LOST, Referral.State.DECLINED),
            state_since__gt=now - timedelta(days=days),
        )
        .select_related(
            "program", "organization", "referrer", "referrer_organization", "handler", "referee"
        )
        .order_by("-state_since", "-pk")
    )


def _code(row: Referral) -> str:
    if row.state == Referral.State.DECLINED:
        return "declined"
    return reasons.read(row.reason).code or reasons.Loss.OTHER.value


def losses(now: datetime, days: int, code: str = "") -> tuple[list[LossRow], list[dict[str, Any]]]:
    """Return the reasons by how often they were given, and the introductions behind them (of one
    code, when given).
    """
    rows = _lost(now, days)
    counts = Counter(_code(row) for row in rows)
    labels = {value: str(label) for value, label in reasons.Loss.choices} | {
        "declined": _("Declined by the prospect")
    }
    table = [
        LossRow(name, labels.get(name, name), count, len(rows))
        for name, count in counts.most_common()
    ]
    shown = [row for row in rows if not code or _code(row) == code][:100]
    lines = [
        {
            "row": row,
            "label": labels.get(_code(row.referral), ""),
            "said": reasons.read(row.referral.reason).words,
        }
        for row in track(shown, staff=True)
    ]
    return table, lines
