"""The last part of the demo: silence confirms, newcomers are linked, days are rolled up."""

from __future__ import annotations

from portal.core.demo import DemoWorld
from portal.events import dispatch
from portal.flywheel import engine, rollup


def create(world: DemoWorld) -> None:
    """Bring turns and daily values up to the end of the story."""
    dispatch.run_pending(now=world.end)
    engine.confirm_by_silence(now=world.end)
    rollup.roll_up(now=world.end)
