"""Demo data, last part: confirm turns by silence, link newcomers, roll up days."""

from __future__ import annotations

from portal.dev.demo_registry import DemoWorld
from portal.events import dispatch
from portal.flywheel import rollup, services


def create(world: DemoWorld) -> None:
    """Bring turns and daily values up to the end of the story."""
    dispatch.run_pending(now=world.end)
    services.confirm_by_silence(now=world.end)
    rollup.roll_up(now=world.end)
