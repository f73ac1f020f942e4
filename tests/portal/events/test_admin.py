"""The events page of the admin: an administrator reads the log and replays; nobody else has access,
nobody writes.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin

from portal.accounts.models import User
from portal.audit.models import AuditEntry
from portal.events import dispatch, registry
from portal.events.models import Event, FailedHandling
from tests import people
from tests.community.things import a_question

pytestmark = pytest.mark.django_db

OURS = [
    model
    for model in admin.site._registry
    if model.__module__.startswith(("portal.", "community.", "referrals."))
]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_an_administrator_reads_every_list_and_writes_in_none(
    model: Any, kato: User, aki: User, dispatched: Any, as_: Any
) -> None:
    a_question(aki)
    dispatched()
    browser, at = as_(kato), f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert browser.get(at).status_code == 200
    row = model.objects.first()
    if row is not None:
        assert browser.get(f"{at}{row.pk}/change/").status_code == 200
        assert browser.post(f"{at}{row.pk}/change/", {"email": "x@example.com"}).status_code == 403
        assert browser.post(f"{at}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.post(f"{at}add/", {}).status_code == 403


@pytest.mark.parametrize("name", ["aki", "sato", "mori"])
def test_nobody_else_comes_in(name: str, world: Any, as_: Any) -> None:
    assert as_(world.person(name)).get("/admin/events/event/").status_code == 302


def test_an_administrator_replays_a_failed_handling(
    kato: User, aki: User, dispatched: Any, as_: Any
) -> None:
    a_question(aki)
    dispatched()
    event = Event.objects.latest("pk")
    key = next(iter(registry.listeners_for(event.name)))
    failed = FailedHandling.objects.create(
        event=event, listener=key, error="x", attempts=9, parked_at=people.NOW, next_at=None
    )
    data = {"action": "replay", "_selected_action": [failed.pk]}
    assert as_(kato).post("/admin/events/failedhandling/", data).status_code == 302
    failed.refresh_from_db()
    assert failed.resolved_at
    assert AuditEntry.objects.get(action="events.handling.replay").actor_id == kato.pk
    assert dispatch.run_pending(now=people.NOW) == 0


def test_the_settings_lead_there(kato: User, sato: User, as_: Any) -> None:
    assert "/admin/events/event/" in as_(kato).get("/staff/settings/").content.decode()
    assert "/admin/" not in as_(sato).get("/staff/settings/").content.decode()


def test_what_failed_is_on_the_administrators_pages_until_it_is_resolved(
    kato: User, sato: User, aki: User, dispatched: Any, as_: Any
) -> None:
    a_question(aki)
    dispatched()
    pages = ("/staff/", "/staff/settings/")
    for page in pages:
        assert 'data-panel="failures"' not in as_(kato).get(page).content.decode()
    failed = FailedHandling.objects.create(
        event=Event.objects.latest("pk"), listener="x", error="x", parked_at=people.NOW
    )
    for page in pages:
        text = as_(kato).get(page).content.decode()
        assert 'data-panel="failures"' in text
        assert "/admin/events/failedhandling/?resolved_at__isempty=1" in text
        assert 'data-panel="failures"' not in as_(sato).get(page).content.decode()
    listed = as_(kato).get("/admin/events/failedhandling/?resolved_at__isempty=1")
    assert listed.status_code == 200
    assert list(listed.context["cl"].queryset) == [failed]
    FailedHandling.objects.update(resolved_at=people.NOW)
    assert 'data-panel="failures"' not in as_(kato).get("/staff/").content.decode()
