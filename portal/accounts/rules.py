"""Rules about who may see a row, written once and read three ways: by the ORM (`q`), for a row
that is loaded (`holds`), and in hand-written SQL (`sql`).

A rule speaks of the viewer and of the row's columns. `given` answers what it asks of the viewer;
what is left speaks of columns alone. There is no "not" around a rule: a column without a value is
then never mistaken for one that differs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from portal.accounts.models import User

Viewer = User | AnonymousUser
Values = dict[str, Any]  # parameters of a statement by name


class Rule(ABC):
    """What must be true of a viewer and a row."""

    @abstractmethod
    def holds(self, viewer: Viewer, row: object) -> bool:
        """Whether this viewer may see this row; asks the viewer last, which may cost a query."""

    @abstractmethod
    def given(self, viewer: Viewer) -> Rule:
        """Return what remains to be asked of a row."""

    @abstractmethod
    def columns_q(self) -> Q:
        """Return the condition of a rule that speaks of columns alone."""

    @abstractmethod
    def columns_sql(self, values: Values) -> str:
        """Return the same as SQL, its parameters added to `values`."""

    def q(self, viewer: Viewer) -> Q:
        """Return the ORM's condition for what this viewer may see."""
        return self.given(viewer).columns_q()

    def sql(self, viewer: Viewer) -> tuple[str, Values]:
        """Return the same condition as SQL with named parameters."""
        values: Values = {}
        return self.given(viewer).columns_sql(values), values

    def __and__(self, other: Rule) -> Rule:
        return AllOf(self, other)

    def __or__(self, other: Rule) -> Rule:
        return AnyOf(self, other)


class _OfColumns(Rule):
    """Says the same whoever looks."""

    def given(self, viewer: Viewer) -> Rule:
        return self


class _OfViewer(Rule):
    """Must be answered by `given` before a statement can be made of it."""

    def columns_q(self) -> Q:
        raise TypeError("a rule about the viewer is no condition on a row")

    def columns_sql(self, values: Values) -> str:
        raise TypeError("a rule about the viewer is no condition on a row")


@dataclass(frozen=True)
class Who(_OfViewer):
    """The viewer is such a person."""

    is_such: Callable[[Viewer], bool]

    def holds(self, viewer: Viewer, row: object) -> bool:
        return self.is_such(viewer)

    def given(self, viewer: Viewer) -> Rule:
        return EVERYTHING if self.is_such(viewer) else NOTHING


@dataclass(frozen=True)
class Own(_OfViewer):
    """The column has the viewer's own value; nothing is owned by somebody without one."""

    column: str
    value_of: Callable[[Viewer], int | None]

    def holds(self, viewer: Viewer, row: object) -> bool:
        found = getattr(row, self.column)
        return found is not None and found == self.value_of(viewer)

    def given(self, viewer: Viewer) -> Rule:
        value = self.value_of(viewer)
        return NOTHING if value is None else Is(self.column, value)


@dataclass(frozen=True, init=False)
class Is(_OfColumns):
    """The column has one of these values."""

    column: str
    values: tuple[Any, ...]

    def __init__(self, column: str, *values: Any) -> None:
        object.__setattr__(self, "column", column)
        object.__setattr__(self, "values", values)

    def holds(self, viewer: Viewer, row: object) -> bool:
        return getattr(row, self.column) in self.values

    def columns_q(self) -> Q:
        if len(self.values) == 1:
            return Q((self.column, self.values[0]))
        return Q((f"{self.column}__in", self.values))

    def columns_sql(self, values: Values) -> str:
        names = [f"rule{len(values) + n}" for n in range(len(self.values))]
        values |= zip(names, self.values, strict=True)
        return f"{self.column} IN ({', '.join(f'%({name})s' for name in names)})"


@dataclass(frozen=True)
class IsNot(_OfColumns):
    """The column, which always has a value, has another."""

    column: str
    value: Any

    def holds(self, viewer: Viewer, row: object) -> bool:
        return bool(getattr(row, self.column) != self.value)

    def columns_q(self) -> Q:
        return ~Q((self.column, self.value))

    def columns_sql(self, values: Values) -> str:
        name = f"rule{len(values)}"
        values[name] = self.value
        return f"{self.column} <> %({name})s"


@dataclass(frozen=True)
class Empty(_OfColumns):
    """The column has no value."""

    column: str

    def holds(self, viewer: Viewer, row: object) -> bool:
        return getattr(row, self.column) is None

    def columns_q(self) -> Q:
        return Q((self.column, None))

    def columns_sql(self, values: Values) -> str:
        return f"{self.column} IS NULL"


@dataclass(frozen=True, init=False)
class _Many(Rule):
    rules: tuple[Rule, ...]

    def __init__(self, *rules: Rule) -> None:
        object.__setattr__(self, "rules", rules)

    def _given(self, viewer: Viewer, end: Rule) -> list[Rule] | None:
        """Return what is left of each rule, None where one alone decides the whole.

        Those about the viewer alone go first: the others may cost a query that is then spared.
        """
        left: list[Rule] = []
        for rule in sorted(self.rules, key=lambda rule: not isinstance(rule, Who)):
            rest = rule.given(viewer)
            if rest == end:
                return None
            left += rest.rules if isinstance(rest, type(self)) else [rest]
        return left


class AllOf(_Many):
    """Every one of these rules; without any, everything."""

    def holds(self, viewer: Viewer, row: object) -> bool:
        return all(rule.holds(viewer, row) for rule in self.rules)

    def given(self, viewer: Viewer) -> Rule:
        left = self._given(viewer, NOTHING)
        return NOTHING if left is None else left[0] if len(left) == 1 else AllOf(*left)

    def columns_q(self) -> Q:
        found = Q()
        for rule in self.rules:
            found &= rule.columns_q()
        return found

    def columns_sql(self, values: Values) -> str:
        return f"({' AND '.join(rule.columns_sql(values) for rule in self.rules) or 'TRUE'})"


class AnyOf(_Many):
    """At least one of these rules; without any, nothing."""

    def holds(self, viewer: Viewer, row: object) -> bool:
        return any(rule.holds(viewer, row) for rule in self.rules)

    def given(self, viewer: Viewer) -> Rule:
        left = self._given(viewer, EVERYTHING)
        if left is None:
            return EVERYTHING
        merged = _merged(left)
        return merged[0] if len(merged) == 1 else AnyOf(*merged)

    def columns_q(self) -> Q:
        if not self.rules:
            return Q(pk__in=())
        found = Q()
        for rule in self.rules:
            found |= rule.columns_q()
        return found

    def columns_sql(self, values: Values) -> str:
        return f"({' OR '.join(rule.columns_sql(values) for rule in self.rules) or 'FALSE'})"


def _merged(rules: list[Rule]) -> list[Rule]:
    """Put the values one column may have into one rule."""
    values: dict[str, list[Any]] = {}
    others: list[Rule] = []
    for rule in rules:
        if isinstance(rule, Is):
            values.setdefault(rule.column, []).extend(rule.values)
        else:
            others.append(rule)
    return [*(Is(column, *found) for column, found in values.items()), *others]


EVERYTHING: Rule = AllOf()
NOTHING: Rule = AnyOf()
