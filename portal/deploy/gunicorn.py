"""gunicorn's settings, for `manage.py up` and for production alike; set by WEB_WORKERS, WEB_THREADS
and WEB_BIND.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

M_ARENA_MAX = -8  # malloc.h

# Counters of several processes meet in files; without the folder every process would show only its
# own.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="hazumi-metrics-")

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
preload_app = True  # workers share what was loaded before they were forked
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60  # a worker silent for this long is replaced
graceful_timeout = 20  # requests under way may finish at a stop or reload
keepalive = 5
# Against slow leaks, and to share memory with a fresh fork again; jitter keeps workers from
# restarting together.
max_requests, max_requests_jitter = 20_000, 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True
loglevel = "warning"  # requests are logged by the application, with their request id
proc_name = "hazumi-web"


def when_ready(server: Any) -> None:
    """Load what every worker needs, the tokenizer's dictionary too, and keep it in memory that they
    share.

    A collection of garbage writes into every object it looks at, and a page written to is a page of
    one's own.
    """
    from django.urls import get_resolver  # in the master only, once Django is set up

    from portal.search.tokens import normalise, tokens  # in the master only, once Django is set up

    get_resolver()._populate()  # noqa: SLF001  otherwise every worker does it at its first request
    list(tokens(normalise("請求書")))
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        allocator = ctypes.CDLL(None)
        if hasattr(
            allocator, "mallopt"
        ):  # glibc: an arena per thread would hold what no thread uses any more
            allocator.mallopt(M_ARENA_MAX, 2)
            allocator.malloc_trim(0)


def child_exit(server: Any, worker: Any) -> None:
    """Forget the live gauges of a process that has gone."""
    from prometheus_client import multiprocess  # in the master only, once Django is set up

    multiprocess.mark_process_dead(worker.pid)
