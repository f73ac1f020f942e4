"""Structured logging: JSON in production, plain text elsewhere. Every line of a request carries its
id.

No line identifies a person: no addresses, no query strings, no tokens in paths. A user appears as a
number only.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

PROBES = (" /healthz", " /metrics")
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+\.[\w.-]+)")
QUERY = re.compile(r"\?\S+")
# A path part of 20 or more letters and digits that is not a public id is a token: invitations,
# password links.
TOKEN = re.compile(r"/(?![0-9a-f]{8}-[0-9a-f]{4}-)(?=[^/]*\d)[A-Za-z0-9_:-]{20,}")


def without_people(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Blank out what could name a person or open a door."""
    request = event.get("request")
    if isinstance(request, str):
        event["request"] = TOKEN.sub("/…", QUERY.sub("?…", request))
    for key, value in event.items():
        if isinstance(value, str) and "@" in value:
            event[key] = ADDRESS.sub(r"…@\1", value)
    return event


def quiet_repeats(record: logging.LogRecord) -> bool:
    """Drop what other lines cover: Django's log of every 4xx, and what /healthz found."""
    return record.levelno >= logging.ERROR and not record.getMessage().endswith(PROBES)


def without_probes(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Load balancers and Prometheus ask every few seconds; nobody wants to read that."""
    if event.get("event") == "request_finished" and str(event.get("request", "")).endswith(PROBES):
        raise structlog.DropEvent
    return event


def name_the_user(request: Any, response: Any, log_kwargs: dict[str, Any], **kwargs: Any) -> None:
    """Add the user's number to the line of a request, where the page asked who it is; give the
    answer its request id.
    """
    user = getattr(request, "_cached_user", None)
    if user is not None and user.pk:
        log_kwargs["user"] = user.pk
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        response.headers["X-Request-ID"] = request_id


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    without_people,
]


def configure(*, as_json: bool, level: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            without_probes,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: list[Processor]
    if as_json:
        stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
        renderer = [stamp, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        renderer = [_plain]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"errors": {"()": "django.utils.log.CallbackFilter", "callback": quiet_repeats}},
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderer,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"filters": ["errors"]},
            "celery.worker.strategy": {"level": "WARNING"},  # "received", every ten seconds
            "celery.app.trace": {"level": "WARNING"},  # "succeeded"
            "celery.redirected": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
        },
    }


def _plain(logger: WrappedLogger, name: str, event: EventDict) -> str:
    """`GET /questions/ 200` and the like: what a person reads while it runs."""
    said = str(event.pop("event", ""))
    level = str(event.pop("level", "info"))
    origin = str(event.pop("logger", ""))
    trace = event.pop("exception", None)
    if origin.startswith("django_structlog.middlewares") and said == "request_finished":
        said = f"{event.pop('request', '')} {event.pop('code', '')}"
        event["request_id"] = str(event.get("request_id", ""))[:8]
    rest = " ".join(
        f"{key}={value}"
        for key, value in event.items()
        if value not in (None, "") and key[0] != "_"
    )
    mark = "" if level == "info" else f"{level.upper()}: "
    return f"{mark}{said}{'  ' + rest if rest else ''}" + (f"\n{trace}" if trace else "")
