"""Running a server as a user other than root, as PostgreSQL requires.

As root we open a user namespace in which we are nobody: no useradd, no chown, files stay root's.
Where a container forbids that, the server runs as an existing unprivileged user. As an ordinary
user nothing is needed.
"""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from portal.dev.embedded.errors import CannotStart

LAUNCH = Path(__file__).with_name("launch.py")


def command(program: list[str], *, stop_with: int = 0, rights: str | None = None) -> list[str]:
    """The command line that starts a program with the right rights, and ends it with `stop_with`
    when we die.
    """
    return [
        sys.executable,
        "-I",
        "-S",
        str(LAUNCH),
        rights or server_rights(),
        str(int(stop_with)),
        *program,
    ]


@functools.cache
def server_rights() -> str:
    """As what a server runs: `as-is`, `namespace`, or an existing user.

    Raises CannotStart where nothing is left.
    """
    if os.geteuid() != 0:
        return "as-is"
    nothing = shutil.which("true") or "/bin/true"
    if (
        subprocess.run(
            command([nothing], rights="namespace"), capture_output=True, check=False
        ).returncode
        == 0
    ):
        return "namespace"
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise CannotStart(
        "PostgreSQL does not run as root here: start Hazumi as an ordinary user, or set "
        "DATABASE_URL."
    )


def hand_over(folder: Path) -> None:
    """Give a folder to the user the servers run as, where that is somebody else."""
    rights = server_rights()
    if rights not in {"as-is", "namespace"}:
        user = pwd.getpwnam(rights)
        os.chown(folder, user.pw_uid, user.pw_gid)
