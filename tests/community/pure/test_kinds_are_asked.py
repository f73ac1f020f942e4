"""Nobody outside community/topic_kinds tells the kinds of topics apart by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from community import topic_kinds

ROOT = Path(__file__).resolve().parents[3]
VALUES = {kind.value for kind in topic_kinds.all_kinds()}
NAMES = {value.upper() for value in VALUES}
MENTIONED = re.compile(rf"\b({'|'.join(VALUES | NAMES)})\b|kind}}")
NARROWING = {"filter", "exclude", "get", "first", "Q", "Count", "When"}
IN_TEMPLATES = re.compile(
    rf"""kind\s*(==|!=|in)\s*["']({"|".join(VALUES)})["']|is_({"|".join(VALUES)})\b|\bkind\s*}}}}s/"""
)


def names_a_kind(node: ast.AST) -> bool:
    """Whether an expression is the name of a kind, or a list of such."""
    if isinstance(node, ast.Constant):
        return node.value in VALUES
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return any(names_a_kind(each) for each in node.elts)
    if isinstance(node, ast.Attribute):
        return node.attr in NAMES or (node.attr == "value" and names_a_kind(node.value))
    return isinstance(node, ast.Name) and node.id in NAMES


def is_about_a_kind(node: ast.AST) -> bool:
    """Whether a side of a comparison is a topic's kind: signals have kinds and stories too."""
    text = ast.unparse(node)
    return re.search(r"\b(kind|spec|noun)\b", text) is not None


def told_apart(source: str) -> Iterator[int]:
    """Yield the lines that compare or dispatch by the name of a kind, or ask rows by it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(map(names_a_kind, sides)) and any(map(is_about_a_kind, sides)):
                yield node.lineno
        elif isinstance(node, ast.Match):
            if is_about_a_kind(node.subject):
                yield node.lineno
        elif isinstance(node, ast.Dict):
            if sum(names_a_kind(key) for key in node.keys if key is not None) > 1:
                yield node.lineno
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            for keyword in node.keywords if called in NARROWING else ():
                if (keyword.arg or "").startswith(("kind", "topic__kind")) and isinstance(
                    keyword.value, (ast.Constant, ast.Tuple, ast.List)
                ):
                    yield from [node.lineno] * names_a_kind(keyword.value)
        elif isinstance(node, ast.JoinedStr) and re.search(
            r"\.?kind}s/|community\.\{[a-z.]*kind}", ast.unparse(node)
        ):
            yield node.lineno


@pytest.mark.parametrize(
    "wrong",
    [
        "if kind == 'question': pass",
        "if topic.kind in ('story', 'discussion'): pass",
        "a = 1 if kind != Topic.Kind.STORY else 2",
        "kind is QUESTION",
        "rows.filter(kind='question')",
        "Count('pk', filter=Q(kind='question'))",
        "LISTS = {'question': '/questions/', 'story': '/stories/'}",
        "url = f'/{topic.kind}s/'",
        "name = f'community.{topic.kind}.posted'",
        "match topic.kind:\n    case 'story': pass",
    ],
)
def test_the_walk_finds_each_way_to_tell_kinds_apart(wrong: str) -> None:
    assert list(told_apart(wrong))


def test_no_module_tells_kinds_apart_by_name() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("portal", "community", "referrals")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not {"migrations", "topic_kinds"} & set(path.parts)
        and MENTIONED.search(text := path.read_text())
        for line in told_apart(text)
    ]
    assert not found


def test_no_template_tells_kinds_apart_by_name() -> None:
    assert IN_TEMPLATES.search("{% if kind == 'question' %}")
    assert IN_TEMPLATES.search("{% if topic.is_story %}")
    assert IN_TEMPLATES.search('href="/{{ topic.kind }}s/"')
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for hit in IN_TEMPLATES.finditer(path.read_text())
    ]
    assert not found
