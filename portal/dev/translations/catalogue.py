"""The only catalogue (ja): compared with the source, updated, compiled by polib without GNU
gettext.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import polib

from portal.dev.translations.source import Message, messages

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "portal" / "locale" / "ja" / "LC_MESSAGES" / "django.po"
HEADER = {
    "Project-Id-Version": "Hazumi",
    "Language": "ja",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
WIDTH = 120
PLACEHOLDER = re.compile(r"%\([a-zA-Z_0-9]+\)[a-z]|%[sd]")


@dataclass
class Findings:
    """What is wrong between source and catalogue; each a list of short lines."""

    missing: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)
    placeholders: list[str] = field(default_factory=list)

    @property
    def groups(self) -> dict[str, list[str]]:
        return {
            "missing (run `manage.py translations --update`, then translate)": self.missing,
            "without Japanese": self.empty,
            "fuzzy": self.fuzzy,
            "obsolete (run `manage.py translations --update`)": self.obsolete,
            "placeholders differ": self.placeholders,
        }

    def __bool__(self) -> bool:
        return any(self.groups.values())


def key(entry: polib.POEntry) -> Message:
    return Message(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def read(path: Path = CATALOGUE) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), wrapwidth=WIDTH)
    return polib.POFile(wrapwidth=WIDTH)


def text_of(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr)


def compare(root: Path = ROOT, path: Path = CATALOGUE) -> Findings:
    """Hold the catalogue against the source. Raises ValueError for a string built at run time."""
    source = messages(root)
    entries = {key(entry): entry for entry in read(path) if not entry.obsolete}
    findings = Findings(
        missing=[f"{m.singular!r}  ({files[0]})" for m, files in source.items() if m not in entries]
    )
    for message, entry in entries.items():
        name = f"{message.singular!r}"
        text = text_of(entry)
        if message not in source:
            findings.obsolete.append(name)
        elif entry.fuzzy:
            findings.fuzzy.append(name)
        elif not text.strip():
            findings.empty.append(name)
        elif set(PLACEHOLDER.findall(text)) - set(
            PLACEHOLDER.findall(message.singular + message.plural)
        ):
            findings.placeholders.append(f"{name} / {text!r}")
    return findings


def update(root: Path = ROOT, path: Path = CATALOGUE) -> Findings:
    """Add what is missing (empty), drop what nothing uses, sort; what is translated stays.

    Returns what is left to do.
    """
    source = messages(root)
    known = {key(entry): entry for entry in read(path) if not entry.obsolete}
    fresh = polib.POFile(wrapwidth=WIDTH)
    fresh.metadata = HEADER
    for message in source:
        entry = known.get(message)
        if entry is None:
            entry = polib.POEntry(
                msgid=message.singular,
                msgctxt=message.context or None,
                msgid_plural=message.plural,
                msgstr_plural={0: ""} if message.plural else {},
            )
        flags = [flag for flag in ("python-format",) if PLACEHOLDER.search(message.singular)]
        entry.flags = flags + [flag for flag in entry.flags if flag == "fuzzy"]
        entry.occurrences, entry.comment = [], ""  # line numbers only make conflicts
        fresh.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(path), newline="\n")
    return compare(root, path)


def compile_catalogues(path: Path = CATALOGUE) -> bool:
    """Write the .mo file where it is missing or older than the .po file; return whether that was
    done.
    """
    target = path.with_suffix(".mo")
    if not path.exists() or (
        target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns
    ):
        return False
    beside = target.with_suffix(".mo.new")
    read(path).save_as_mofile(str(beside))
    beside.replace(target)
    return True
