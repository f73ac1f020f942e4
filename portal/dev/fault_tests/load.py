"""A small load of posts over HTTP: every post has an idempotency key and is sent again until it is
acknowledged.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

CSRF = "d" * 32
# seconds between a thread's posts: a small load, within what one person may post in an hour
PAUSE = 0.4
TOPIC = re.compile(r"/questions/(\d+)/")


@dataclass
class Load:
    """Threads that post as different people.

    `acknowledged` holds (moment, topic id); `sent` counts every try.
    """

    port: int
    people: list[dict[str, Any]]
    threads: int = 4
    acknowledged: list[tuple[float, int]] = field(default_factory=list)
    sent: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for number in range(self.threads):
            thread = threading.Thread(target=self._post_on, args=[number], daemon=True)
            thread.start()
            self._running.append(thread)

    def stop(self) -> None:
        self.stopping.set()
        for thread in self._running:
            thread.join(timeout=30)

    def _post_on(self, number: int) -> None:
        mine = self.people[number :: self.threads]
        turn = 0
        while not self.stopping.is_set():
            person, key = mine[turn % len(mine)], uuid.uuid4()
            turn += 1
            self._until_acknowledged(person, key)
            self.stopping.wait(PAUSE)

    def _until_acknowledged(self, person: dict[str, Any], key: uuid.UUID) -> None:
        """Send the same post until the server acknowledges or refuses it."""
        for _ in range(200):
            answer, topic = self._send(person, key)
            with self._lock:
                self.sent += 1
                self.answers[answer] = self.answers.get(answer, 0) + 1
                if topic is not None:
                    self.acknowledged.append((time.monotonic(), topic))
            if topic is not None or answer in ("429", "422", "403"):
                return
            time.sleep(0.1)

    def _send(self, person: dict[str, Any], key: uuid.UUID) -> tuple[str, int | None]:
        body = urlencode(
            {
                "form_key": str(key),
                "title": f"drill {key}",
                "body": "訓練の投稿です。",
                "space": person["space"],
                "visibility": "public",
                "tags": "",
                "csrfmiddlewaretoken": CSRF,
            }
        )
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept-Language": "ja",
            "User-Agent": "hazumi-drill",
            "Cookie": f"sessionid={person['session']}; csrftoken={CSRF}",
        }
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            line.request("POST", "/questions/ask/", body, headers)
            response = line.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__, None
        finally:
            line.close()
        found = TOPIC.search(response.getheader("Location") or "")
        return str(response.status), int(found[1]) if response.status == 302 and found else None

    @property
    def longest_silence(self) -> float:
        """The longest time between two acknowledgements."""
        moments = sorted(moment for moment, _ in self.acknowledged)
        return max((b - a for a, b in pairwise(moments)), default=0.0)
