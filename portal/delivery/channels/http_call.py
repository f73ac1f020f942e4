"""One HTTP call for the channels: every outcome becomes an Answer."""

from __future__ import annotations

import json
import time
from typing import Any

from portal.core.web import http_client
from portal.delivery.retry import Answer

TIMEOUT = 15.0


def post_json(url: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """POST `body` as JSON, or as it is when it is bytes already."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    begun = time.monotonic()
    try:
        answer = http_client.send(
            "POST",
            url,
            headers={"Content-Type": "application/json", **(headers or {})},
            body=content,
            timeout=TIMEOUT,
        )
    except http_client.Unsafe as error:
        return Answer(error=str(error), refused=True)
    except http_client.Unreachable as error:
        return Answer(error=str(error), milliseconds=_since(begun))
    return Answer(
        status=answer.status,
        retry_after=answer.headers.get("retry-after", ""),
        body=answer.body.decode("utf-8", "replace").replace("\x00", ""),
        milliseconds=_since(begun),
    )


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)
