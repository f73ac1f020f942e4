"""The real dump: all figures of its README are reproduced, every score matches, and a second run
creates nothing.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from community.imports import dump
from community.models import Article, Post, Reaction, Space, Tag, Topic
from portal.accounts.models import User
from portal.events.models import Event

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "se-conlang-meta"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the dump is not here: {FOLDER}"),
]


def run(*options: str) -> str:
    out = StringIO()
    call_command("import_stackexchange", str(FOLDER), *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_dry_run_says_everything_and_keeps_nothing() -> None:
    said = run("--dry-run")
    assert "sum of scores 831" in said
    assert not Topic.objects.exists()
    assert not Event.objects.exists()


def test_the_dump_comes_in_once(dispatched: Any) -> None:
    said = run()
    source = dump.read(FOLDER)
    topics = Topic.objects.filter(source=source.source)
    posts = Post.objects.filter(source=source.source).exclude(kind="comment")
    assert (topics.count(), posts.answers().count()) == (54, 115)
    assert Space.objects.values_list("topic_count", flat=True).get(topics__in=topics[:1]) == 54
    assert Article.objects.filter(source=source.source).count() == 8
    assert (topics.solved().count(), topics.unanswered().count()) == (11, 5)
    assert (User.objects.count(), Tag.objects.count()) == (272, 71)
    ownerless = posts.filter(author=None).count() + Article.objects.filter(author=None).count()
    assert ownerless == 6
    scores = dict(posts.values_list("external_id", "score"))
    wanted = {
        row["Id"]: int(row["Score"]) for row in source.tables["Posts"] if row["PostTypeId"] in "12"
    }
    assert scores == wanted
    assert (sum(scores.values()), sum(score < 0 for score in scores.values())) == (831, 14)
    assert "27 skipped: its post is not in the dump" in said
    assert Event.objects.filter(name="community.answer.posted").count() == 115
    before = (Post.objects.count(), Reaction.objects.count(), Event.objects.count())
    again = run()
    assert (Post.objects.count(), Reaction.objects.count(), Event.objects.count()) == before
    created = [
        line.split()[2]
        for line in again.splitlines()[1:]
        if line[:1].isupper() and line.split()[1].isdigit()
    ]
    assert set(created) == {"0"}
    assert dispatched() == before[2]


def test_a_page_names_its_source(as_: Any) -> None:
    run()
    topic = Topic.objects.solved().first()
    assert topic is not None
    page = as_().get(topic.get_absolute_url()).content.decode()
    assert f"https://conlang.meta.stackexchange.com/q/{topic.external_id}" in page
    assert "CC BY-SA" in page


def test_a_folder_without_a_dump_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"lacks Users\.xml"):
        call_command("import_stackexchange", str(tmp_path))
