"""A supervised child process: its output prefixed with its name, restarted when it dies, stopped
with all its children.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from portal.dev.embedded import privileges

COLOURS = {"web": 36, "worker": 33, "beat": 35, "hazumi": 32}
LONGEST_PAUSE = 10.0
_printing = threading.Lock()


def say(name: str, line: str) -> None:
    """Print one line of the one log: time, who, what."""
    if sys.stdout.isatty():
        name = f"\x1b[{COLOURS.get(name, 37)}m{name:<8}\x1b[0m"
    with _printing, suppress(BrokenPipeError, ValueError):
        print(f"{time.strftime('%H:%M:%S')} {name:<8} | {line}", flush=True)


class Child:
    """One program. `patience` is how long it may take to finish its work when asked to stop."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        environment: dict[str, str],
        folder: Path,
        patience: float,
    ) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.folder = folder
        self.patience = patience
        self.process: subprocess.Popen[str] | None = None
        self.deaths: deque[float] = deque(maxlen=5)
        self.next_start = 0.0
        self.last_lines: deque[str] = deque(maxlen=12)

    def start(self) -> None:
        self.process = subprocess.Popen(
            privileges.command(self.command, stop_with=signal.SIGTERM, rights="as-is"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self.environment,
            cwd=self.folder,
            # Ctrl-C in the terminal is for us; we stop the children in order
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self.last_lines.append(line.rstrip())
            say(self.name, line.rstrip())

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look_after(self) -> None:
        """Start it again if it died; after quick deaths wait longer each time."""
        if self.running() or self.process is None:
            return
        now = time.monotonic()
        if not self.next_start:
            self.end_group(
                signal.SIGKILL
            )  # its own children hold its port and its database connections
            self.deaths.append(now)
            quick = sum(1 for death in self.deaths if now - death < 60)
            pause = min(0.2 * 2 ** (quick - 1), LONGEST_PAUSE)
            self.next_start = now + pause
            say(
                "hazumi",
                f"{self.name} stopped ({_how(self.process.returncode)}); starting it again in "
                f"{pause:.1f} s.",
            )
        if now >= self.next_start:
            self.next_start = 0.0
            self.start()

    def end_group(self, how: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, how)

    def ask_to_stop(self) -> None:
        if self.running() and self.process is not None:
            with suppress(ProcessLookupError):
                self.process.terminate()

    def wait(self) -> None:
        """Wait for it to finish; when its patience is over, end it."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        self.end_group(signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"
