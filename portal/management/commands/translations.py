"""`manage.py translations`: list missing translations.

`--check` fails if there are any, `--update` brings the catalogue up to date.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.dev.translations.catalogue import CATALOGUE, compare, compile_catalogues, update


class Command(BaseCommand):
    help = "Compare the source with the Japanese catalogue."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="exit 1 when anything is missing, empty or obsolete",
        )
        parser.add_argument(
            "--update",
            action="store_true",
            help="add missing entries (empty) and drop obsolete ones",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            findings = update() if options["update"] else compare()
        except ValueError as problem:
            raise CommandError(str(problem)) from None
        for title, lines in findings.groups.items():
            if lines:
                self.stdout.write(f"{title}: {len(lines)}")
                for line in lines:
                    self.stdout.write(f"  {line}")
        compile_catalogues()
        if findings and options["check"]:
            raise CommandError(f"{CATALOGUE.name} does not say everything the source says.")
        if not findings:
            self.stdout.write("Every string has its Japanese.")
