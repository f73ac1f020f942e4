"""One server process: start, wait until ready, kill, stop, and the reason of a failure from its
log.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

from portal.dev.embedded import privileges
from portal.dev.embedded.errors import CannotStart

LARGEST_LOG = 10 * 1024 * 1024


class Server(ABC):
    """What PostgreSQL and Valkey have in common.

    `durable=False` trades safety on power loss for speed (tests).
    """

    name = ""
    stop_signal: int = signal.SIGTERM
    patience = 60.0  # seconds a start may take: recovery after a crash of a large database

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data / "log" / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def ready(self) -> bool: ...

    @abstractmethod
    def prepare(self) -> None: ...

    @abstractmethod
    def explain(self, tail: str) -> str: ...

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tail(self) -> str:
        with suppress(OSError):
            return self.log.read_text(errors="replace")[-4000:]
        return ""

    def spawn(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                privileges.command(self.command(), stop_with=self.stop_signal),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.data,
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
            )

    def start(self) -> None:
        """Start and wait until it answers. Raises CannotStart with the reason from its log."""
        self.prepare()
        give_up = time.monotonic() + self.patience
        before = len(self.tail())
        self.spawn()
        while not self.ready():
            if not self.alive():
                fresh = self.tail()[before if before < 4000 else 0 :] or self.tail()
                if self.worth_another_try(fresh) and time.monotonic() < give_up:
                    time.sleep(0.3)
                    before = len(self.tail())
                    self.spawn()
                    continue
                raise CannotStart(self.explain(fresh))
            if time.monotonic() > give_up:
                self.stop()
                raise CannotStart(self.explain(self.tail()))
            time.sleep(0.02)

    def worth_another_try(self, tail: str) -> bool:
        return False

    def kill(self) -> None:
        """kill -9, for drills and tests."""
        if self.process:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()

    def stop(self, *, patience: float = 20) -> None:
        if not self.alive() or self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()


def last_line(tail: str, *marks: str) -> str:
    """The last line of a log that says why, for a message."""
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in marks)]
    return (telling or lines or ["it left no message"])[-1]
