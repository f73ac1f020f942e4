"""A repeated request gets the stored response and has no second effect: real threads on the real
database.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from portal.accounts.models import Organization
from portal.api import services
from portal.api.idempotency import idempotent
from portal.api.models import IdempotencyRecord
from portal.api.permissions import HasScope
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)


class Companies(APIView):
    permission_classes = [HasScope("companies:write")]
    throttle_classes: list[Any] = []

    @idempotent
    def post(self, request: Request) -> Response:
        made = Organization.objects.create(name=request.data["name"], created_at=people.NOW)
        if request.data["name"] == "invalid":
            raise ValidationError({"name": ["no"]})
        if request.data["name"] == "refused":
            return Response({"no": True}, status=422)
        return Response({"id": made.pk, "name": made.name}, status=201)


view = Companies.as_view()


@pytest.fixture
def text(kato: Any) -> str:
    return services.create_key(name="CRM", scopes=["companies:write"], actor=kato, now=people.NOW)[
        1
    ]


def post(text: str, key: str | None, name: str = "新会社") -> Any:
    headers = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    if key is not None:
        headers["HTTP_IDEMPOTENCY_KEY"] = key
    response = view(APIRequestFactory().post("/x/", {"name": name}, format="json", **headers))
    response.render()
    return response


def made(name: str = "新会社") -> int:
    return Organization.objects.filter(name=name).count()


def test_the_second_time_is_answered_as_the_first(text: str) -> None:
    first, second = post(text, "k1"), post(text, "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert second["Idempotent-Replayed"] == "true"
    assert made() == 1


def test_another_body_under_the_same_key_is_a_conflict(text: str) -> None:
    post(text, "k1")
    assert post(text, "k1", "別の会社").status_code == 409
    assert made("別の会社") == 0


@pytest.mark.parametrize("key", [None, "", "x" * 256, "a\nb"])
def test_the_header_is_needed(text: str, key: str | None) -> None:
    assert post(text, key).status_code == 400
    assert made() == 0


@pytest.mark.parametrize(("name", "status"), [("invalid", 400), ("refused", 422)])
def test_an_error_has_no_effect_and_may_be_corrected_under_the_same_key(
    text: str, name: str, status: int
) -> None:
    assert post(text, "k1", name).status_code == status
    assert made(name) == 0
    assert post(text, "k1").status_code == 201


def test_keys_of_different_systems_do_not_meet(text: str, kato: Any) -> None:
    other = services.create_key(name="ERP", scopes=["companies:write"], actor=kato, now=people.NOW)[
        1
    ]
    assert post(text, "k1").data["id"] != post(other, "k1").data["id"]


def test_twelve_keys_by_six_at_once_have_one_effect_each(text: str) -> None:
    barrier = threading.Barrier(6)
    answers: Counter[tuple[str, int]] = Counter()

    def work() -> None:
        try:
            for n in range(12):
                barrier.wait(timeout=30)
                response = post(text, f"key-{n}", f"会社{n}")
                answers[(response.data["name"], response.status_code)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {(f"会社{n}", 201): 6 for n in range(12)}
    assert [made(f"会社{n}") for n in range(12)] == [1] * 12
    assert IdempotencyRecord.objects.count() == 12
