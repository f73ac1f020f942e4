"""Facts that fit a rule become signals."""

from __future__ import annotations

from portal.events import on
from portal.events.models import Event
from portal.teams import registry
from portal.teams.models import SignalRule
from portal.teams.services.signals import raise_signal


@on("*")
def raise_by_rule(event: Event) -> None:
    """Show one fact to every enabled rule that looks at its kind."""
    names = registry.triggers_for(event.name)
    if not names:
        return
    for rule in SignalRule.objects.filter(enabled=True, trigger__in=names).select_related(
        "team", "stand_in"
    ):
        trigger = registry.trigger(rule.trigger)
        finding = trigger.find_event(rule, event) if trigger and trigger.find_event else None
        if finding is not None:
            raise_signal(rule=rule, finding=finding, now=event.occurred_at)
