"""`manage.py recount [--check]`: compute every stored number again from the rows it is made of."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.core import time
from portal.core.recount import recount_all


class Command(BaseCommand):
    help = "Compute all counters, scores, turns and daily values again; say what differed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail when something differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            found = recount_all(time.now())
            if options["check"]:
                transaction.set_rollback(True)
        for app, differences in found.items():
            for name, count in differences.items():
                self.stdout.write(f"{app} {name}: {count}")
        total = sum(sum(differences.values()) for differences in found.values())
        if total and options["check"]:
            raise CommandError(f"{total} rows differ from what they are made of")
