"""The sample company: deterministic, all or nothing, and removed without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command

from portal.accounts.demo import people
from portal.accounts.models import Organization, User
from portal.dev import demo_registry, sample
from portal.events.models import Event

pytestmark = pytest.mark.django_db

END = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_people(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the part that creates people, and few of them: the whole sample has its own slow
    test.
    """
    monkeypatch.setattr(people, "TOTAL", 40)
    with demo_registry._parts.temporarily({"accounts": (0, people.create)}):
        yield


def names() -> list[Any]:
    return list(User.objects.order_by("email").values_list("email", "display_name", "date_joined"))


def test_the_same_day_gives_the_same_story_and_removing_leaves_nothing(aki: User) -> None:
    before = Event.objects.count()
    sample.load(end=END)
    first = names()
    assert Organization.objects.filter(is_sample=True).count() == 40
    with pytest.raises(sample.AlreadyLoaded):
        sample.load(end=END)
    sample.remove()
    assert list(User.objects.all()) == [aki]
    assert Event.objects.count() == before
    assert not sample.is_loaded()
    sample.load(end=END)
    assert names() == first


def test_a_load_that_breaks_leaves_nothing(monkeypatch: pytest.MonkeyPatch, db: Any) -> None:
    def breaks(world: demo_registry.DemoWorld) -> None:
        raise RuntimeError

    demo_registry.register("breaks", order=99, create=breaks)
    with pytest.raises(RuntimeError):
        sample.load(end=END)
    assert not User.objects.exists()


def test_staff_see_that_it_is_a_sample_and_administrators_remove_it(
    kato: User, sato: User, as_: Any
) -> None:
    sample.load(end=END)
    assert "見本データ" in as_(sato).get("/staff/").content.decode()
    assert as_(kato).post("/staff/settings/sample/remove/").status_code == 302
    assert not sample.is_loaded()


def test_no_sample_address_can_receive_mail(db: Any) -> None:
    sample.load(end=END)
    assert not User.objects.filter(is_sample=True).exclude(email__endswith=".example").exists()


def test_the_start_does_not_mix_the_sample_among_real_people(
    aki: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("demo", "--if-empty")
    assert "people here already" in capsys.readouterr().out
    assert not sample.is_loaded()
