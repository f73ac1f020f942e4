"""Finds every translatable string in Python, templates and scripts, without GNU gettext."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

FOLDERS = ("portal", "community", "referrals", "templates")
# function name -> positions of (context, singular, plural); -1 where there is none
FUNCTIONS = {
    "_": (-1, 0, -1),
    "gettext": (-1, 0, -1),
    "gettext_lazy": (-1, 0, -1),
    "gettext_noop": (-1, 0, -1),
    "_lazy": (-1, 0, -1),
    "_noop": (-1, 0, -1),
    "ngettext": (-1, 0, 1),
    "ngettext_lazy": (-1, 0, 1),
    "pgettext": (0, 1, -1),
    "pgettext_lazy": (0, 1, -1),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


class Message(NamedTuple):
    """One string to translate. `context` and `plural` are empty where there is none."""

    context: str
    singular: str
    plural: str


def messages(root: Path) -> dict[Message, list[str]]:
    """Every message of the source with the files it stands in, sorted.

    Raises ValueError for a string built at run time.
    """
    found: dict[Message, set[str]] = {}
    for path in sorted(files(root)):
        where = path.relative_to(root).as_posix()
        for message in in_file(path, where):
            found.setdefault(message, set()).add(where)
    return {
        message: sorted(found[message])
        for message in sorted(found, key=lambda m: (m.singular, m.context))
    }


def files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            if (
                path.suffix in {".py", ".html", ".txt"}
                and "migrations" not in path.parts
                and "static" not in path.parts
            ):
                yield path


def in_file(path: Path, where: str) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from in_python(text, where)
    elif "{%" in text or "{{" in text:
        yield from in_template(text, where)


def in_template(text: str, where: str) -> Iterator[Message]:
    """Django turns a template into lines of pseudo-code that call gettext; read only those
    calls.
    """
    for line in templatize(text, origin=where).split("\n"):
        for call in _calls_in_pseudo_code(line):
            yield from in_python(call, where)


def _calls_in_pseudo_code(line: str) -> Iterator[str]:
    """templatize writes `gettext(u'…')` amid X's; cut the calls out by trying ever longer ends."""
    start = 0
    while True:
        hits = [
            (at, name)
            for name in FUNCTIONS
            if (at := line.find(f"{name}(", start)) >= 0 and _is_start(line, at)
        ]
        if not hits:
            return
        at = min(hits)[0]
        end = line.find(")", at)
        while end >= 0:
            try:
                ast.parse(line[at : end + 1].strip())
            except SyntaxError:
                end = line.find(")", end + 1)
                continue
            yield line[at : end + 1]
            break
        start = (end if end >= 0 else at) + 1


def _is_start(line: str, at: int) -> bool:
    return at == 0 or not (line[at - 1].isalnum() or line[at - 1] in "_.'\"")


def in_python(text: str, where: str) -> Iterator[Message]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        tree = ast.parse(text)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in FUNCTIONS and node.args:
            message = _message(node, name, where)
            if message is not None and message.singular:
                yield message


def _message(node: ast.Call, name: str, where: str) -> Message | None:
    parts: list[str] = []
    for position in FUNCTIONS[name]:
        if position < 0:
            parts.append("")
            continue
        value = node.args[position] if position < len(node.args) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            parts.append(value.value)
        elif isinstance(value, (ast.JoinedStr, ast.BinOp)):
            raise ValueError(
                f"{where}:{node.lineno}: {name}() needs one plain string; put values in with % "
                "afterwards."
            )
        else:
            return None  # a variable: marked elsewhere with gettext_noop
    return Message(*parts)
