"""Every exception to a rule says why, and there are few of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.test_architecture import ROOT, name, sources

MOST_IGNORES = 20
# Registries are filled where Django calls `ready`: models are loaded only then.
WHERE_IMPORTS_BELONG = re.compile(r"(apps\.py ready|community/wiring\.py (fill|_navigation))$")


def lines() -> Iterator[tuple[str, str]]:
    for path in sources():
        if path != Path(__file__):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                yield f"{name(path)}:{number}", line


def test_what_the_type_checker_overlooks_has_a_reason() -> None:
    ignored = {place: line for place, line in lines() if "# type: ignore" in line}
    assert not [
        place
        for place, line in ignored.items()
        if not re.search(r"# type: ignore\[[\w, -]+\]  # .*\w", line)
    ]
    assert len(ignored) <= MOST_IGNORES


def test_what_the_linter_and_the_formatter_overlook_has_a_reason() -> None:
    assert not [
        place
        for place, line in lines()
        if re.search(r"# (noqa|fmt:)", line)
        and not re.search(r"# noqa: [A-Z]+\d+(  |  # | - )\w", line)
    ]


def test_an_import_inside_a_function_has_a_reason() -> None:
    silent = []
    for path in sources():
        text = path.read_text().splitlines()
        for function in ast.walk(ast.parse("\n".join(text))):
            if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            if WHERE_IMPORTS_BELONG.search(f"{name(path)} {function.name}"):
                continue
            silent += [
                f"{name(path)}:{node.lineno}"
                for node in ast.walk(function)
                if isinstance(node, (ast.Import, ast.ImportFrom))
                and not any("  # " in line for line in text[node.lineno - 1 : node.end_lineno])
            ]
    assert not silent


def test_python_redirects_to_names_not_to_typed_paths() -> None:
    assert not [
        place
        for place, line in lines()
        if not place.startswith("tests/") and re.search(r"redirect\(f?[\"']/\w", line)
    ]


def test_templates_link_to_names_not_to_typed_paths() -> None:
    typed = re.compile(r"(href|action|hx-get|hx-post|formaction)=\"/[\w{]")
    assert not [
        f"{name(path)}:{number}"
        for path in (ROOT / "templates").rglob("*.html")
        if path.name
        not in (
            "500.html",
            "503.html",
        )  # when nothing else works
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if typed.search(line)
    ]
