"""Parser of a Stack Exchange dump: eight XML tables of `<row …/>`. Writes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

Row = dict[str, str]
TABLES = ("Users", "Tags", "Posts", "Comments", "Votes", "PostLinks", "PostHistory", "Badges")


class NotADump(ValueError):
    """The folder does not hold the tables of a dump."""


@dataclass
class Tally:
    """What became of the rows of a table: created + updated + skipped + failed = rows."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    failed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def skipped(self) -> int:
        return sum(self.reasons.values())

    @property
    def adds_up(self) -> bool:
        return self.created + self.updated + self.skipped + self.failed == self.rows


@dataclass
class Dump:
    """The tables of one site."""

    folder: Path
    tables: dict[str, list[Row]]
    source: str
    host: str

    def texts(self) -> dict[str, list[Row]]:
        """The versions of each post's Markdown, oldest first (history types 2, 5 and 8)."""
        found: dict[str, list[Row]] = {}
        for row in self.tables["PostHistory"]:
            if row["PostHistoryTypeId"] in ("2", "5", "8") and row.get("Text"):
                found.setdefault(row["PostId"], []).append(row)
        return found

    def url(self, post_id: str) -> str:
        return f"https://{self.host}/q/{post_id}"


def read(folder: Path) -> Dump:
    """Read a folder into memory. Raises NotADump with a sentence that says what is missing."""
    missing = [name for name in TABLES if not (folder / f"{name}.xml").is_file()]
    if missing:
        raise NotADump(f"{folder} lacks {', '.join(f'{name}.xml' for name in missing)}")
    name = folder.resolve().name.removeprefix("se-")
    site = f"{name.removesuffix('-meta')}.meta" if name.endswith("-meta") else name
    tables = {table: list(_rows(folder / f"{table}.xml")) for table in TABLES}
    return Dump(folder, tables, f"se:{name}"[:40], f"{site}.stackexchange.com")


def _rows(path: Path) -> Iterator[Row]:
    try:
        # The parser of Python 3.11 and later is expat 2.4 or newer, which refuses entity bombs.
        for _event, element in ET.iterparse(path):  # noqa: S314  see above
            if element.tag == "row":
                yield dict(element.attrib)
                element.clear()
    except ET.ParseError as error:
        raise NotADump(f"{path.name} is broken: {error}") from error


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def tags_of(row: Row) -> list[str]:
    return re.findall(r"<([^>]+)>", row.get("Tags", "")) or [
        tag for tag in row.get("Tags", "").split("|") if tag
    ]


def plain(html: str) -> str:
    """A text from HTML, where a post has no Markdown in the history."""
    return re.sub(r"<[^>]+>", "", html.replace("</p>", "\n\n")).strip()


def markdown_of(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
