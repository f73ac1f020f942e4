"""Facts that fit a rule become signals."""

from __future__ import annotations

from portal.core.db.compiled_queries import CompiledQuery
from portal.events import on
from portal.events.models import Event
from portal.teams import registry
from portal.teams.models import SignalRule
from portal.teams.services.signals import raise_signal

_rules: CompiledQuery[SignalRule] = CompiledQuery(
    lambda triggers, values: SignalRule.objects.filter(
        enabled=True, trigger__in=triggers
    ).select_related("team", "stand_in")
)


@on("*", history=False)
def raise_by_rule(event: Event) -> None:
    """Show one fact to every enabled rule that looks at its kind."""
    names = registry.triggers_for(event.name)
    if not names:
        return
    for rule in _rules.rows(tuple(names)):
        trigger = registry.trigger(rule.trigger)
        finding = trigger.find_event(rule, event) if trigger and trigger.find_event else None
        if finding is not None:
            raise_signal(rule=rule, finding=finding, now=event.occurred_at)
