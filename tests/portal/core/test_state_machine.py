"""The notation of state machines: what it answers, what it refuses, and what it generates."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from portal.core.db import state_machine
from portal.core.db.state_machine import Stages, StateMachine, TransitionRefused, in_sql, step
from portal.core.models import LongJob


class Light(models.TextChoices):
    """What a light may show."""

    RED = "red", "Red"
    GREEN = "green", "Green"
    YELLOW = "yellow", "Yellow"
    BROKEN = "broken", "Broken"


MOVES = (
    *step(Light.RED, Light.GREEN, "clock", "officer"),
    *step(Light.GREEN, Light.YELLOW, "clock"),
    *step(Light.YELLOW, Light.RED, "clock"),
    *step((Light.RED, Light.GREEN, Light.YELLOW), Light.BROKEN, "officer", reason=True),
)


def light(**changes: Any) -> StateMachine:
    return StateMachine(
        **{
            "name": "light",
            "model": LongJob,
            "states": Light,
            "initial": frozenset({Light.RED}),
            "transitions": MOVES,
            "rule": "lights_move_by_their_table",
            **changes,
        }
    )


def test_it_says_who_may_go_where() -> None:
    machine = light()
    assert machine.allowed("red", "clock") == ["green"]
    assert machine.allowed("red", "officer") == ["green", "broken"]
    assert machine.allowed("red") == [], "these moves are somebody's: nobody in particular has none"
    assert machine.sources("broken", "officer") == ["red", "green", "yellow"]
    assert machine.allows("green", "yellow", "clock")
    assert not machine.allows("green", "yellow", "officer")
    assert not machine.allows("green", "green", "clock")
    assert machine.roles == {"clock", "officer"}
    assert machine.terminal == {"broken"}
    assert machine.open == {"red", "green", "yellow"}
    assert light(open=frozenset({"red"})).open == {"red"}


def test_a_move_that_is_not_named_is_refused_in_words() -> None:
    machine = light()
    machine.check("red", "green", "clock")
    machine.check("red", "broken", "officer", reason="hit by a lorry")
    with pytest.raises(TransitionRefused, match="light: red → yellow by clock is not allowed"):
        machine.check("red", "yellow", "clock")
    with pytest.raises(TransitionRefused, match="light: green → yellow is not allowed"):
        machine.check("green", "yellow")
    with pytest.raises(TransitionRefused, match="needs a reason") as refused:
        machine.check("red", "broken", "officer", reason="  ")
    assert refused.value.lacks_reason
    assert (refused.value.source, refused.value.target) == ("red", "broken")


def test_moving_a_row_sets_its_state_and_says_what_it_was() -> None:
    machine, row = light(), LongJob(state="red")
    assert machine.move(row, Light.GREEN, "officer") == "red"
    assert row.state == "green"
    with pytest.raises(TransitionRefused):
        machine.move(row, Light.RED, "officer")
    assert row.state == "green"


def test_a_move_of_anybody_takes_no_role() -> None:
    machine = light(transitions=(*MOVES, *step("yellow", "green")))
    assert machine.allowed("yellow") == ["green"]
    assert machine.allowed("yellow", "clock") == ["red"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"transitions": (*MOVES, *step("red", "green"))}, "named twice"),
        ({"transitions": (*MOVES, *step("red", "red"))}, "no move"),
        ({"transitions": (*MOVES, *step("red", "blue"))}, "unknown states"),
        ({"initial": frozenset({"blue"})}, "unknown states"),
        ({"open": frozenset({"blue"})}, "unknown states"),
        ({"stages": Stages(("red", "blue"))}, "unknown states"),
        ({"transitions": MOVES[:-3]}, "nothing leads to"),
    ],
)
def test_nonsense_is_refused_when_it_is_declared(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        light(**changes)


def test_a_column_has_one_machine() -> None:
    before = state_machine.machines()
    with pytest.raises(ValueError, match="has a state machine already"):
        state_machine.register([light()])
    assert state_machine.machines() == before


def test_stages_come_one_after_the_other() -> None:
    stages = Stages(("seen", "tried", "bought"))
    assert stages.rank == {"seen": 0, "tried": 1, "bought": 2}
    assert stages.path("seen", "bought") == ["tried", "bought"]
    assert stages.furthest({"tried", "seen", "lost"}) == "tried"
    assert stages.furthest(()) == ""
    for source, target in (("tried", "seen"), ("tried", "tried"), ("lost", "bought")):
        with pytest.raises(ValueError, match="does not lead to"):
            stages.path(source, target)


def test_states_are_written_into_sql_only_as_words() -> None:
    assert in_sql({"red", "green"}) == "('green', 'red')"
    with pytest.raises(ValueError, match="no name of a state"):
        in_sql(["red') OR true --"])
