"""CPU seconds and memory of process trees, read from /proc (Linux)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
MAINTENANCE = (b"checkpointer", b"background writer", b"autovacuum", b"logical replication")


def tree(root: int) -> list[int]:
    """Return a process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """CPU time of a tree so far, children that ended included; PostgreSQL's housekeeping processes
    are left out.
    """
    total = 0
    for pid in tree(root):
        with suppress(OSError, IndexError, ValueError):
            if any(word in Path(f"/proc/{pid}/cmdline").read_bytes() for word in MAINTENANCE):
                continue
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(fields[n]) for n in (11, 12, 13, 14))
    return total / TICK


def memory_bytes(root: int) -> int:
    """Proportional set size of a tree: shared pages are counted once."""
    total = 0
    for pid in tree(root):
        with suppress(OSError, IndexError, ValueError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total
