"""Dumps as they are: long tags and titles, missing tables, broken rows, renamed folders, runs that
were cut off.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from django.core.management import call_command

from community.imports import questions
from community.models import Post, Space, Tag, Topic
from portal.accounts.models import User
from portal.engagement.models import PointEntry
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.teams.models import Signal

pytestmark = pytest.mark.django_db
LONG_TAG = "invoice-approval-workflow-settings"
LONG_TITLE = (
    "How do I set the limit of an approval step so that a request of several departments " * 2
)
BODY = (
    '<p>Open <a href="https://example.com/guide">the guide</a>:</p><pre><code>if a &lt; b:\n'
    "    run()</code></pre><blockquote><p>quoted</p></blockquote>"
)
Rows = list[dict[str, str]]


def line(row: dict[str, str]) -> str:
    return f"  <row {' '.join(f'{name}={quoteattr(text)}' for name, text in row.items())} />"


def write(folder: Path, **tables: Rows) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<{name.lower()}>", *map(line, rows)]
        text = "\n".join([*lines, f"</{name.lower()}>"])
        (folder / f"{name}.xml").write_text("\ufeff" + text, encoding="utf-8")
    return folder


def user(number: int) -> dict[str, str]:
    return {
        "Id": str(number),
        "CreationDate": f"2020-01-0{number}T00:00:00.123",
        "DisplayName": f"Member {number}",
    }


def post(number: int, **fields: str) -> dict[str, str]:
    return {
        "Id": str(number),
        "PostTypeId": "1",
        "CreationDate": f"2020-02-{number:02}T00:00:00.000",
        "Body": BODY,
        "OwnerUserId": "1",
        "Title": f"Question {number}",
        "Tags": "<approval>",
        **fields,
    }


def answer(number: int, parent: int) -> dict[str, str]:
    row = post(number, PostTypeId="2", ParentId=str(parent), OwnerUserId="2")
    return {name: text for name, text in row.items() if name not in ("Title", "Tags")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(
        tmp_path / "site",
        Users=[user(1), user(2)],
        Posts=[post(1, Tags=f"<{LONG_TAG}>", Title=LONG_TITLE), answer(2, 1), post(3)],
    )


def run(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_stackexchange", str(folder), *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Space, Topic, Post, Tag, Event))


def test_two_tables_are_enough_and_a_long_tag_comes_in_whole(folder: Path) -> None:
    run(folder)
    assert (Topic.objects.count(), Post.objects.answers().count()) == (2, 1)
    assert Tag.objects.filter(name=LONG_TAG, slug=LONG_TAG, topic_count=1).exists()


def test_a_text_without_history_comes_in_whole(folder: Path) -> None:
    run(folder)
    for row in Post.objects.all():
        assert '<a href="https://example.com/guide"' in row.html
        assert "run()" in row.html.partition("<pre")[2]
        assert "<blockquote>" in row.html


def test_a_long_title_is_cut_at_a_word_and_stands_whole_in_the_text(folder: Path) -> None:
    run(folder)
    topic = Topic.objects.get(external_id="1")
    assert topic.title.endswith("…")
    assert LONG_TITLE.startswith(topic.title.removesuffix("…") + " ")
    assert LONG_TITLE.strip() in Post.objects.get(topic=topic, number=1).html
    assert Topic.objects.get(external_id="3").title == "Question 3"


def test_a_renamed_folder_is_the_same_site(folder: Path, tmp_path: Path) -> None:
    run(folder)
    before = counts()
    folder.rename(tmp_path / "dump of May")
    run(tmp_path / "dump of May")
    assert counts() == before


def test_another_site_is_another_one(folder: Path, tmp_path: Path) -> None:
    run(folder)
    first = {**user(1), "CreationDate": "2019-01-01T00:00:00.000"}
    run(write(tmp_path / "other", Users=[first, user(2)], Posts=[post(1)]))
    assert (Topic.objects.count(), Space.objects.count(), User.objects.count()) == (3, 2, 4)


def test_the_site_is_what_its_own_links_say(tmp_path: Path) -> None:
    body = '<a href="https://help.example.com/questions/1/question-1">see</a>'
    run(write(tmp_path / "x", Users=[user(1)], Posts=[post(1), post(2, Body=body)]))
    assert Topic.objects.get(external_id="2").source_url == "https://help.example.com/q/2"


def test_broken_rows_are_named_with_file_and_line_and_the_rest_comes_in(folder: Path) -> None:
    path = folder / "Posts.xml"
    broken = [
        '  <row Id="90" PostTypeId="1" Title="a & b" CreationDate="2020-01-01T00:00:00.000" />',
        line({**post(9), "Id": "91", "CreationDate": "yesterday"}),
        line({**post(9), "Id": "x"}),
        line(post(3)),
        line({name: text for name, text in post(8).items() if name != "PostTypeId"}),
    ]
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:-1], *broken, lines[-1]]), encoding="utf-8")
    said = run(folder)
    for number, why in enumerate(
        ("no XML", "CreationDate is no date", "Id is no number", "Id 3 came before", "no PostType"),
        start=len(lines),
    ):
        assert f"Posts.xml, line {number}: left out, {why}" in said
    table = next(row.split() for row in said.splitlines() if row.startswith("Posts "))
    assert table == ["Posts", "8", "3", "0", "0", "5"]
    assert Topic.objects.count() == 2


def test_a_file_that_breaks_off_costs_only_its_end(folder: Path) -> None:
    path = folder / "Posts.xml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex("Title")], encoding="utf-8")
    assert "left out, no XML" in run(folder)
    assert Topic.objects.get().external_id == "1"


def test_a_question_that_cannot_be_kept_costs_only_itself(folder: Path) -> None:
    write(folder, Posts=[post(1, Tags=f"<{'x' * 60}>"), answer(2, 1), post(3)])
    said = run(folder)
    assert "question 1: left out" in said
    table = next(row.split() for row in said.splitlines() if row.startswith("Posts "))
    assert table == ["Posts", "3", "1", "0", "0", "2"]
    assert Post.objects.get().external_id == "3"


def test_a_run_that_was_killed_is_continued(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = questions._topic

    def dies(run: Any, row: Any, *rest: Any) -> None:
        if row["Id"] == "3":
            raise KeyboardInterrupt
        whole(run, row, *rest)

    monkeypatch.setattr(questions, "_topic", dies)
    with pytest.raises(KeyboardInterrupt):
        run(folder)
    monkeypatch.setattr(questions, "_topic", whole)
    run(folder)
    assert counts() == (2, 1, 2, 3, 2, 3)
    again = counts()
    run(folder)
    assert counts() == again


def test_a_dry_run_tells_the_same_and_keeps_nothing(folder: Path) -> None:
    before = counts()
    foreseen = run(folder, "--dry-run")
    assert counts() == before
    assert foreseen.splitlines()[:-1] == run(folder).splitlines()[:-1]


def test_it_is_history(folder: Path, sato: User, dispatched: Any) -> None:
    run(folder)
    assert dispatched() == Event.objects.count()
    assert not Event.objects.filter(name__startswith="community.", is_history=False).exists()
    assert not Notification.objects.exists()
    assert not Signal.objects.exists()
    assert {row.at.year for row in PointEntry.objects.all()} == {2020}
