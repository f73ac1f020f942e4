"""Evaluates every rule again: raises what holds now, closes what no longer holds, reopens what was
snoozed.

Running it twice, late, or after a day's pause gives the same signals: conditions look at what
holds, not at what changed.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction

from portal.teams import registry
from portal.teams.models import Signal, SignalChange, SignalRule
from portal.teams.services.signals import (
    AlreadySettled,
    raise_signal,
    reopen_signal,
    resolve_signal,
)
from portal.teams.state_machine import SIGNAL, SYSTEM


def sweep(*, now: datetime) -> Counter[str]:
    """Do all of it; return how many were raised, vanished, woken, escalated."""
    done: Counter[str] = Counter()
    for rule in SignalRule.objects.filter(
        enabled=True, trigger__in=registry.conditions()
    ).select_related("team", "stand_in"):
        done["raised"] += ask(rule, now=now)
        done["vanished"] += close_vanished(rule, now=now)
    done["woken"] = wake(now=now)
    done["escalated"] = escalate(now=now)
    return done


def ask(rule: SignalRule, *, now: datetime) -> int:
    """Ask one condition rule; return how many signals it raised, or raised again."""
    trigger = registry.trigger(rule.trigger)
    if trigger is None or trigger.find is None:
        return 0
    findings = {finding.cause: finding for finding in trigger.find(rule, now)}
    again = 0
    for signal in Signal.objects.filter(rule=rule, occurrence__in=findings):
        del findings[signal.occurrence]  # a cause raises a rule once for ever
        vanished = signal.outcome == Signal.Outcome.VANISHED
        if vanished and (trigger.still is None or trigger.still(signal, now)):
            row = reopen_signal(signal=signal, actor=None, now=now)  # the reason came back
            again += row.state != Signal.State.RESOLVED
    return again + sum(
        raise_signal(rule=rule, finding=finding, now=now) is not None
        for finding in findings.values()
    )


def close_vanished(rule: SignalRule, *, now: datetime, subject: str | None = None) -> int:
    """Settle the rule's signals nobody took in hand whose reason went away; return how many."""
    trigger = registry.trigger(rule.trigger)
    if trigger is None or trigger.still is None:
        return 0
    rows = Signal.objects.filter(rule=rule, state__in=(Signal.State.OPEN, Signal.State.SNOOZED))
    closed = 0
    for signal in rows.filter(subject=subject) if subject else rows:
        if not trigger.still(signal, now):
            closed += _vanish(signal, now)
    return closed


def _vanish(signal: Signal, now: datetime) -> bool:
    try:
        resolve_signal(
            signal=signal,
            actor=None,
            outcome=Signal.Outcome.VANISHED,
            next_step=Signal.NextStep.NONE,
            reason="vanished",
            now=now,
        )
    except AlreadySettled:
        return False
    return True


@transaction.atomic
def wake(*, now: datetime) -> int:
    """Bring back what was put off until now."""
    rows = list(
        Signal.objects.select_for_update(skip_locked=True).filter(
            state=Signal.State.SNOOZED, snoozed_until__lte=now
        )
    )
    for signal in rows:
        SIGNAL.move(signal, Signal.State.OPEN, SYSTEM)
        signal.snoozed_until = None
        signal.save(update_fields=["state", "snoozed_until"])
        SignalChange.objects.create(signal=signal, kind=SignalChange.Kind.WOKEN, at=now)
    return len(rows)


@transaction.atomic
def escalate(*, now: datetime) -> int:
    """Mark as urgent what is overdue longer than its rule allows, once."""
    rows = (
        Signal.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("rule")
        .waiting()
    )
    count = 0
    for signal in rows.filter(escalated_at=None, due_at__lt=now):
        if signal.due_at + timedelta(hours=signal.rule.escalate_hours) > now:
            continue
        signal.escalated_at, signal.severity = now, SignalRule.Severity.HIGH
        signal.save(update_fields=["escalated_at", "severity"])
        SignalChange.objects.create(signal=signal, kind=SignalChange.Kind.ESCALATED, at=now)
        count += 1
    return count
