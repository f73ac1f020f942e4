"""`manage.py demo`: load the sample company (見本); `--remove` deletes all of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.accounts.models import User
from portal.core.time import now as clock
from portal.dev import demo_registry, sample


class Command(BaseCommand):
    help = "Load the sample company, or remove it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--remove",
            action="store_true",
            help="remove the sample and everything that hangs on it",
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="load it only where nobody has an account yet (what `up` does)",
        )
        parser.add_argument("--small", action="store_true", help="fewer people and questions")
        parser.add_argument(
            "--end",
            type=lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC),
            default=None,
            help="the day the story ends, e.g. 2026-11-20; the same day gives the same story "
            "(default: now)",
        )

    def handle(self, *args: Any, remove: bool, end: datetime | None, **options: Any) -> None:
        began = time.monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"  {time.monotonic() - began:5.1f} s  {line}")

        if remove:
            sample.remove(say=say)
            self.stdout.write("The sample is gone.")
            return
        if options["if_empty"] and User.objects.exists():
            self.stdout.write("There are people here already: the sample is not mixed among them.")
            return
        try:
            sample.load(end=end or clock(), say=say, is_small=options["small"])
        except sample.PeopleAreHere:
            self.stdout.write("There are people here already: the sample is not mixed among them.")
            return
        except sample.AlreadyLoaded:
            self.stdout.write("The sample is loaded already; --remove takes it away.")
            return
        self.stdout.write(
            f"The sample company is ready after {time.monotonic() - began:.0f} s. Log in as:"
        )
        for line in demo_registry.logins():
            self.stdout.write(f"  {line}")
