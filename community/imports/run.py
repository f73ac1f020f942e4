"""What one run over a dump shares: its tallies, and what was made or found so far by its old id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import models

from community.imports.dump import Dump, Row, Tally, markdown_of
from community.imports.html import RAW_HTML, to_markdown
from community.models import Post, Space, Topic
from community.rules.event_payloads import subject_of
from portal import events
from portal.accounts.models import User

Say = Callable[[str, int, int], None]
NO_POST: Final = "its post is not in the dump"
THERE: Final = "there already"


def _quiet(stage: str, done: int, total: int) -> None:
    """Say nothing."""


@dataclass
class Run:
    """One run over one dump."""

    dump: Dump
    say: Say = _quiet
    people: dict[str, User] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    space: Space = field(default_factory=Space)
    tallies: dict[str, Tally] = field(init=False)
    texts: dict[str, list[Row]] = field(init=False)
    accepted: dict[str, str] = field(init=False)  # when an answer was accepted, by its id
    failures: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tallies, self.texts = self.dump.tallies(), self.dump.texts()
        self.accepted = {}
        for vote in self.dump.tables["Votes"]:
            if vote["VoteTypeId"] == "1":
                self.accepted.setdefault(vote["PostId"], vote["CreationDate"])

    def known(self, model: type[models.Model]) -> set[str]:
        """Return the old ids of what is there of this site."""
        rows = model._default_manager.filter(source=self.dump.source)  # noqa: SLF001  its documented name
        return set(rows.values_list("external_id", flat=True))

    def author(self, row: Row, key: str = "OwnerUserId") -> User | None:
        return self.people.get(row.get(key, ""))

    def text(self, row: Row) -> str:
        """Return a post's Markdown: its own where that has no raw HTML, else from what it was
        rendered to.
        """
        versions = self.texts.get(row["Id"])
        written = markdown_of(versions[-1]["Text"]) if versions else ""
        if row.get("Body") and (not written or RAW_HTML.search(written)):
            return to_markdown(row["Body"])
        return written

    def publish(self, fact: Any, topic: Topic, actor: User | None, at: datetime, key: str) -> None:
        events.publish(
            fact, subject=subject_of(topic), actor=actor, now=at, key=f"{self.dump.source}:{key}"
        )
