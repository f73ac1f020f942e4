"""The embedded Valkey (Redis protocol): append-only file on, reached over a unix socket only."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

from portal.dev.embedded.binaries import valkey_server
from portal.dev.embedded.errors import CannotStart
from portal.dev.embedded.folders import socket_folder
from portal.dev.embedded.privileges import hand_over
from portal.dev.embedded.server import Server, last_line

DATABASES = 64  # one per test process, and room


class Valkey(Server):
    name = "valkey"
    stop_signal = signal.SIGTERM

    @property
    def socket(self) -> Path:
        return socket_folder(self.data) / "valkey.sock"

    def url(self, number: int = 0) -> str:
        return f"unix://{self.socket}?db={number}"

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data / "valkey"),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "databases": str(DATABASES),
            "daemonize": "no",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        return [
            str(valkey_server()),
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]

    def prepare(self) -> None:
        valkey_server()
        self._end_orphan()
        self.socket.unlink(missing_ok=True)
        (self.data / "valkey").mkdir(exist_ok=True)
        hand_over(self.data / "valkey")

    def _end_orphan(self) -> None:
        """A server whose parent was killed may still hold the append-only file; ask it to go."""
        import redis  # starting the servers must not wait for it

        if not self.socket.exists():
            return
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=5, protocol=2) as client:
                client.shutdown(nosave=True)
        except (redis.RedisError, OSError):
            return
        time.sleep(0.2)

    def ready(self) -> bool:
        import redis  # starting the servers must not wait for it

        if not self.socket.exists():
            return False
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=2, protocol=2) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def start(self) -> None:
        """Start; a broken append-only file is put aside, because Redis never holds the only copy of
        anything.
        """
        try:
            super().start()
        except CannotStart:
            if "append only file" not in self.tail()[-2000:].lower():
                raise
            folder = self.data / "valkey"
            shutil.move(folder, self.data / f"valkey.broken-{int(time.time())}")
            super().start()

    def explain(self, tail: str) -> str:
        if "No space left on device" in tail:
            return f"The disk with {self.data} is full: free some space and start again."
        reason = last_line(tail, "Fatal", "Can't", "error", "#")
        return (
            f"Valkey does not start on {self.data / 'valkey'} ({reason}). Its log is "
            f"{self.log}. It holds only what can be rebuilt: keep the folder aside "
            f"(mv {self.data / 'valkey'} {self.data / 'valkey'}.old) and start again."
        )
