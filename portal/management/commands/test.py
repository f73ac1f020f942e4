"""`manage.py test [pytest arguments]`: the whole suite, on a PostgreSQL and a Valkey of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.embedded import CannotStart, running
from portal.translations.catalogue import compile_catalogues

TEMPLATE = "hazumi_template"


class Command(BaseCommand):
    help = "Run the tests with pytest; every argument goes to pytest."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """Take the arguments as they are: they are pytest's."""
        arguments = [word for word in argv[2:] if word != "--"]
        if "--bootstrap-only" in arguments:  # for .ci/run: the linters need the same packages
            return
        raise SystemExit(self.handle(arguments=arguments))

    def handle(self, *args: Any, **options: Any) -> int:  # type: ignore[override]
        arguments: list[str] = options["arguments"]
        compile_catalogues()
        try:
            with running(durable=False, database=TEMPLATE) as services:
                environment = {**os.environ, **services.environment}
                (services.data / "static").mkdir()  # whitenoise warns where it is missing
                migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
                if subprocess.run(migrate, env=environment, cwd=settings.BASE_DIR, check=False).returncode:
                    raise CommandError("The migrations fail on an empty database; see above.")
                if not any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments):
                    arguments = ["-n", "auto", *arguments]
                pytest = [sys.executable, "-m", "pytest", *arguments]
                return subprocess.run(pytest, env=environment, cwd=settings.BASE_DIR, check=False).returncode
        except CannotStart as problem:
            raise SystemExit(f"hazumi | {problem}") from None
        except KeyboardInterrupt:
            return 130
