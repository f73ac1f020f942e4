"""`manage.py state_machines [key ...]`: the state machines, or the SQL of their triggers.

A machine that changed needs a migration: its forward text is printed here, its backward text is
that of the migration before.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.db.state_machine import machines


class Command(BaseCommand):
    help = "List the state machines; with keys, print the SQL that a migration installs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("keys", nargs="*", help='such as "app.noun.state"')

    def handle(self, *args: Any, **options: Any) -> None:
        known = machines()
        if unknown := sorted(set(options["keys"]) - set(known)):
            raise CommandError(
                f"No state machine {', '.join(unknown)}; there are: {', '.join(known)}"
            )
        if not options["keys"]:
            for key, machine in known.items():
                ended = ", ".join(sorted(machine.terminal)) or "-"
                moves = len(machine.transitions)
                self.stdout.write(
                    f"{key}: {len(machine.states)} states, {moves} moves, ends: {ended}"
                )
        for key in options["keys"]:
            self.stdout.write(known[key].trigger_sql())
            self.stdout.write(f"-- backward\n{known[key].reverse_sql()}")
