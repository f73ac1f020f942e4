"""`manage.py drill events`: kills web, worker, beat, Valkey and PostgreSQL in turn, then the last
two together, under load.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from portal.dev.fault_test_registry import Say
from portal.dev.fault_tests.load import Load
from portal.dev.fault_tests.stack import Stack, standing

FAULTS = (("web",), ("worker",), ("beat",), ("valkey",), ("postgres",), ("valkey", "postgres"))
EMPTY_WITHIN = 60.0  # seconds after the last fault


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--pause", type=float, default=5.0, help="seconds of load before and after each kill"
    )
    parser.add_argument("--threads", type=int, default=4, help="how many post at once")
    parser.add_argument(
        "--step", choices=("prepare", "waiting", "count"), help="used by the drill itself"
    )
    parser.add_argument("--topics", default="", help="used by the drill itself")


def run(options: dict[str, Any], say: Say) -> int:
    """Run it, or the one step asked for; return the number of broken invariants."""
    if options["step"]:
        say(_step(options))
        return 0
    began = time.monotonic()
    with standing() as stack:
        say(f"a Hazumi of its own at port {stack.port}")
        people = json.loads(stack.manage("drill", "events", "--step", "prepare"))
        load = Load(stack.port, people, threads=options["threads"])
        load.start()
        _first(load)
        for names in FAULTS:
            time.sleep(options["pause"])
            _kill(stack, load, names, say)
        time.sleep(options["pause"])
        load.stop()
        emptied = _empty(stack)
        topics = stack.services.data / "topics.json"
        topics.write_text(json.dumps([topic for _, topic in load.acknowledged]))
        found = json.loads(
            stack.manage("drill", "events", "--step", "count", "--topics", str(topics))
        )
        broken = _report(found, load, emptied, time.monotonic() - began, say)
        if broken:
            say(stack.last_words())
    return broken


def _step(options: dict[str, Any]) -> str:
    from portal.dev.fault_tests import steps  # the models, which only the steps need

    if options["step"] == "prepare":
        return steps.prepare(people=160)
    if options["step"] == "waiting":
        return steps.waiting()
    return steps.count(json.loads(Path(options["topics"]).read_text()))


def _first(load: Load) -> None:
    """Wait for the first acknowledgement."""
    give_up = time.monotonic() + 60
    while not load.acknowledged:
        if time.monotonic() > give_up:
            raise RuntimeError(f"nothing can be posted: {load.answers}")
        time.sleep(0.1)


def _kill(stack: Stack, load: Load, names: tuple[str, ...], say: Say) -> None:
    """Kill one part (or several, one right after the other) and start no other; wait until posts
    are acknowledged.
    """
    before = len(load.acknowledged)
    moment = time.monotonic()
    for part in [stack.part(name) for name in names]:
        part.kill()
        part.start()
    give_up = moment + 60
    while len(load.acknowledged) <= before and time.monotonic() < give_up:
        time.sleep(0.05)
    say(f"kill -9 {' + '.join(names):<17} posts went on after {time.monotonic() - moment:.1f} s")


def _empty(stack: Stack) -> float | None:
    """Return how long the outbox took to empty after the last fault, None when it did not."""
    moment = time.monotonic()
    while time.monotonic() - moment < EMPTY_WITHIN:
        if json.loads(stack.manage("drill", "events", "--step", "waiting")) == 0:
            return time.monotonic() - moment
        time.sleep(0.5)
    return None


def _report(found: dict[str, int], load: Load, emptied: float | None, took: float, say: Say) -> int:
    say(
        f"posts sent {load.sent}, acknowledged {found['acknowledged']}, facts written "
        f"{found['facts']}"
    )
    say(f"facts lost {found['facts lost']}")
    say(f"effects lost {found['effects lost']}")
    say(f"effects doubled {found['effects doubled']}")
    say(f"longest silence {load.longest_silence:.1f} s")
    say(
        f"outbox empty {emptied:.1f} s after the load"
        if emptied is not None
        else "outbox NOT empty after a minute"
    )
    say(f"handlings left parked or waiting {found['parked']}")
    say(f"took {took:.0f} s")
    broken = (
        found["facts lost"] + found["effects lost"] + found["effects doubled"] + found["parked"]
    )
    return broken + (emptied is None) + (found["acknowledged"] == 0)
