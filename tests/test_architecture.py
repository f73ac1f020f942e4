"""Structure tests: the import layers, module sizes, and the top-level folders."""

from __future__ import annotations

import ast
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
OURS = ("portal", "community", "referrals", "tests")
VISIBLE = {
    "portal",
    "community",
    "referrals",
    "templates",
    "tests",
    "manage.py",
    "requirements.txt",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
}
LONGEST_MODULE = 400
LARGEST_FUNCTION = 480  # nodes of its syntax tree: joining lines does not make it smaller
LONGEST_TEMPLATE = 170
WIDEST_LINE = 100
# Modules and functions that are larger for a reason; the reason stands beside the name.
LARGER: dict[str, str] = {
    "portal/settings.py": "one settings file",
    "community/demo/japanese.py": "sample words",
    "community/demo/timeline.py": "one sample history",
    "referrals/services/credit/claims.py": "to be split",
    "referrals/services/reference_calls.py": "to be split",
    "portal/flywheel/metrics.py": "one table of metrics with the rows of each",
    "referrals/wiring.py fill": "one list of what is registered",
    "referrals/services/introductions/introductions.py accept_introduction": "one decision",
    "portal/dev/bench/measure.py measure": "one measurement in order",
    "referrals/services/credit/claims.py recalculate_attribution": "one decision in order",
}
LARGEST_TEST = 700
LONGEST_TEST_MODULE = 550


def sources() -> list[Path]:
    found = [
        path
        for folder in OURS
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    ]
    return [ROOT / "manage.py", *sorted(found)]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_modules_import_only_from_rows_below() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_module_is_too_large() -> None:
    large = {name(path): len(path.read_text().splitlines()) for path in sources()}
    assert not {
        path: lines
        for path, lines in large.items()
        if path not in LARGER
        and lines > (LONGEST_TEST_MODULE if path.startswith("tests/") else LONGEST_MODULE)
    }


def test_no_function_is_too_large() -> None:
    large = {
        f"{name(path)} {node.name}": size
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (size := sum(1 for _ in ast.walk(node)))
        > (LARGEST_TEST if "tests" in path.parts else LARGEST_FUNCTION)
        and f"{name(path)} {node.name}" not in LARGER
    }
    assert not large


def test_no_template_is_longer_than_a_page_and_a_bit() -> None:
    templates = [
        path for path in (ROOT / "templates").rglob("*.html") if "design" not in path.parts
    ]
    assert templates
    assert not [
        name(path) for path in templates if len(path.read_text().splitlines()) > LONGEST_TEMPLATE
    ]


def test_no_line_of_a_template_is_wider_than_a_page() -> None:
    """Tags and sentences of the catalogue cannot be broken over lines: what is around them must
    fit.
    """
    unbroken = re.compile(r"{% blocktranslate .*?{% endblocktranslate %}|{[%{#].*?[#%}]}")
    templates = [path for path in (ROOT / "templates").rglob("*.html") if "email" not in path.parts]
    wide = [
        f"{name(path)}:{number}"
        for path in templates
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(unbroken.sub("", line)) > WIDEST_LINE and "responseHandling" not in line
    ]
    assert not wide


def test_every_module_has_a_docstring() -> None:
    silent = [
        name(path)
        for path in sources()
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert not silent


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"utils", "helpers", "helper", "manager", "managers", "common", "misc", "signals"}
    allowed = {"portal/teams"}  # there a signal is something a team should act on
    found = [
        name(path) for path in sources() if path.stem in nothing or set(path.parent.parts) & nothing
    ]
    assert not [
        path
        for path in found
        if not any(path.startswith(place) for place in allowed) and "tests/" not in path
    ]


def test_no_string_in_a_template_runs_or_styles_inline() -> None:
    wrong = [
        f"{name(path)}: {word}"
        for path in (ROOT / "templates").rglob("*.html")
        for word in ("<script>", "<style>", ' style="', " onclick=", " onchange=", " onsubmit=")
        if "/email/" not in path.as_posix() and word in path.read_text()
    ]
    assert not wrong


def test_only_what_belongs_there_lies_at_the_top() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        names = {path.name for path in ROOT.iterdir()}
    else:
        names = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    assert {entry for entry in names if not entry.startswith(".")} <= VISIBLE | {
        "shared",
        "__pycache__",
    }


# These two name modules of every app by their dotted path, as Django asks; nothing else.
NAME_MODULES = {"portal/settings.py", "portal/urls.py"}
OF_AN_APP = re.compile(r"""["'](?:community|referrals)\.[^"']*""")


def test_the_portal_names_no_event_of_the_apps_above() -> None:
    paths = [
        path
        for path in [
            *(ROOT / "portal").rglob("*.py"),
            *(
                page
                for folder in ("teams", "flywheel", "notifications")
                for page in (ROOT / "templates" / folder).rglob("*.html")
            ),
        ]
        if "migrations" not in path.parts
    ]
    found = [
        (name(path), text[1:]) for path in paths for text in OF_AN_APP.findall(path.read_text())
    ]
    assert not [pair for pair in found if pair[0] not in NAME_MODULES]
    modules = [text for path, text in found if path in NAME_MODULES]
    assert modules
    assert not [text for text in modules if not _is_code(text)]


def _is_code(dotted: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    try:
        pkgutil.resolve_name(dotted)
    except (ImportError, AttributeError, ValueError):
        return False
    return True


def test_migrations_import_no_live_code() -> None:
    """What a field's default names is the exception: Django needs it to build the column."""
    allowed = {
        "portal.core.db.ids",
        "portal.core.text.html_version",
        "portal.core.calendar.calendars",
        "portal.search.models",
    }
    wrong = [
        f"{name(path)}: {module}"
        for folder in OURS
        for path in (ROOT / folder).rglob("migrations/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for module in _imported(node)
        if module.partition(".")[0] in OURS and module not in allowed
    ]
    assert not wrong


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
