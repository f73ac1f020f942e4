"""The bootstrap in manage.py: how it reads the pins, and when it leaves an interpreter alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import manage

LIST = """# comment
amqp==5.4.2 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via kombu
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:cc
uv==0.13.8 \\
    --hash=sha256:dd
    # via -r requirements.in
"""


def test_pins_with_a_marker_are_not_asked_for() -> None:
    assert manage.pins(LIST) == {"amqp": "5.4.2", "uv": "0.13.8"}


def test_a_package_leaves_with_its_hashes() -> None:
    assert manage.without(LIST, ("amqp", "colorama")) == "# comment\n" + LIST[LIST.index("uv==") :]


def test_one_package_can_be_taken_with_its_hashes() -> None:
    only = manage.only(LIST, "uv")
    assert manage.pins(only) == {"uv": "0.13.8"}
    assert "sha256:dd" in only
    assert "sha256:aa" not in only


def test_both_lists_are_pinned_and_hashed() -> None:
    for path in manage.LISTS["test"]:
        text = path.read_text()
        assert len(manage.pins(text)) > 20
        assert text.count("==") <= text.count("--hash=")
    assert "uv" in manage.pins((manage.ROOT / "tests" / "requirements.txt").read_text())


def test_this_interpreter_has_what_it_needs() -> None:
    assert manage.present(manage.LISTS["test"])


def test_another_pin_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "ROOT", tmp_path)
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("pytest==0.0.1 \\\n    --hash=sha256:aa\n")
    assert not manage.present([wanted])
    wanted.write_text("no-such-package-here==1 \\\n    --hash=sha256:aa\n")
    assert not manage.present([wanted])


def test_a_stamp_of_the_same_list_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manage, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("pytest==0.0.1 \\\n    --hash=sha256:aa\n")
    (tmp_path / "hazumi-requirements").write_text(manage.stamp(wanted) + "\n")
    assert manage.present([wanted])
    wanted.write_text("pytest==0.0.2 \\\n    --hash=sha256:aa\n")
    assert not manage.present([wanted])


def test_an_old_python_gets_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        manage.main()
