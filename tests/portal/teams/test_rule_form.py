"""Editing a rule: whatever is typed, the periodic evaluation keeps working."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.accounts.models import User
from portal.core import time
from portal.teams.models import SignalRule, Team
from portal.teams.services.evaluation import sweep
from tests.portal.teams.facts import rule

pytestmark = pytest.mark.django_db


def tuned(row: SignalRule, **changed: Any) -> dict[str, Any]:
    assert row.team
    assert row.stand_in
    fields = {
        "threshold": row.threshold,
        "window_hours": row.window_hours,
        "cooldown_hours": row.cooldown_hours,
        "team": row.team.pk,
        "stand_in": row.stand_in.pk,
        "sla_hours": row.sla_hours,
        "escalate_hours": row.escalate_hours,
        "severity": row.severity,
        "enabled": "on",
        "reason": "試し",
    }
    return {**fields, **changed}


@pytest.mark.parametrize(
    "name", ["threshold", "window_hours", "cooldown_hours", "sla_hours", "escalate_hours"]
)
@pytest.mark.parametrize("value", ["2147483647", "99999999999999999999", "-1"])
def test_a_figure_beyond_all_measure_is_refused_with_words(
    kato: User, as_: Any, name: str, value: str
) -> None:
    row = rule("R01")
    response = as_(kato).post(reverse("teams:rule", args=[row.code]), tuned(row, **{name: value}))
    assert response.status_code == 422
    assert name in response.context["form"].errors
    sweep(now=time.now())


def test_the_largest_figures_the_form_takes_do_not_stop_the_sweep(kato: User, as_: Any) -> None:
    for row in (rule("R01"), rule("R05")):
        largest = {
            "threshold": 10_000,
            "window_hours": 87_600,
            "cooldown_hours": 87_600,
            "sla_hours": 1_000,
            "escalate_hours": 10_000,
        }
        assert (
            as_(kato)
            .post(reverse("teams:rule", args=[row.code]), tuned(row, **largest))
            .status_code
            == 302
        )
    sweep(now=time.now())
    assert as_(kato).get(reverse("teams:rules")).status_code == 200


def test_a_team_promises_an_answer_within_a_possible_time(kato: User, as_: Any) -> None:
    team = Team.objects.first()
    assert team
    response = as_(kato).post(
        reverse("teams:team", args=[team.name]),
        {"agreement": "", "channel": "", "within_hours": "99999999"},
    )
    assert response.status_code == 422
