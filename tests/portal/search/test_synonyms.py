"""Synonyms: kept by administrators, recorded, put into queries when they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from portal.audit.models import AuditEntry
from portal.search import selectors, services, synonyms
from portal.search.models import SearchDocument, SynonymGroup
from portal.search.query_parser import parse
from portal.search.tokens import vector
from tests.people import NOW

pytestmark = pytest.mark.django_db
PAGE = "/staff/settings/synonyms/"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    synonyms.forget()
    yield
    synonyms.forget()


def put(pk: int, title: str) -> None:
    SearchDocument.objects.create(
        kind="question",
        object_id=pk,
        title=title,
        url=f"/questions/{pk}/",
        visibility="public",
        updated_at=NOW,
        vector=vector(title, ""),
    )


def matches(text: str) -> int:
    return selectors.search(AnonymousUser(), text, now=NOW).total


@pytest.fixture
def save(kato: Any, django_capture_on_commit_callbacks: Any) -> Any:
    def run(*groups: list[str], seen: list[list[str]] | None = None) -> bool:
        with django_capture_on_commit_callbacks(execute=True):
            return services.save_synonyms(groups=list(groups), seen=seen or [], actor=kato, now=NOW)

    return run


@pytest.mark.parametrize("asked", ["スマホ", "スマートフォン", "ｽﾏﾎ", "smartphone", "スマホの設定"])
def test_whoever_looks_for_one_word_finds_all(asked: str, save: Any) -> None:
    put(1, "スマートフォンの設定")
    put(2, "スマホの設定")
    put(3, "パソコンの設定")
    assert save(["スマホ", "スマートフォン", "Smartphone"])
    assert matches(asked) == 2


def test_a_word_that_stands_for_another_is_marked(save: Any) -> None:
    assert save(["スマホ", "スマートフォン"])
    assert parse("スマホ", synonyms.known_synonyms()).highlighted == ("スマホ", "スマートフォン")


def test_a_change_is_recorded_and_an_older_page_changes_nothing(save: Any) -> None:
    assert save(["a", "b"])
    assert not save(["c", "d"], seen=[])
    assert synonyms.read_groups() == [["a", "b"]]
    assert save(["a", "b"], ["c", "d"], seen=[["a", "b"]])
    entry = AuditEntry.objects.filter(action="search.synonyms.change").latest("pk")
    assert (entry.before, entry.after) == ({"groups": []}, {"groups": [["c", "d"]]})


def test_the_database_refuses_a_group_of_one(db: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SynonymGroup.objects.create(words=["alone"])


def test_an_administrator_keeps_them_on_a_page(as_: Any, kato: Any) -> None:
    browser = as_(kato)
    assert "同義語" in browser.get(PAGE).content.decode()
    assert PAGE in browser.get("/staff/settings/").content.decode()
    answer = browser.post(
        PAGE, {"lines": "スマホ ＝ スマートフォン\r\n\r\nPC, パソコン", "seen": ""}
    )
    assert answer.status_code == 302
    assert synonyms.read_groups() == [["スマホ", "スマートフォン"], ["PC", "パソコン"]]
    again = {"lines": "", "seen": "スマホ = スマートフォン\r\nPC = パソコン"}
    assert browser.post(PAGE, again).status_code == 302
    assert synonyms.read_groups() == []


@pytest.mark.parametrize(
    "lines", ["スマホ", "a = A", "a = b\nb = c", "a = " + "x" * 61, "a=b=c=d=e=f=g=h=i", "a = !"]
)
def test_what_is_wrong_is_said_and_kept_in_the_form(lines: str, as_: Any, kato: Any) -> None:
    answer = as_(kato).post(PAGE, {"lines": lines, "seen": ""})
    assert answer.status_code == 422
    assert lines.splitlines()[0] in answer.content.decode()
    assert "行目" in answer.content.decode()
    assert synonyms.read_groups() == []


def test_a_change_meanwhile_is_shown_before_it_is_overwritten(
    as_: Any, kato: Any, save: Any
) -> None:
    assert save(["a", "b"])
    answer = as_(kato).post(PAGE, {"lines": "c = d", "seen": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "c = d" in page
    assert "a = b" in page
    assert synonyms.read_groups() == [["a", "b"]]
    assert as_(kato).post(PAGE, {"lines": "c = d", "seen": "a = b"}).status_code == 302


def test_others_do_not_get_there(as_: Any, sato: Any, aki: Any) -> None:
    for person in (sato, aki):
        assert as_(person).get(PAGE).status_code in (403, 404)
