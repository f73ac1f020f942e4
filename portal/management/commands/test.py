"""`manage.py test [pytest arguments]`: run the test suite on its own PostgreSQL and Valkey."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.dev.embedded import CannotStart, running
from portal.dev.translations.catalogue import compile_catalogues

TEMPLATE = "hazumi_template"
A_DAY = 86_400


def migrations_digest() -> str:
    """A digest of everything that decides what an empty database looks like after migrating."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    patterns = ("*/**/migrations/*.py", "*/**/defaults.py", "*/**/default_rules.py")
    for path in sorted(found for each in patterns for found in settings.BASE_DIR.glob(each)):
        if ".venv" not in path.parts:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def migrated_folder() -> Path:
    """A stopped PostgreSQL whose database is migrated: made once per state of the migrations, then
    only copied.
    """
    home = settings.BASE_DIR / ".data" / "test-templates"
    folder = home / migrations_digest()
    if folder.is_dir():
        return folder
    home.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    with running(fresh, durable=False, database=TEMPLATE) as services:
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
        environment = {**os.environ, **services.environment}
        if subprocess.run(migrate, env=environment, cwd=settings.BASE_DIR, check=False).returncode:
            raise CommandError("The migrations fail on an empty database; see above.")
    for earlier in home.iterdir():
        if time.time() - earlier.stat().st_mtime > A_DAY:  # younger ones may be another run's
            shutil.rmtree(earlier, ignore_errors=True)
    with suppress(OSError):  # another run was quicker: its folder is as good
        fresh.rename(folder)
    return folder if folder.is_dir() else fresh


class Command(BaseCommand):
    help = "Run the tests with pytest; every argument goes to pytest."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """Take the arguments as they are: they are pytest's."""
        arguments = [word for word in argv[2:] if word != "--"]
        if "--bootstrap-only" in arguments:  # for .ci/run: the linters need the same packages
            return
        raise SystemExit(self.run_tests(arguments))

    def run_tests(self, arguments: list[str]) -> int:
        compile_catalogues()
        try:
            with running(durable=False, database=TEMPLATE, like=migrated_folder()) as services:
                environment = {**os.environ, **services.environment}
                (services.data / "static").mkdir()  # whitenoise warns where it is missing
                if not any(
                    word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments
                ):
                    arguments = ["-n", "auto", *arguments]
                pytest = [sys.executable, "-m", "pytest", *arguments]
                return subprocess.run(
                    pytest, env=environment, cwd=settings.BASE_DIR, check=False
                ).returncode
        except CannotStart as problem:
            raise SystemExit(f"hazumi | {problem}") from None
        except KeyboardInterrupt:
            return 130
