"""Starts a server process: `python launch.py RIGHTS SIGNAL program arguments…`. Standard library
only.

RIGHTS is `as-is`, `namespace` (root opens a user namespace in which it is nobody) or the name of a
user to become. SIGNAL is sent to the server when its parent dies, so that kill -9 of the parent
leaves no orphan (Linux); 0 for none. A separate process rather than a preexec_fn, which may hang
where the parent has threads.
"""

import ctypes
import os
import pwd
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534  # the mapped uid must exist in passwd, and this one does everywhere


def become_nobody() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in {
        "setgroups": "deny",
        "uid_map": f"{NOBODY} 0 1",
        "gid_map": f"{NOBODY} 0 1",
    }.items():
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def become(name: str) -> None:
    user = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def main(rights: str, signal: str, *command: str) -> None:
    parent = os.getppid()
    if rights == "namespace":
        become_nobody()
    elif rights != "as-is":
        become(rights)
    if (
        signal != "0" and sys.platform == "linux"
    ):  # after the change of rights, which would clear it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal))
        if os.getppid() != parent:
            raise SystemExit(1)
    os.execv(command[0], list(command))


if __name__ == "__main__":
    main(*sys.argv[1:])
