"""Running a server as somebody other than root, which PostgreSQL insists on.

As root we open a user namespace in which we are nobody: no useradd, no chown, files stay root's. Where a container
refuses that, the server runs as an existing unprivileged user. As an ordinary user nothing is needed.
"""

from __future__ import annotations

import ctypes
import functools
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from portal.embedded.errors import CannotStart

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534  # the mapped uid must exist in passwd, and this one does everywhere


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def follow_parent(how: int = signal.SIGTERM) -> None:
    """In a child: be told when the parent dies, so that kill -9 of the parent leaves no orphan (Linux only)."""
    if sys.platform == "linux":
        _libc().prctl(PR_SET_PDEATHSIG, how)


def _become_nobody_in_namespace() -> None:
    if _libc().unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} 0 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} 0 1")


@functools.cache
def _namespace_works() -> bool:
    if sys.platform != "linux":
        return False
    try:
        return subprocess.run(["/bin/true"], preexec_fn=_become_nobody_in_namespace, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


@functools.cache
def stand_in() -> pwd.struct_passwd | None:
    """The user a server must run as because we are root and namespaces are refused; None where we run it as we are."""
    if os.geteuid() != 0 or _namespace_works():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("PostgreSQL does not run as root here: start Hazumi as an ordinary user, or set DATABASE_URL.")


def drop(*, stop_with: int | None) -> Callable[[], None]:
    """What a server's child process does before it becomes the server."""

    def before_exec() -> None:
        user = stand_in()
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        elif os.geteuid() == 0:
            _become_nobody_in_namespace()
        if stop_with is not None:
            follow_parent(stop_with)  # after the change of rights, which clears it

    return before_exec


def hand_over(folder: Path) -> None:
    """Give a folder to the user the servers run as, where that is somebody else."""
    user = stand_in()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
