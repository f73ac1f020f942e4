"""Administrators create, name, order and remove spaces; posts inside keep the space's limits."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from community import services
from community.models import Space
from portal.accounts.models import User
from portal.audit.models import AuditEntry
from tests import people
from tests.community.things import a_question

pytestmark = pytest.mark.django_db


def test_a_new_space_is_offered_to_whoever_asks(kato: User, aki: User, as_: Any) -> None:
    data = {
        "name_ja": "請求",
        "name_en": "Billing & plans",
        "visibility": "public",
        "position": "3",
    }
    assert as_(kato).post(reverse("community:spaces"), data).status_code == 302
    row = Space.objects.get(slug="billing-plans")
    assert (row.name_ja, row.position, row.organization) == ("請求", 3, None)
    assert "請求" in as_(aki).get(reverse("community:ask")).content.decode()
    as_(kato).post(reverse("community:spaces"), data)
    assert Space.objects.filter(slug="billing-plans-2").exists()
    assert AuditEntry.objects.filter(action="community.space.add", actor_id=kato.pk).count() == 2


def test_a_space_of_one_company_names_it_and_others_do_not_see_it(
    kato: User, aki: User, mio: User, as_: Any
) -> None:
    data = {
        "name_ja": "専用窓口",
        "name_en": "専用窓口",
        "visibility": "organization",
        "position": "0",
    }
    assert as_(kato).post(reverse("community:spaces"), data).status_code == 422
    as_(kato).post(reverse("community:spaces"), data | {"organization": aki.organization_id})
    assert Space.objects.get().slug == "space"
    assert "専用窓口" in as_(aki).get(reverse("community:ask")).content.decode()
    assert "専用窓口" not in as_(mio).get(reverse("community:ask")).content.decode()


def test_names_and_order_change_and_the_limits_do_not(kato: User, as_: Any) -> None:
    row = Space.objects.create(slug="old", name_ja="旧", name_en="Old", visibility="members")
    data = {
        "name_ja": "新",
        "name_en": "New",
        "position": "7",
        "visibility": "public",
        "slug": "hacked",
    }
    assert as_(kato).post(reverse("community:space", args=[row.pk]), data).status_code == 302
    row.refresh_from_db()
    assert (row.name_ja, row.name_en, row.position, row.visibility, row.slug) == (
        "新",
        "New",
        7,
        "members",
        "old",
    )


@pytest.mark.parametrize(
    "bad", [{"position": "99999999"}, {"position": "-1"}, {"name_ja": ""}, {"name_en": "x" * 41}]
)
def test_what_cannot_be_kept_is_refused_with_words(
    kato: User, as_: Any, bad: dict[str, str]
) -> None:
    data = {"name_ja": "新", "name_en": "New", "position": "7", "visibility": "public"}
    assert as_(kato).post(reverse("community:spaces"), data | bad).status_code == 422


def test_the_list_counts_what_is_there(kato: User, aki: User, as_: Any) -> None:
    topic = a_question(aki)
    rows = as_(kato).get(reverse("community:spaces")).context["spaces"]
    assert [row.written for row in rows] == [1]
    services.delete_post(post=topic.posts.get(number=1), actor=aki, now=people.NOW)
    rows = as_(kato).get(reverse("community:spaces")).context["spaces"]
    assert [row.written for row in rows] == [0]


def test_only_an_empty_space_is_removed(kato: User, aki: User, as_: Any) -> None:
    used = a_question(aki).space
    empty = Space.objects.create(slug="empty", name_ja="空", name_en="Empty")
    assert (
        "data-confirm"
        not in as_(kato).get(reverse("community:space", args=[used.pk])).content.decode()
    )
    for row in (used, empty):
        as_(kato).post(reverse("community:remove_space", args=[row.pk]))
    assert list(Space.objects.values_list("pk", flat=True)) == [used.pk]
