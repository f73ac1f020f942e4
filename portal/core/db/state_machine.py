"""The one notation of state machines: which state may follow which, who may move it, what it takes.

Each app declares its machines beside its models and registers them when it is loaded. Services ask
`allows`, `check` or `move` under the row's lock. The trigger that refuses every other move in the
database is generated here; migrations hold its text as it was generated, and a test compares what
is installed with what the machine says today. `manage.py state_machines` prints the text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import models

ANYBODY: Final = ""  # the role of a move that any caller of the service may make
WIDTH: Final = 100


class TransitionRefused(ValueError):
    """The machine does not name this move, or not for this role, or its reason is missing."""

    def __init__(
        self, machine: str, source: str, target: str, role: str, *, lacks_reason: bool = False
    ) -> None:
        by = f" by {role}" if role else ""
        said = f"{machine}: {source} → {target}{by}"
        super().__init__(f"{said} needs a reason" if lacks_reason else f"{said} is not allowed")
        self.source, self.target, self.role = source, target, role
        self.lacks_reason = lacks_reason


@dataclass(frozen=True)
class Transition:
    """One allowed move.

    `condition` is what else the database asks for: SQL about `NEW`; the service knows it by itself.
    """

    source: str
    target: str
    roles: frozenset[str] = frozenset({ANYBODY})
    requires_reason: bool = False
    condition: str = ""


def step(
    sources: str | Iterable[str],
    targets: str | Iterable[str],
    *roles: str,
    reason: bool = False,
    condition: str = "",
) -> tuple[Transition, ...]:
    """Return the moves from each of `sources` to each of `targets`, on the same terms."""
    return tuple(
        Transition(source, target, frozenset(roles or (ANYBODY,)), reason, condition)
        for source in _several(sources)
        for target in _several(targets)
    )


def _several(states: str | Iterable[str]) -> tuple[str, ...]:
    return (states,) if isinstance(states, str) else tuple(states)


@dataclass(frozen=True)
class Stages:
    """States in the order in which something comes forward; a later one implies the earlier."""

    order: tuple[str, ...]

    @property
    def rank(self) -> dict[str, int]:
        """The place of each stage; a state that is no stage has none."""
        return {stage: place for place, stage in enumerate(self.order)}

    def path(self, source: str, target: str) -> list[str]:
        """Return the stages to walk from one to a later one, the target included.

        Raises ValueError backward.
        """
        rank = self.rank
        if source not in rank or target not in rank or rank[target] <= rank[source]:
            raise ValueError(f"{source} does not lead to {target}")
        return list(self.order[rank[source] + 1 : rank[target] + 1])

    def furthest(self, reached: Collection[str]) -> str:
        """Return the last stage among `reached`, or ""."""
        return next((stage for stage in reversed(self.order) if stage in reached), "")


@dataclass(frozen=True)
class StateMachine:
    """The states of one column, where a row may begin, and every move it may make.

    `rule` names the trigger and the constraint that a refused move violates. `open` is what counts
    as under way: by default every state that leads on.
    """

    name: str
    model: type[models.Model]
    states: type[models.TextChoices]
    initial: frozenset[str]
    transitions: tuple[Transition, ...]
    rule: str
    column: str = "state"
    open: frozenset[str] = frozenset()
    stages: Stages = Stages(())
    _moves: Mapping[tuple[str, str], Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        moves = {(move.source, move.target): move for move in self.transitions}
        object.__setattr__(self, "_moves", moves)
        self._refuse_nonsense(moves)
        leading_on = frozenset(move.source for move in self.transitions)
        object.__setattr__(self, "open", self.open or leading_on)

    def _refuse_nonsense(self, moves: Mapping[tuple[str, str], Transition]) -> None:
        known = set(self.states.values)
        named = {state for pair in moves for state in pair}
        if len(moves) != len(self.transitions):
            raise ValueError(f"{self.name}: a move is named twice")
        if any(source == target for source, target in moves):
            raise ValueError(f"{self.name}: staying in a state is no move")
        if unknown := (named | self.initial | self.open | set(self.stages.order)) - known:
            raise ValueError(f"{self.name}: unknown states {sorted(unknown)}")
        if lost := known - self.initial - {target for _source, target in moves}:
            raise ValueError(f"{self.name}: nothing leads to {sorted(lost)}")

    @property
    def key(self) -> str:
        """Return what it is registered under, such as "app.noun.state"."""
        return f"{self.model._meta.label_lower}.{self.column}"

    @property
    def terminal(self) -> frozenset[str]:
        """The states that nothing leads out of."""
        return frozenset(self.states.values) - {move.source for move in self.transitions}

    @property
    def roles(self) -> frozenset[str]:
        """Everybody who may make some move."""
        return frozenset(role for move in self.transitions for role in move.roles)

    def allows(self, source: str, target: str, role: str = ANYBODY) -> bool:
        """Say whether `role` may move from `source` to `target` in one step."""
        move = self._moves.get((source, target))
        return move is not None and role in move.roles

    def allowed(self, state: str, role: str = ANYBODY) -> list[str]:
        """Return where `role` may go from `state`, in the order of declaration."""
        return [
            move.target for move in self.transitions if move.source == state and role in move.roles
        ]

    def sources(self, target: str, role: str = ANYBODY) -> list[str]:
        """Return from where `role` may go to `target`: the condition of a conditional UPDATE."""
        return [
            move.source for move in self.transitions if move.target == target and role in move.roles
        ]

    def check(self, source: str, target: str, role: str = ANYBODY, *, reason: str = "") -> None:
        """Raise TransitionRefused unless `role` may make this move, with its reason if it takes
        one.
        """
        if not self.allows(source, target, role):
            raise TransitionRefused(self.name, source, target, role)
        if self._moves[source, target].requires_reason and not reason.strip():
            raise TransitionRefused(self.name, source, target, role, lacks_reason=True)

    def move(self, row: models.Model, target: str, role: str = ANYBODY, *, reason: str = "") -> str:
        """Set the state of a row that the caller has locked and will save; return what it was.

        Raises TransitionRefused.
        """
        source = str(getattr(row, self.column))
        self.check(source, target, role, reason=reason)
        setattr(row, self.column, target)
        return source

    # -- the database -----------------------------------------------------------------------------

    @property
    def function(self) -> str:
        """The name of the trigger function."""
        return f"{self.model._meta.db_table}_{self.column}_moves"

    def function_body(self) -> str:
        """Return the body of the trigger function."""
        old, new = f"OLD.{self.column}", f"NEW.{self.column}"
        begins = _wrapped(f"IF {new} IN ({_literals(self.states, self.initial)}) THEN", "        ")
        cases = "\n".join(self._case(state, new) for state in self.states.values)
        return f"""
BEGIN
    IF TG_OP = 'INSERT' THEN
{begins}
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '{self.name} % cannot begin as %', NEW.id, {new}
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{self.rule}';
    END IF;
    IF {old} = {new} THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE {old}
{cases}
        ELSE false
    END) THEN
        RAISE EXCEPTION '{self.name} % cannot go from % to %', NEW.id, {old}, {new}
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{self.rule}';
    END IF;
    RETURN NEW;
END """

    def _case(self, state: str, new: str) -> str:
        found = [move for move in self.transitions if move.source == state]
        free = {move.target for move in found if not move.condition}
        said = f"{new} IN ({_literals(self.states, free)})" if free else "false"
        lines = [_wrapped(f"WHEN {literal(state)} THEN {said}", "        ")]
        lines += [
            f"            OR {new} = {literal(move.target)} AND {move.condition}"
            for move in found
            if move.condition
        ]
        return "\n".join(lines)

    def trigger_sql(self) -> str:
        """Return the SQL that installs the trigger, or brings it up to date; for a migration."""
        table = self.model._meta.db_table
        return (
            f"CREATE OR REPLACE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$${self.function_body()}$$;\n"
            f"CREATE OR REPLACE TRIGGER {self.rule}\n"
            f"    BEFORE INSERT OR UPDATE OF {self.column} ON {table}\n"
            f"    FOR EACH ROW EXECUTE FUNCTION {self.function}();\n"
        )

    def reverse_sql(self) -> str:
        """Return the SQL that takes the trigger away."""
        return (
            f"DROP TRIGGER {self.rule} ON {self.model._meta.db_table};\n"
            f"DROP FUNCTION {self.function}();\n"
        )


def literal(state: str) -> str:
    """Return a state as an SQL literal; states are words of ours."""
    if not state.isidentifier():
        raise ValueError(f"{state!r} is no name of a state")
    return f"'{state}'"


def in_sql(states: Iterable[str]) -> str:
    """Return states as SQL takes them after IN, in alphabetical order."""
    return f"({', '.join(literal(state) for state in sorted(states))})"


def _literals(states: type[models.TextChoices], chosen: Collection[str]) -> str:
    return ", ".join(literal(state) for state in states.values if state in chosen)


def _wrapped(line: str, indent: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


_machines: dict[str, StateMachine] = {}


def register(machines: Sequence[StateMachine]) -> None:
    """Add the machines of an app; called from AppConfig.ready(). Raises ValueError for a second of
    one column.
    """
    for machine in machines:
        if machine.key in _machines:
            raise ValueError(f"{machine.key} has a state machine already")
        _machines[machine.key] = machine


def machines() -> dict[str, StateMachine]:
    """Return every registered machine by its key."""
    return dict(sorted(_machines.items()))
