"""Parser of a Stack Exchange dump: XML tables of one `<row …/>` a line. Writes nothing."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from community.imports.site import host_of

Row = dict[str, str]
# Each table with what a row of it cannot do without; only the first two must be there.
TABLES: Final[dict[str, tuple[str, ...]]] = {
    "Users": ("Id", "CreationDate"),
    "Posts": ("Id", "PostTypeId", "CreationDate"),
    "Tags": ("TagName",),
    "Comments": ("Id", "PostId", "CreationDate"),
    "Votes": ("Id", "PostId", "VoteTypeId", "CreationDate"),
    "PostLinks": ("Id",),
    "PostHistory": ("Id", "PostId", "PostHistoryTypeId", "CreationDate"),
    "Badges": ("Id",),
}
NEEDED: Final = ("Users", "Posts")
NUMBERS: Final = ("Id", "PostId", "PostTypeId", "VoteTypeId", "PostHistoryTypeId", "ViewCount")
ILLEGAL: Final = re.compile(
    r"&#(?:x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)


class NotADump(ValueError):
    """The folder does not hold the tables of a dump."""


class Malformed(NamedTuple):
    """A row that was left out, and where it stands."""

    file: str
    line: int
    why: str


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
    """The tables of one site. `source` is its identity, whatever its folder is called."""

    folder: Path
    tables: dict[str, list[Row]]
    malformed: list[Malformed]
    source: str
    host: str  # "" where nothing says it

    def tallies(self) -> dict[str, Tally]:
        """Return an empty tally of each table; malformed rows have failed already."""
        failed = Counter(one.file for one in self.malformed)
        return {
            name: Tally(rows=len(rows) + failed[f"{name}.xml"], failed=failed[f"{name}.xml"])
            for name, rows in self.tables.items()
        }

    def texts(self) -> dict[str, list[Row]]:
        """The versions of each post's Markdown, oldest first (history types 2, 5 and 8)."""
        found: dict[str, list[Row]] = {}
        for row in self.tables["PostHistory"]:
            if row["PostHistoryTypeId"] in ("2", "5", "8") and row.get("Text"):
                found.setdefault(row["PostId"], []).append(row)
        return found

    def url(self, post_id: str) -> str:
        return f"https://{self.host}/q/{post_id}" if self.host else ""


def read(folder: Path, *, site: str = "") -> Dump:
    """Read a folder into memory; `site` is its host where that is known.

    Raises NotADump with a sentence that says what is missing.
    """
    missing = [name for name in NEEDED if not (folder / f"{name}.xml").is_file()]
    if missing:
        raise NotADump(f"{folder} lacks {', '.join(f'{name}.xml' for name in missing)}")
    malformed: list[Malformed] = []
    tables = {name: list(_rows(folder / f"{name}.xml", name, malformed)) for name in TABLES}
    if not tables["Users"]:
        raise NotADump(f"{folder / 'Users.xml'} holds no people")
    host = site or host_of(tables["Posts"], folder.resolve().name)
    return Dump(folder, tables, malformed, _identity(tables["Users"]), host)


def _identity(users: list[Row]) -> str:
    """Return what names a site in every dump of it: its first account, made with the site to the
    millisecond.
    """
    first = min(users, key=lambda row: int(row["Id"]))
    said = f"{first['Id']} {first['CreationDate']}"
    return f"se:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _rows(path: Path, table: str, malformed: list[Malformed]) -> Iterator[Row]:
    """Read a table line by line: one broken row costs only itself."""
    if not path.is_file():
        return
    seen: set[str] = set()
    for number, text in _elements(path):
        try:
            row = _row(text)
            wrong = _wrong(row, table, seen)
        except ET.ParseError as error:
            row, wrong = {}, f"no XML ({str(error).partition(':')[0]})"
        if wrong:
            malformed.append(Malformed(path.name, number, wrong))
            continue
        seen.add(row.get("Id", ""))
        yield row


def _elements(path: Path) -> Iterator[tuple[int, str]]:
    """Return every row's text with the line it begins on; one that spans lines is put together."""
    begun, parts = 0, list[str]()
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            text = line.strip()
            if re.match(r"<row\b", text):
                if parts:
                    yield begun, " ".join(parts)
                begun, parts = number, []
            elif not parts:
                continue
            elif text.startswith("</"):
                yield begun, " ".join(parts)
                parts = []
                continue
            parts.append(text)
            if text.endswith(("/>", "</row>")):
                yield begun, " ".join(parts)
                parts = []
    if parts:
        yield begun, " ".join(parts)


def _row(text: str) -> Row:
    # One element without a document type: there is no entity to expand.
    element = ET.fromstring(ILLEGAL.sub("", text))  # noqa: S314  see above
    return {name: value.replace("\x00", "") for name, value in element.attrib.items()}


def _wrong(row: Row, table: str, seen: set[str]) -> str:
    """Say why a row cannot be used; "" when it can."""
    for name in TABLES[table]:
        if not row.get(name, "").strip():
            return f"no {name}"
    for name in NUMBERS:
        if name in row and not re.fullmatch(r"-?\d{1,18}", row[name]):
            return f"{name} is no number: {row[name][:40]}"
    for name in ("CreationDate", "LastActivityDate"):
        if name in row and not _is_moment(row[name]):
            return f"{name} is no date: {row[name][:40]}"
    if table == "Posts" and row["PostTypeId"] == "2" and not row.get("ParentId"):
        return "an answer without ParentId"
    return f"Id {row['Id']} came before" if row.get("Id") in seen else ""


def _is_moment(text: str) -> bool:
    try:
        return 1990 <= moment(text).year <= 2200
    except ValueError:
        return False


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def tags_of(row: Row) -> list[str]:
    return re.findall(r"<([^>]+)>", row.get("Tags", "")) or [
        tag for tag in row.get("Tags", "").split("|") if tag
    ]


def markdown_of(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
