"""Where an installation is, is a setting: no code names a zone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"Asia/Tokyo|\bTokyo\b|東京|\bTOKYO\b|\+09:00|timedelta\(hours=9\)|\bJST\b")
# The environment's default; data that is made up and lives in Japan; what migrations once did
# dates.py reads the zones that others write.
MAY = re.compile(
    r"^portal/settings\.py$|/(demo|bench|fault_tests|migrations|locale)/|sample\w*\.py$"
    r"|^portal/core/text/dates\.py$"
)


def product_files() -> list[Path]:
    folders = ("portal", "community", "referrals", "templates")
    files = (file for folder in folders for file in (ROOT / folder).rglob("*"))
    return [file for file in files if file.suffix in {".py", ".html", ".txt", ".js", ".sql"}]


def test_no_code_names_a_zone() -> None:
    files = product_files()
    assert len(files) > 500
    found = [
        f"{name}:{number}: {line.strip()}"
        for file in files
        if not MAY.search(name := file.relative_to(ROOT).as_posix())
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if NAMED.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("line", ['ZoneInfo("Asia/Tokyo")', "zone=TOKYO", '"10:00+09:00"'])
def test_a_named_zone_would_be_found(line: str) -> None:
    assert NAMED.search(line)
