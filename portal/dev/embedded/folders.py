"""Layout of the data folder, and the short folder for sockets where its path is too long."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.dev.embedded.errors import CannotStart
from portal.dev.embedded.privileges import hand_over

LONGEST_SOCKET = 103  # bytes; Linux allows 107, macOS 103
LONGEST_NAME = len("/.s.PGSQL.5432.lock")
NEEDED_BYTES = 300 * 1024 * 1024


def socket_folder(data: Path) -> Path:
    """`data/run`, or a folder in the temporary directory keyed by the path where that would be too
    long.
    """
    run = data / "run"
    if len(os.fsencode(run)) + LONGEST_NAME <= LONGEST_SOCKET:
        return run
    key = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path("/tmp") / f"hazumi-{os.getuid()}-{key}"  # its owner is checked below


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode):
        raise CannotStart(f"{folder} is not a folder: move it away and start again.")
    hand_over(folder)


def prepare(data: Path) -> None:
    """Make the data folder and its parts.

    Raises CannotStart where it cannot be written or the disk is full.
    """
    try:
        for folder in (data, data / "log", data / "valkey", socket_folder(data)):
            _make(folder)
        probe = tempfile.TemporaryFile(dir=data)  # noqa: SIM115 - closed at once
        probe.close()
        run = socket_folder(data)
        if run.lstat().st_uid not in {os.geteuid(), data.lstat().st_uid}:
            raise CannotStart(
                f"{run} belongs to somebody else: remove it, or choose another --data folder."
            )
        run.chmod(0o700)
    except OSError as problem:
        raise CannotStart(
            f"The data folder {data} cannot be used ({problem.strerror}): "
            "choose another one with --data DIR, or make it yours (chown)."
        ) from None
    free = shutil.disk_usage(data).free
    if free < NEEDED_BYTES:
        raise CannotStart(
            f"The disk with {data} has {free // 2**20} MB left and Hazumi needs "
            f"{NEEDED_BYTES // 2**20}: "
            "free some space, or choose another place with --data DIR."
        )


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the data folder for this process alone; the lock goes with the process, however it
    ends.
    """
    note = data / "lock"
    try:
        handle = note.open("a+")
    except OSError as problem:
        raise CannotStart(
            f"{note} cannot be opened ({problem.strerror}): choose another folder with --data DIR."
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            who = handle.read().strip() or "unknown"
            raise CannotStart(
                f"Hazumi already runs on {data} (process {who}): "
                "stop that one first (Ctrl-C), or choose another folder with --data DIR."
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
        with suppress(OSError):
            handle.truncate(0)
