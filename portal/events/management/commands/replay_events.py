"""`manage.py replay_events`: retry parked failed handlings."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.core import time
from portal.events import dispatch
from portal.events.models import FailedHandling


class Command(BaseCommand):
    help = "Replay failed handlings of events: all of them, or those of one listener."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--listener", help="only this listener (its dotted name)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = dispatch.replay(now=time.now(), listener=options["listener"])
        left = FailedHandling.objects.filter(resolved_at=None).count()
        self.stdout.write(f"{done} replayed, {left} still failing")
