"""`manage.py up`: everything Hazumi needs on one machine: database, Redis, web, worker and beat,
with one log.
"""

from __future__ import annotations

import http.client
import os
import secrets
import shlex
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandParser

from portal.dev.embedded import CannotStart, Services
from portal.dev.embedded.children import Child, say
from portal.dev.embedded.folders import locked, prepare
from portal.dev.translations.catalogue import compile_catalogues
from portal.dev.welcome import lines

NOTED = (
    "HAZUMI_ENVIRONMENT",
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "HAZUMI_BASE_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "TRUSTED_PROXY_COUNT",
)


class Command(BaseCommand):
    help = (
        " Run Hazumi: its own PostgreSQL and Valkey, migrations, the demo at the first start, "
        "web, worker and beat."
    )
    requires_system_checks = ()
    stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=int, default=8000, help="where to listen on this machine (default 8000)"
        )
        parser.add_argument(
            "--no-demo", action="store_true", help="start empty, without the sample company"
        )
        parser.add_argument(
            "--data", type=Path, default=settings.HAZUMI_DATA_DIR, help="the data folder"
        )

    def handle(self, *args: Any, port: int, no_demo: bool, data: Path, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            check_port(port)
            self.run(port=port, with_demo=not no_demo, data=data.absolute())
        except CannotStart as problem:
            raise SystemExit(f"hazumi | {problem}") from None
        except KeyboardInterrupt:
            say("hazumi", "Stopped.")

    def stop(self, number: int, frame: FrameType | None) -> None:
        """The first signal stops in order; it interrupts whatever runs before the programs do."""
        if not self.stopping:
            self.stopping = True
            say("hazumi", "Stopping …")
            raise KeyboardInterrupt

    def run(self, *, port: int, with_demo: bool, data: Path) -> None:
        began = time.monotonic()
        with ExitStack() as stack:
            prepare(data)
            stack.enter_context(locked(data))
            services = Services(data)
            stack.callback(services.stop)
            say("hazumi", f"Starting PostgreSQL and Valkey in {data} …")
            services.start()
            environment = environment_for(services, port=port)
            stack.enter_context(noted(environment, data / "environment"))
            compile_catalogues()
            (data / "static").mkdir(exist_ok=True)
            manage(
                "migrate",
                "--no-input",
                "-v",
                "0",
                environment=environment,
                doing="Bringing the database up to date",
            )
            if settings.PRODUCTION:
                manage(
                    "collectstatic",
                    "--no-input",
                    "-v",
                    "0",
                    environment=environment,
                    doing="Collecting static files",
                )
            # everybody knows the log-ins of the sample
            if with_demo and not settings.PRODUCTION:
                load_demo(data, environment)
            children = [
                Child(
                    "web",
                    web_command(port),
                    environment=environment,
                    folder=settings.BASE_DIR,
                    patience=25,
                ),
                Child(
                    "worker",
                    worker_command(),
                    environment=environment,
                    folder=settings.BASE_DIR,
                    patience=15,
                ),
                Child(
                    "beat",
                    beat_command(data),
                    environment=environment,
                    folder=settings.BASE_DIR,
                    patience=5,
                ),
            ]
            stack.callback(stop_all, children)
            for child in children:
                child.start()
            wait_for(children[0], port, base_url=environment["HAZUMI_BASE_URL"])
            moved = data != settings.HAZUMI_DATA_DIR.absolute()
            welcome(
                lines(
                    database_url=environment["DATABASE_URL"],
                    base_url=environment["HAZUMI_BASE_URL"],
                    seconds=time.monotonic() - began,
                    data_option=f"HAZUMI_DATA_DIR={shlex.quote(str(data))} " if moved else "",
                )
            )
            while True:
                time.sleep(0.2)
                look_after(services, children)


def check_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotStart(
                f"Port {port} is for the system's own programs: choose another one with --port."
            ) from None
        except (OSError, OverflowError):
            raise CannotStart(
                f"Port {port} is taken or does not exist: stop the program that uses it, "
                "or choose another one, for example --port "
                f"{port + 1 if 1024 <= port < 65535 else 8001}."
            ) from None


def environment_for(services: Services, *, port: int) -> dict[str, str]:
    """What web, worker, beat and other commands of this start share."""
    note = services.data / "secret-key"
    if not note.exists():
        note.write_text(secrets.token_urlsafe(50))
        note.chmod(0o600)
    ours = {
        "SECRET_KEY": note.read_text().strip(),
        "HAZUMI_BASE_URL": f"http://localhost:{port}",
        # Celery's Django fixup sleeps without it in the environment
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        "PROMETHEUS_MULTIPROC_DIR": str(empty(services.data / "metrics")),
    }
    return {**ours, **os.environ, **services.environment}


def empty(folder: Path) -> Path:
    """Counters of the last start mean nothing in this one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@contextmanager
def noted(environment: dict[str, str], note: Path) -> Iterator[None]:
    """While we run, other commands in this folder find our database in this file
    (portal/deploy/environment.py reads it).
    """
    note.touch(mode=0o600)
    note.write_text(
        "".join(f"{name}='{environment[name]}'\n" for name in NOTED if name in environment)
    )
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def manage(*words: str, environment: dict[str, str], doing: str) -> None:
    """Run one of our own commands, its lines in the log. Raises CannotStart when it fails."""
    say("hazumi", f"{doing} …")
    command = Child(
        words[0],
        [sys.executable, "manage.py", *words],
        environment=environment,
        folder=settings.BASE_DIR,
        patience=5,
    )
    command.start()
    began = told = time.monotonic()
    try:
        while command.running():
            time.sleep(0.05)
            if time.monotonic() - told > 10:
                told = time.monotonic()
                say("hazumi", f"{doing}: {told - began:.0f} s so far …")
    finally:
        command.ask_to_stop()
        command.wait()
    if command.process is None or command.process.returncode:
        raise CannotStart(
            f"`manage.py {words[0]}` failed; the lines above say why. If the data folder comes "
            "from another version, keep it as it is and start that version, or choose another "
            "folder with --data DIR."
        )


def load_demo(data: Path, environment: dict[str, str]) -> None:
    """Load the sample company once; the note in the data folder says that it is there."""
    note = data / "demo-loaded"
    if note.exists() or "demo" not in get_commands():
        return
    manage(
        "demo",
        "--if-empty",
        environment=environment,
        doing="Loading the sample company (up to a minute, only this once)",
    )
    note.write_text(time.strftime("%Y-%m-%d %H:%M:%S\n"))


def web_command(port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "portal/deploy/gunicorn.py",
        "--bind",
        f"127.0.0.1:{port}",
        "portal.wsgi:application",
    ]


def worker_command() -> list[str]:
    return [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "portal.celery",
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        "4",
        "--without-gossip",
        "--without-mingle",
    ]


def beat_command(data: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "portal.celery",
        "beat",
        "--schedule",
        str(data / "beat-schedule"),
        "--pidfile",
        "",
    ]


def wait_for(web: Child, port: int, *, base_url: str) -> None:
    """Until a page is there: the health check may answer while every page fails.

    Raises CannotStart when the web dies, does not come in a minute, or answers something else.
    """
    give_up = time.monotonic() + 60
    while web.running() and time.monotonic() < give_up:
        try:
            answer = ask_for_page(port, base_url)
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        if answer == 200:
            return
        if answer == 503:  # the database is not there yet
            time.sleep(0.5)
            continue
        raise CannotStart(f"The home page answers {answer} instead of 200: {_reason(answer)}")
    raise CannotStart("The web server does not start; its last lines above say why.")


def ask_for_page(port: int, base_url: str) -> int:
    """Ask for the home page as a browser does through the proxy; return the status."""
    parts = urlsplit(base_url)
    headers = {
        "Host": parts.netloc,
        "Accept": "text/html",
        "X-Forwarded-Proto": parts.scheme,
        "X-Forwarded-For": "127.0.0.1",
    }
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("GET", "/", headers=headers)
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()


def _reason(status: int) -> str:
    if status == 301:
        return (
            "TRUSTED_PROXY_COUNT must count the proxy that speaks TLS, or every page is "
            "redirected for ever."
        )
    if status == 400:
        return "ALLOWED_HOSTS must contain the host of HAZUMI_BASE_URL."
    return "the lines above say why."


def welcome(told: list[str]) -> None:
    for line in ["", *told, ""]:
        say("hazumi", line)


def look_after(services: Services, children: list[Child]) -> None:
    """Start again whatever died."""
    for server in services.servers:
        if not server.alive():
            say("hazumi", f"{server.name} stopped; starting it again.")
            server.start()
            say("hazumi", f"{server.name} is back.")
    for child in children:
        child.look_after()


def stop_all(children: list[Child]) -> None:
    """Ask all at once, wait for each, and a second Ctrl-C hurries."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        try:
            child.wait()
        except KeyboardInterrupt:
            child.end_group(signal.SIGKILL)
    say("hazumi", "Web, worker and beat have stopped; the data stays in its folder.")
