"""A complete Hazumi in a temporary folder, whose processes can be killed and started one by one."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from django.conf import settings

from portal.dev.embedded import running
from portal.dev.embedded.server import Server
from portal.dev.embedded.services import Services
from portal.management.commands.up import beat_command, web_command, worker_command


class Program:
    """A process with a log file; killed with all its children."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], folder: Path
    ) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=settings.BASE_DIR,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, children too."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Stack:
    """PostgreSQL, Valkey, web, worker, beat."""

    def __init__(self, services: Services) -> None:
        self.services = services
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        folder = services.data
        (folder / "static").mkdir(exist_ok=True)
        (folder / "metrics").mkdir(exist_ok=True)
        self.environment = {
            **os.environ,
            **services.environment,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "HAZUMI_BASE_URL": f"http://localhost:{self.port}",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "HAZUMI_WRITES_PER_MINUTE": "100000",
            "PYTHONUNBUFFERED": "1",
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        }
        commands = {
            "web": web_command(self.port),
            "worker": worker_command(),
            "beat": beat_command(folder),
        }
        self.programs = {
            name: Program(name, words, self.environment, folder) for name, words in commands.items()
        }

    def manage(self, *words: str) -> str:
        """Run one of our own commands and return what it printed last.

        Raises CalledProcessError.
        """
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            env=self.environment,
            cwd=settings.BASE_DIR,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip().rpartition("\n")[2]

    def last_words(self) -> str:
        """Return the last lines that web, worker and beat wrote: where to look when an invariant is
        broken.
        """
        tails = []
        for name, program in self.programs.items():
            lines = (
                program.log.read_text(errors="replace").splitlines()[-15:]
                if program.log.exists()
                else []
            )
            tails += [f"--- {name}", *lines]
        return "\n".join(tails)

    def part(self, name: str) -> Program | Server:
        """Return what is called web, worker, beat, valkey or postgres."""
        return {"valkey": self.services.valkey, "postgres": self.services.postgres}.get(
            name
        ) or self.programs[name]


@contextmanager
def standing() -> Iterator[Stack]:
    """A running stack; everything is killed and its folder removed afterwards."""
    with ExitStack() as exits:
        stack = Stack(exits.enter_context(running(durable=True)))
        stack.manage("migrate", "--no-input", "-v", "0")
        for program in stack.programs.values():
            exits.callback(program.kill)
            program.start()
        yield stack
