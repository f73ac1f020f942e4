"""`manage.py drill NAME`: run a fault test; exits with 1 when an invariant is violated."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.dev.fault_test_registry import drills


class Command(BaseCommand):
    help = "Run a drill. Each prints what it found and fails when an invariant is broken."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        names = parser.add_subparsers(dest="drill", metavar="NAME", required=True)
        for row in drills():
            row.add_arguments(names.add_parser(row.name, help=row.help))

    def handle(self, *args: Any, drill: str, **options: Any) -> None:
        row = next(row for row in drills() if row.name == drill)
        broken = row.run(options, lambda line: self.stdout.write(line))
        if broken:
            raise CommandError(f"drill {drill}: {broken} broken")
        if not options.get("step"):  # a step of a drill, run by the drill itself
            self.stdout.write(f"drill {drill}: every invariant held")
