"""The embedded PostgreSQL: a cluster under `data/postgres`, reached over a unix socket only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from portal.dev.embedded import privileges
from portal.dev.embedded.binaries import postgres_folder
from portal.dev.embedded.errors import CannotStart
from portal.dev.embedded.folders import socket_folder
from portal.dev.embedded.privileges import hand_over
from portal.dev.embedded.server import Server, last_line

USER = "hazumi"  # made by initdb: a superuser, who makes databases and nothing else
OWNER = "hazumi_owner"  # an ordinary role that owns each database, as at a provider's
INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--data-checksums",
)
# Only for throw-away clusters (tests, benchmark): a killed process loses nothing, a power cut loses
# all.
FORGETFUL = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")


class Postgres(Server):
    name = "postgres"
    _owners: Mapping[str, str] = {}
    stop_signal = signal.SIGINT  # "fast": end sessions, write a checkpoint, go

    @property
    def cluster(self) -> Path:
        return self.data / "postgres"

    @property
    def sockets(self) -> Path:
        return socket_folder(self.data)

    def url(self, database: str = "hazumi") -> str:
        """Return the address of a database, as its owner."""
        return self._address(self._owners.get(database, OWNER), database)

    @property
    def _admin(self) -> str:
        return self._address(USER, "postgres")

    def _address(self, user: str, database: str) -> str:
        return f"postgresql://{user}@{quote(str(self.sockets), safe='')}/{database}"

    def command(self) -> list[str]:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "max_connections=100",
            "shared_buffers=128MB",
            "log_min_messages=warning",
            "log_checkpoints=off",
            "jit=off",
            "TimeZone=UTC",
            *(() if self.durable else FORGETFUL),
        ]
        flags = [part for setting in settings for part in ("-c", setting)]
        return [str(postgres_folder() / "postgres"), "-D", str(self.cluster), *flags]

    def prepare(self) -> None:
        """Make the cluster where there is none; look at the one that is there."""
        program = postgres_folder()
        if not self.cluster.exists():
            self._create(program)
        note = self.cluster / "PG_VERSION"
        if not note.exists():
            raise CannotStart(
                f"{self.cluster} is not a PostgreSQL database (PG_VERSION is missing). Nothing was "
                "changed: put the right folder there, or choose another one with --data DIR."
            )
        ours = subprocess.run(
            [program / "postgres", "--version"], capture_output=True, text=True, check=False
        ).stdout
        theirs = note.read_text().strip()
        if f" {theirs}." not in ours:
            raise CannotStart(
                f"{self.cluster} was made by PostgreSQL {theirs} and this is {ours.strip()}: "
                "dump it with the old "
                "version and load it with this one (README, upgrade), or choose another folder "
                "with --data DIR."
            )
        self._end_orphan()

    def _create(self, program: Path) -> None:
        """initdb beside its place, then one rename: a cluster is whole or not there."""
        fresh = self.data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        hand_over(fresh)
        options = [
            *INITDB,
            "-A",
            "trust",
            "--no-instructions",
            "-U",
            USER,
            *([] if self.durable else ["--no-sync"]),
        ]
        made = subprocess.run(
            privileges.command([str(program / "initdb"), "-D", str(fresh), *options]),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.data,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        )
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise CannotStart(self.explain(made.stderr or made.stdout))
        fresh.rename(self.cluster)

    def _end_orphan(self) -> None:
        """A server whose parent was killed may still run on our cluster; end it. Its notes are
        removed where the process they name is gone, or is another program that got its number
        since (after a reboot, in a container, in a copied folder).

        The caller holds the lock of the data folder, so whoever runs here has lost its owner.
        """
        for note in (self.cluster / "postmaster.pid", self.socket_lock):
            pid = _noted_pid(note)
            if pid is not None and _runs_on(pid, self.cluster):
                self._end(pid)
            note.unlink(missing_ok=True)

    @property
    def socket_lock(self) -> Path:
        """PostgreSQL refuses to start while this names a living process, whatever it is."""
        return self.sockets / ".s.PGSQL.5432.lock"

    def _end(self, pid: int) -> None:
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            try:
                os.kill(pid, how)
            except ProcessLookupError:
                return
            except PermissionError:
                break
            for _ in range(100):
                if not _runs_on(pid, self.cluster):
                    return
                time.sleep(0.1)
        raise CannotStart(
            f"Another PostgreSQL still runs on {self.cluster} (process {pid}): stop it and start "
            "again. Nothing was changed."
        )

    def ready(self) -> bool:
        import psycopg  # starting the servers must not wait for it

        try:
            with psycopg.connect(self._admin, connect_timeout=2):
                return True
        except psycopg.Error:
            return False

    def worth_another_try(self, tail: str) -> bool:
        """The backends of a killed server need a moment to notice and release its shared memory."""
        return "shared memory block" in tail or "lock file" in tail

    def create_database(self, name: str = "hazumi") -> None:
        """Make a database and its owner where they are missing; one of before keeps its owner."""
        import psycopg  # starting the servers must not wait for it
        from psycopg import sql  # starting the servers must not wait for it

        owner = sql.Identifier(OWNER)
        with psycopg.connect(self._admin, autocommit=True) as connection:
            if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [OWNER]).rowcount:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(owner))
            if not self.durable:  # tests empty append-only tables between them
                may = "GRANT SET ON PARAMETER session_replication_role TO {}"
                connection.execute(sql.SQL(may).format(owner))
            known = connection.execute(
                "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
            if known is None:
                make = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(make.format(sql.Identifier(name), owner))
            self._owners = {**self._owners, name: str(known[0]) if known else OWNER}

    def drop_database(self, name: str) -> None:
        import psycopg  # starting the servers must not wait for it
        from psycopg import sql  # starting the servers must not wait for it

        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def explain(self, tail: str) -> str:
        reason = last_line(tail, "FATAL", "PANIC", "error:", "could not")
        if "No space left on device" in tail:
            return f"The disk with {self.data} is full: free some space and start again."
        if "shared memory" in tail and "No space" in tail:
            return (
                "The machine's shared memory (/dev/shm) is full: "
                "enlarge it (docker run --shm-size=256m)."
            )
        return (
            f"PostgreSQL does not start on {self.cluster} ({reason}). Its log, {self.log}, says "
            "more. Keep the folder as it is: Hazumi changed nothing in it. Meanwhile a backup can "
            "be restored into another folder (--data DIR)."
        )


def _noted_pid(note: Path) -> int | None:
    """The process a lock file names; the one of a standalone backend is negative."""
    try:
        return abs(int(note.read_text(errors="replace").split()[0])) or None
    except (OSError, ValueError, IndexError):
        return None


def _runs_on(pid: int, cluster: Path) -> bool:
    """Is this process a PostgreSQL server on that cluster (and not somebody who got the number
    since)?
    """
    if pid == os.getpid():
        return False
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        if Path("/proc/self").exists():
            return False
        line = _listed_command(pid)  # macOS
        return f"/postgres -D {cluster} " in line
    if Path(os.fsdecode(words[0])).name != "postgres" or b"-D" not in words[:-1]:
        return False
    folder = Path(os.fsdecode(words[words.index(b"-D") + 1]))
    return folder == cluster or folder.resolve() == cluster.resolve()


def _listed_command(pid: int) -> str:
    ps = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout
