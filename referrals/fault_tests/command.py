"""`manage.py drill referrals`: its options, its processes, its output."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from portal.accounts.services import create_user
from portal.api.services import create_key
from portal.core.time import now as current
from portal.dev.embedded import running
from portal.dev.fault_test_registry import Say
from referrals.fault_tests.api import through_api
from referrals.fault_tests.run import Deliver, Report, deliver_all, in_process, run
from referrals.fault_tests.scenario import Told

CONNECTIONS = 16


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--facts", type=int, default=2_000, help="how many facts the story has")
    parser.add_argument("--seed", type=int, default=7, help="another seed is another story")
    parser.add_argument(
        "--processes", type=int, default=2, help="16 connections are spread over so many processes"
    )
    parser.add_argument(
        "--through",
        choices=("api", "service"),
        default="api",
        help="HTTP views or the service they call",
    )
    parser.add_argument(
        "--step", action="store_true", help="(internal) run in the services of the environment"
    )
    parser.add_argument("--batch", help="(internal) deliver this file and print what became of it")
    parser.add_argument("--key", default="", help="(internal) the API key to deliver with")


def carry_out(options: dict[str, Any], say: Say) -> int:
    """Run the drill and print its findings; return the number of violations."""
    if not options["step"]:
        return _in_own_services()
    if options.get("batch"):
        _deliver_file(Path(options["batch"]), options)
        return 0
    key = _api_key() if options["through"] == "api" else ""

    def tell_all(batch: list[Told], now: datetime, report: Report) -> None:
        _spread(batch, now, report, options, key)

    report = run(facts=options["facts"], seed=options["seed"], tell_all=tell_all, say=say)
    say(
        f"facts {report.facts}, deliveries {report.deliveries} in {report.seconds:.1f} s over "
        f"{CONNECTIONS} connections"
    )
    say(
        f"facts per second {report.deliveries / report.seconds:.0f} (deliveries), "
        f"{report.facts / report.seconds:.0f} (new facts)"
    )
    say(f"application CPU per delivery {1000 * report.cpu / report.deliveries:.1f} ms")
    say("  ".join(f"{name} {count}" for name, count in sorted(report.statuses.items())))
    say(f"rewards paid {report.paid}, taken back after their release {report.clawed_back}")
    say(f"wrong attributions {report.wrong_attributions}")
    say(f"unbalanced transactions {report.unbalanced}")
    say(f"parked left {report.parked_left}")
    say(f"wrong net rewards {report.wrong_net_rewards}")
    for name, count in report.other_violations.items():
        say(f"{name} {count}")
    for line in [*report.where[:10], *report.errors[:5]]:
        say(line)
    return report.violations


def _in_own_services() -> int:
    """Start a fresh PostgreSQL and Valkey, and run this very command inside; nothing else is
    touched.
    """
    with running(durable=True, database="drill") as services:
        own = {"DATABASE_POOL_MAX": "20", "DJANGO_SETTINGS_MODULE": "portal.settings"}
        environment = {**os.environ, **services.environment, **own}
        (services.data / "static").mkdir(exist_ok=True)
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
        subprocess.run(migrate, env=environment, cwd=settings.BASE_DIR, check=True)
        again = [sys.executable, "manage.py", *sys.argv[1:], "--step"]
        return subprocess.run(again, env=environment, cwd=settings.BASE_DIR, check=False).returncode


def _api_key() -> str:

    kato = create_user(
        email="key@staff.example", display_name="key", now=current(), is_administrator=True
    )
    return create_key(
        name="drill", scopes=["referrals:write", "referrals:read"], actor=kato, now=current()
    )[1]


def _spread(
    batch: list[Told], now: datetime, report: Report, options: dict[str, Any], key: str
) -> None:
    """Give every process its part of the deliveries; they begin together and are timed apart from
    their start-up.
    """
    count = options["processes"]
    with tempfile.TemporaryDirectory() as folder:
        children = []
        for index in range(count):
            path = Path(folder) / f"{index}.json"
            path.write_text(
                json.dumps(
                    {"now": now.isoformat(), "told": [asdict(told) for told in batch[index::count]]}
                )
            )
            command = [
                sys.executable,
                "manage.py",
                "drill",
                "referrals",
                "--step",
                "--batch",
                str(path),
                "--processes",
                str(count),
                "--through",
                options["through"],
                "--key",
                key,
            ]
            children.append(
                subprocess.Popen(
                    command,
                    cwd=settings.BASE_DIR,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()  # "ready"
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        slowest = 0.0
        for child in children:
            out, _ = child.communicate()
            said = json.loads(out.strip().splitlines()[-1])
            slowest = max(slowest, said["seconds"])
            report.deliveries += said["deliveries"]
            report.statuses.update(Counter(said["statuses"]))
            report.errors.extend(said["errors"])
            report.cpu += said["cpu"]
        report.seconds += slowest


def _deliver_file(path: Path, options: dict[str, Any]) -> None:

    given = json.loads(path.read_text())
    batch = [Told(**row) for row in given["told"]]
    now = datetime.fromisoformat(given["now"])
    deliver: Deliver = in_process
    if options["through"] == "api":
        deliver = through_api(options["key"])
    logging.disable(logging.CRITICAL)  # a line per request would be what is measured
    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    report, began = Report(), time.process_time()
    deliver_all(
        batch, deliver, now, report, connections=max(1, CONNECTIONS // options["processes"])
    )
    sys.stdout.write(
        json.dumps(
            {
                "seconds": report.seconds,
                "deliveries": report.deliveries,
                "errors": report.errors[:20],
                "cpu": time.process_time() - began,
                "statuses": {str(name): count for name, count in report.statuses.items()},
            }
        )
        + "\n"
    )
