"""`manage.py bench [pages|redirect|all]`: the cost of a page, as a ratio to a Django view that does
nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from portal.dev import bench_registry
from portal.dev.bench import dataset, report
from portal.dev.bench.measure import Bench, Result
from portal.dev.bench.server import serving
from portal.dev.embedded import CannotStart, running
from portal.dev.translations.catalogue import compile_catalogues

INSIDE = "HAZUMI_BENCH_POSTGRES"  # the postmaster's process id, where the services run already


class Command(BaseCommand):
    help = (
        " Load a generated set into a database of its own, put load on a server of its own, print "
        "the table."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", choices=("pages", "redirect", "all"), default="all")
        parser.add_argument(
            "--size", choices=tuple(bench_registry.SIZES), default="20k", help="how many topics"
        )
        parser.add_argument("--seconds", type=float, default=4.0, help="how long each load lasts")
        parser.add_argument("--only", default="", help="only scenarios whose key contains this")
        parser.add_argument(
            "--keep",
            action="store_true",
            help="keep the generated set, and use the one that is there",
        )
        parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
        parser.add_argument(
            "--data",
            type=Path,
            default=settings.BASE_DIR / ".data" / "bench",
            help="its data folder",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.began = time.monotonic()
        if os.environ.get(INSIDE):
            self.inside(options)
        else:
            self.around(options)

    def around(self, options: dict[str, Any]) -> None:
        """Start the services and run this command again inside them, with a production server's
        settings.
        """
        data: Path = options["data"].absolute()
        data.parent.mkdir(parents=True, exist_ok=True)
        database = f"bench_{options['size']}"
        compile_catalogues()
        try:
            with running(data, database=database) as services:
                assert services.postgres is not None
                environment = {
                    **os.environ,
                    **services.environment,
                    INSIDE: str(services.postgres.pid),
                    "HAZUMI_ENVIRONMENT": "production",
                    "HAZUMI_BASE_URL": "http://127.0.0.1",
                    "SECRET_KEY": secrets.token_urlsafe(50),
                    "TRUSTED_PROXY_COUNT": "1",
                }
                done = subprocess.run(
                    [sys.executable, "manage.py", *sys.argv[1:]],
                    env=environment,
                    cwd=settings.BASE_DIR,
                    check=False,
                )
                if not options["keep"]:
                    services.postgres.drop_database(database)
        except CannotStart as problem:
            raise SystemExit(f"hazumi | {problem}") from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        raise SystemExit(done.returncode)

    def inside(self, options: dict[str, Any]) -> None:
        dataset.discover()
        world = dataset.ready(bench_registry.SIZES[options["size"]], self.say)
        self.collect_static()
        results: list[Result] = []
        log = settings.HAZUMI_DATA_DIR / "log" / "bench-web.log"
        try:
            with (
                serving(
                    "portal.dev.bench.trivial:application",
                    log=log,
                    environment={"HAZUMI_BENCH_TRIVIAL": "1"},
                ) as trivial,
                serving(
                    "portal.wsgi:application",
                    log=log,
                    environment={},
                    config="portal/deploy/gunicorn.py",
                ) as app,
            ):
                measuring = Bench(
                    world,
                    app=app,
                    trivial=trivial,
                    postgres_pid=int(os.environ[INSIDE]),
                    seconds=options["seconds"],
                )
                for scenario in bench_registry.scenarios(options["what"]):
                    if options["only"] in scenario.key:
                        self.say(f"measuring {scenario.label} …")
                        results.append(measuring.measure(scenario))
                memory = {"web, 2 workers": app.memory_bytes(), "trivial": trivial.memory_bytes()}
        except RuntimeError as problem:
            raise CommandError(str(problem)) from None
        facts = list(bench_registry.facts(world))
        connection.close()
        self.tell(results, facts, memory, as_json=options["json"])

    def collect_static(self) -> None:
        """Collect and compress the static files as production has them, unless nothing changed
        since.
        """
        stands = sorted(
            (path, Path(storage.path(path)).stat().st_mtime_ns)
            for finder in get_finders()
            for path, storage in finder.list(None)
        )
        note, mark = (
            settings.HAZUMI_DATA_DIR / "static.mark",
            hashlib.sha256(repr(stands).encode()).hexdigest(),
        )
        if not note.exists() or note.read_text() != mark:
            self.say("collecting static files …")
            settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
            call_command("collectstatic", verbosity=0, interactive=False)
            note.write_text(mark)

    def tell(
        self,
        results: list[Result],
        facts: list[tuple[str, bool]],
        memory: dict[str, int],
        *,
        as_json: bool,
    ) -> None:
        if as_json:
            self.stdout.write(
                json.dumps(report.as_json(results, facts, memory), ensure_ascii=False, indent=1)
            )
        else:
            self.stdout.write(report.table(results))
            for fact, holds in facts:
                self.stdout.write(f"{'holds ' if holds else 'BROKEN'}  {fact}")
            shown = " · ".join(f"{name} {size / 2**20:.0f} MiB" for name, size in memory.items())
            self.stdout.write(f"memory (PSS): {shown}")
        if any(result.problems for result in results) or not all(holds for _, holds in facts):
            raise SystemExit(1)

    def say(self, message: str) -> None:
        self.stderr.write(f"bench | {time.monotonic() - self.began:6.1f} s  {message}")
        self.stderr.flush()
