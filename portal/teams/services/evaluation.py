"""Evaluates every rule again: raises what holds now, closes what no longer holds, reopens what was
snoozed, escalates what is late.

Running it twice, late, or after a day's pause gives the same signals: conditions look at what
holds, not at what changed.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction

from portal.teams import registry
from portal.teams.models import Signal, SignalChange, SignalRule
from portal.teams.registry import Over
from portal.teams.services.escalation import adopt, escalate
from portal.teams.services.signals import (
    AlreadySettled,
    may_recur,
    raise_signal,
    reopen_signal,
    resolve_signal,
)
from portal.teams.state_machine import SIGNAL, SYSTEM


def sweep(*, now: datetime) -> Counter[str]:
    """Do all of it; return how many were raised, vanished, woken, adopted, escalated."""
    done: Counter[str] = Counter()
    asked, ending = registry.conditions(), registry.endings()
    for rule in SignalRule.objects.filter(trigger__in={*asked, *ending}).select_related(
        "team", "stand_in"
    ):
        if rule.enabled and rule.trigger in asked:
            done["raised"] += ask(rule, now=now)
        done["vanished"] += close_vanished(rule, now=now)
    done["woken"] = wake(now=now)
    done["adopted"] = adopt(now=now)
    done["escalated"] = escalate(now=now)
    return done


def ask(rule: SignalRule, *, now: datetime) -> int:
    """Ask one condition rule; return how many signals it raised, or raised again."""
    trigger = registry.trigger(rule.trigger)
    if trigger is None or trigger.find is None:
        return 0
    findings = {finding.cause: finding for finding in trigger.find(rule, now)}
    known = Signal.objects.filter(rule=rule, occurrence__in=findings)
    again = 0
    for signal in known.order_by("occurrence", "-recurrence").distinct("occurrence"):
        signal.rule = rule
        vanished = signal.outcome == Signal.Outcome.VANISHED
        if vanished and (trigger.over is None or trigger.over(signal, now) is None):
            row = reopen_signal(signal=signal, actor=None, now=now)  # the reason came back
            again += row.state != Signal.State.RESOLVED
            del findings[signal.occurrence]
        elif not may_recur(signal, now):
            del findings[signal.occurrence]
    return again + sum(
        raise_signal(rule=rule, finding=finding, now=now, again=True) is not None
        for finding in findings.values()
    )


def close_vanished(rule: SignalRule, *, now: datetime, subject: str | None = None) -> int:
    """Settle the rule's signals whose state is over; return how many.

    What somebody has in hand they settle themselves, unless the matter ended without them.
    """
    trigger = registry.trigger(rule.trigger)
    if trigger is None or trigger.over is None:
        return 0
    rows = Signal.objects.filter(rule=rule).unresolved()
    closed = 0
    for signal in rows.filter(subject=subject) if subject else rows:
        over = trigger.over(signal, now)
        if over is not None and (over.in_hand or signal.state != Signal.State.CLAIMED):
            closed += _vanish(signal, over, now)
    return closed


def _vanish(signal: Signal, over: Over, now: datetime) -> bool:
    try:
        resolve_signal(
            signal=signal,
            actor=None,
            outcome=Signal.Outcome.VANISHED,
            next_step=Signal.NextStep.NONE,
            reason=over.code,
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
