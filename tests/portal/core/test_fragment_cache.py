"""The cache of HTML fragments: dependencies, bounds, threads, and the holes for personal parts."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.template import engines
from django.utils import translation
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from portal.core.web import fragment_cache
from portal.core.web.fragment_cache import FragmentCache, cached_html, join_parts, render_parts
from portal.core.web.value_cache import ValueCache


def a_cache(*, max_entries: int = 100, max_bytes: int = 1_000_000) -> FragmentCache[str]:
    return FragmentCache(max_entries=max_entries, max_bytes=max_bytes)


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A template that shows what is given to it."""
    made = engines["django"].from_string("<p>{{ shown }}<i>{{ mine }}</i>{{ shown }}</p>{{ mine }}")
    monkeypatch.setattr(fragment_cache, "get_template", lambda name: made)
    fragment_cache.fragments.clear()
    yield "shown.html"
    fragment_cache.fragments.clear()


def test_an_entry_is_served_while_what_it_depends_on_is_equal() -> None:
    cache = a_cache()
    made: list[str] = []

    def row(name: str) -> str:
        return cache.get_or_make(("row", 1), (name,), lambda: made.append(name) or f"<b>{name}</b>")

    assert [row("old"), row("old"), row("new"), row("new")] == [
        "<b>old</b>",
        "<b>old</b>",
        "<b>new</b>",
        "<b>new</b>",
    ]
    assert made == ["old", "new"]
    assert cache.usage()[0] == 1  # the old one is not kept beside it


def test_the_least_recently_used_goes_first() -> None:
    cache = a_cache(max_entries=3)
    for number in (1, 2, 3):
        cache.set((number,), (), str(number))
    assert cache.get((1,), ()) == "1"
    cache.set((4,), (), "4")
    assert [cache.get((number,), ()) for number in (1, 2, 3, 4)] == ["1", None, "3", "4"]


def test_bytes_are_bounded_and_counted_back() -> None:
    cache = a_cache(max_bytes=20_000)
    for number in range(100):
        cache.set((number,), ("版" * 100,), "あ" * 1_000)
        entries, size = cache.usage()
        assert size <= 20_000
    assert entries < 10
    cache.set(("too large",), (), "x" * 30_000)
    assert cache.get(("too large",), ()) is None
    assert cache.usage()[0] == entries
    for number in range(100):
        cache.set((number,), (), "")
    assert cache.usage()[0] > entries
    cache.clear()
    assert cache.usage() == (0, 0)


def test_many_threads_read_and_write_a_full_cache() -> None:
    """Eight threads evict each other's entries all the time; nobody gets what is not theirs."""
    cache = a_cache(max_entries=4)
    start = Barrier(8)
    old = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def work(seed: int) -> int:
        dice, wrong = random.Random(seed), 0
        start.wait()
        for turn in range(3_000):
            number, version = dice.randrange(8), dice.randrange(3)
            found = cache.get_or_make((number,), (version,), lambda n=number, v=version: f"{n}.{v}")
            wrong += found != f"{number}.{version}"
            if turn % 500 == 499:
                cache.clear()
        return wrong

    try:
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(work, range(8))) == 0
    finally:
        sys.setswitchinterval(old)
    fresh = a_cache(max_entries=4)
    for number in range(4):
        for each in (cache, fresh):
            each.set((number,), (), "")
    assert cache.usage() == fresh.usage()  # no byte was lost or counted twice


def test_what_is_personal_is_in_no_entry(template: str) -> None:
    def page(mine: str) -> str:
        return cached_html(
            template,
            key=(1,),
            depends_on=("x",),
            context=lambda: {"shown": "x"},
            fill={"mine": lambda: mine},
        )

    assert page("aki") == "<p>x<i>aki</i>x</p>aki"
    assert page("<mio>") == "<p>x<i>&lt;mio&gt;</i>x</p>&lt;mio&gt;"
    assert page(SafeString("<b>")) == "<p>x<i><b></i>x</p><b>"
    assert fragment_cache.fragments.usage()[0] == 1


def test_a_value_is_asked_for_once_and_only_where_there_is_a_hole(template: str) -> None:
    asked: list[str] = []
    fill = {
        "mine": lambda: asked.append("mine") or "m",
        "token": lambda: asked.append("token") or "t",
    }
    assert join_parts(render_parts(template, {"shown": "x"}, tuple(fill)), fill).count("m") == 2
    assert asked == ["mine"]


def test_each_language_has_its_own_entry(template: str) -> None:
    def page() -> str:
        language = translation.get_language()
        return cached_html(
            template, key=(1,), depends_on=(), context=lambda: {"shown": language, "mine": ""}
        )

    with translation.override("ja"):
        assert "ja" in page()
    with translation.override("en"):
        assert "en" in page()
    with translation.override("ja"):
        assert "ja" in page()


@given(shown=st.text(), mine=st.text(), other=st.text())
def test_no_text_stands_for_a_personal_value(shown: str, mine: str, other: str) -> None:
    """Whatever is shown and filled in, also names of holes and what a boundary looks like."""
    made: Any = engines["django"].from_string("{{ shown }}|{{ mine }}|{{ other }}|{{ mine }}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fragment_cache, "get_template", lambda name: made)
        parts = render_parts("any.html", {"shown": shown}, ("mine", "other"))
    joined = join_parts(parts, {"mine": lambda: mine, "other": lambda: other})
    assert joined == made.render({"shown": shown, "mine": mine, "other": other})


def test_a_value_is_read_again_after_its_time_or_when_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = iter(range(10))
    cache: ValueCache[int] = ValueCache(lambda: next(values), seconds=0.0)
    clock = 0.0
    monkeypatch.setattr("portal.core.web.value_cache.time.monotonic", lambda: clock)
    assert [cache.get(), cache.get()] == [0, 0]
    clock = 1.0
    assert cache.get() == 1
    cache.forget()
    assert cache.get() == 2


def test_what_was_read_before_a_change_is_not_remembered_after_it() -> None:
    """A thread reads the old row, then the change is written and everybody told to forget."""
    reading, changed = Event(), Event()
    row = ["old"]

    def read() -> str:
        value = row[0]
        if value == "old":
            reading.set()
            changed.wait(10)
        return value

    cache: ValueCache[str] = ValueCache(read, seconds=1_000)
    reader = Thread(target=cache.get)
    reader.start()
    assert reading.wait(10)
    row[0] = "new"
    cache.forget()
    changed.set()
    reader.join(10)
    assert cache.get() == "new"
