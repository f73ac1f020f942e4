"""Every state machine and the database agree: each pair of states, each beginning, each role.

The pairs are tried on a copy of the table that has its installed trigger and none of its other
constraints, so that what is accepted or refused is the trigger's doing alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.db.state_machine import StateMachine, TransitionRefused, machines

pytestmark = pytest.mark.django_db
MACHINES = machines()
DERIVED = {"referrals.milestones.state"}  # written from the introduction's own
every_machine = pytest.mark.parametrize("key", sorted(MACHINES))


def installed(machine: StateMachine) -> list[tuple[str, str]]:
    """Return the trigger and the body of its function as the database has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t "
            "JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE t.tgrelid = %s::regclass AND t.tgname = %s AND t.tgenabled = 'O'",
            [machine.model._meta.db_table, machine.rule],
        )
        return cursor.fetchall()


class Copy:
    """A table with the columns of the real one and its trigger, and no other constraint."""

    def __init__(self, machine: StateMachine) -> None:
        self.machine, self.table = machine, f"copy_of_{machine.model._meta.db_table}"
        real = machine.model._meta.db_table
        [(definition, _body)] = installed(machine)
        self.numbers = {state: n for n, state in enumerate(machine.states.values)}
        self.run(f"CREATE TEMPORARY TABLE {self.table} AS SELECT * FROM {real} WITH NO DATA")
        for state, number in self.numbers.items():
            self.run(
                f"INSERT INTO {self.table} (id, {machine.column}) VALUES (%s, %s)", number, state
            )
        moved = definition.replace(f" ON public.{real} ", f" ON {self.table} ")
        assert moved != definition
        self.run(moved)

    def run(self, sql: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)

    def accepts(self, sql: str, *values: object, keep: bool = False) -> bool:
        """Try a statement; a refusal is the machine's own."""
        try:
            with transaction.atomic():
                self.run(sql, *values)
                if not keep:
                    transaction.set_rollback(True)
        except IntegrityError as error:
            if error.__cause__.diag.constraint_name != self.machine.rule:
                raise
            return False
        return True

    def may_go(self, source: str, target: str) -> bool:
        return self.accepts(
            f"UPDATE {self.table} SET {self.machine.column} = %s WHERE id = %s",
            target,
            self.numbers[source],
        )

    def may_begin(self, state: str) -> bool:
        return self.accepts(
            f"INSERT INTO {self.table} (id, {self.machine.column}) VALUES (1000, %s)", state
        )


@contextmanager
def copy_of(machine: StateMachine) -> Iterator[Copy]:
    with transaction.atomic():
        yield Copy(machine)
        transaction.set_rollback(True)


@every_machine
def test_what_is_installed_is_what_the_machine_says_today(key: str) -> None:
    """It fails for a machine that changed without a migration: see `manage.py state_machines`."""
    machine = MACHINES[key]
    before = installed(machine)
    assert [body for _trigger, body in before] == [machine.function_body()]
    with connection.cursor() as cursor:
        cursor.execute(machine.trigger_sql())
    assert installed(machine) == before


@every_machine
def test_the_way_back_leaves_nothing(key: str) -> None:
    machine = MACHINES[key]
    with connection.cursor() as cursor:
        cursor.execute(machine.reverse_sql())
        cursor.execute("SELECT count(*) FROM pg_proc WHERE proname = %s", [machine.function])
        assert cursor.fetchone() == (0,)
    assert installed(machine) == []


def test_every_column_of_states_has_its_machine() -> None:
    ours = [
        model
        for config in apps.get_app_configs()
        if config.name.startswith(("portal", "community", "referrals"))
        for model in config.get_models()
    ]
    columns = {
        f"{model._meta.label_lower}.{field.name}"
        for model in ours
        for field in model._meta.get_fields()
        if field.name in ("state", "status") and getattr(field, "choices", None)
    }
    assert columns - DERIVED == set(MACHINES)


@every_machine
def test_every_pair_of_states_is_moved_or_refused_by_both(key: str) -> None:
    machine = MACHINES[key]
    conditional = {(move.source, move.target) for move in machine.transitions if move.condition}
    with copy_of(machine) as copy:
        for source in machine.states.values:
            for target in machine.states.values:
                accepted = copy.may_go(source, target)
                named = any(machine.allows(source, target, role) for role in machine.roles)
                if source == target:
                    assert not named, source
                    assert accepted, "a row that stays is no move"
                elif (source, target) in conditional:
                    assert named, (source, target)
                    assert not accepted, "the condition does not hold for this row"
                else:
                    assert accepted == named, (source, target)


@every_machine
def test_a_row_begins_only_where_its_machine_says(key: str) -> None:
    machine = MACHINES[key]
    with copy_of(machine) as copy:
        begins = {state for state in machine.states.values if copy.may_begin(state)}
    assert begins == machine.initial


@every_machine
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_walks_end_in_the_same_state_on_both_sides(key: str, data: st.DataObject) -> None:
    machine = MACHINES[key]
    states, roles = st.sampled_from(machine.states.values), st.sampled_from(sorted(machine.roles))
    conditional = {(move.source, move.target) for move in machine.transitions if move.condition}
    update = f"SET {machine.column} = %s WHERE id = 1000"
    with copy_of(machine) as copy:
        row = machine.model(**{machine.column: data.draw(st.sampled_from(sorted(machine.initial)))})
        insert = f"INSERT INTO {copy.table} (id, {machine.column}) VALUES (1000, %s)"
        assert copy.accepts(insert, getattr(row, machine.column), keep=True)
        for target, role in data.draw(st.lists(st.tuples(states, roles), max_size=25)):
            source = getattr(row, machine.column)
            if (source, target) in conditional:
                continue
            try:
                machine.move(row, target, role, reason="because")
            except TransitionRefused:
                others = any(machine.allows(source, target, other) for other in machine.roles)
                if not others and source != target:
                    assert not copy.accepts(f"UPDATE {copy.table} {update}", target)
            else:
                assert copy.accepts(f"UPDATE {copy.table} {update}", target, keep=True)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {machine.column} FROM {copy.table} WHERE id = 1000")
            assert cursor.fetchone() == (getattr(row, machine.column),)


def test_a_reward_taken_back_goes_into_payment_only_where_a_payment_is_unsure() -> None:
    machine = MACHINES["referrals.reward.state"]
    with copy_of(machine) as copy:
        copy.run(  # a temporary table of this name is found before the real one
            "CREATE TEMPORARY TABLE referrals_payoutline AS "
            "SELECT * FROM referrals_payoutline WITH NO DATA"
        )
        number = copy.numbers["reversed"]
        unsure = "INSERT INTO referrals_payoutline (reward_id, is_unsure) VALUES (%s, %s)"
        copy.run(unsure, number, False)
        copy.run(unsure, number + 1, True)
        assert not copy.may_go("reversed", "reserved")
        copy.run(unsure, number, True)
        assert copy.may_go("reversed", "reserved")
        assert not copy.may_go("reversed", "available")


def test_the_command_lists_them_and_prints_what_a_migration_needs() -> None:
    out = StringIO()
    call_command("state_machines", stdout=out)
    assert [line.split(":")[0] for line in out.getvalue().splitlines()] == sorted(MACHINES)
    out = StringIO()
    call_command("state_machines", "teams.signal.state", stdout=out)
    machine = MACHINES["teams.signal.state"]
    assert machine.trigger_sql() in out.getvalue()
    assert machine.reverse_sql() in out.getvalue()
    with pytest.raises(CommandError, match="No state machine nonsense"):
        call_command("state_machines", "nonsense")
