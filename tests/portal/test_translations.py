"""Source strings are found without GNU gettext and compared with the catalogue."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from portal.dev.translations.catalogue import compare, compile_catalogues, update
from portal.dev.translations.source import Message, in_python, in_template, messages


def test_python_calls_are_found_with_context_and_plural() -> None:
    text = (
        "_('One')\npgettext('menu', 'Open')\nngettext('%(n)s day', '%(n)s days', n)\n"
        "_(variable)\nother('No')\n"
    )
    assert list(in_python(text, "x.py")) == [
        Message("", "One", ""),
        Message("menu", "Open", ""),
        Message("", "%(n)s day", "%(n)s days"),
    ]


def test_a_string_built_at_run_time_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.py:1"):
        list(in_python("_(f'Hello {name}')", "x.py"))


def test_template_tags_filters_and_blocks_are_found() -> None:
    text = """<p title="{% trans "It's (really) new" %}">{{ _("Say") }}
{{ name|default:_("Nobody") }}</p>
{% blocktranslate count n=days trimmed %}
  {{ n }} day
  left{% plural %}{{ n }} days left{% endblocktranslate %}{% translate "Open" context "menu" %}"""
    found = set(in_template(text, "x.html"))
    assert Message("", "It's (really) new", "") in found
    assert Message("", "Say", "") in found
    assert Message("", "Nobody", "") in found
    assert Message("", "%(n)s day left", "%(n)s days left") in found
    assert Message("menu", "Open", "") in found
    assert len(found) == 5


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "a.py").write_text("_('Kept')\n_('New %(name)s')\n")
    return tmp_path


def test_update_adds_drops_and_keeps(project: Path) -> None:
    path = project / "django.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n\nmsgid "Gone"\nmsgstr "x"\n\nmsgid "Kept"\nmsgstr "そのまま"\n'
    )
    left = update(project, path)
    assert left.empty == ["'New %(name)s'"]
    assert not left.missing
    assert not left.obsolete
    first = path.read_text()
    update(project, path)
    assert path.read_text() == first
    assert [(entry.msgid, entry.msgstr) for entry in polib.pofile(str(path))] == [
        ("Kept", "そのまま"),
        ("New %(name)s", ""),
    ]


def test_a_placeholder_the_source_does_not_know_is_reported(project: Path) -> None:
    path = project / "django.po"
    path.write_text('msgid "Kept"\nmsgstr "x"\n\nmsgid "New %(name)s"\nmsgstr "%(nmae)s"\n')
    assert compare(project, path).placeholders


def test_the_catalogue_is_compiled_only_when_it_is_newer(project: Path) -> None:
    path = project / "django.po"
    update(project, path)
    assert compile_catalogues(path)
    assert not compile_catalogues(path)


def test_the_source_of_hazumi_can_be_read() -> None:
    assert len(messages(Path(__file__).resolve().parents[2])) > 30
