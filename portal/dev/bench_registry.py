"""The benchmark registry: every app registers its data, its pages and its checks."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import connection
from django.db.models import Field, GeneratedField, JSONField, Model

from portal.core.registry import Registry

Row = Mapping[str, Any]
Group = Literal["pages", "redirect"]


@dataclass(frozen=True)
class Size:
    """How much is loaded. `posts` counts the texts of topics too."""

    name: str
    people: int
    topics: int
    posts: int
    links: int = 20_000


SIZES = {
    "tiny": Size("tiny", 40, 60, 400, 30),  # for the tests
    "20k": Size("20k", 5_000, 20_000, 200_000),
    "200k": Size("200k", 5_000, 200_000, 800_000),
}


@dataclass
class BenchWorld:
    """What the parts of the generated data set share: size, clock, a seeded RNG, and the objects
    made so far by name.
    """

    size: Size
    now: datetime
    dice: random.Random
    say: Callable[[str], None]
    made: dict[str, Any] = field(default_factory=dict)

    def copy(self, model: type[Model], rows: Iterable[Row]) -> int:
        """Load rows that bring their own primary keys by COPY; says how far it is."""
        name = str(model._meta.verbose_name_plural)  # noqa: SLF001  Django's documented one
        return copy_rows(model, rows, told=lambda count: self.say(f"{count:,} {name}"))


@dataclass(frozen=True)
class Request:
    """One request of a scenario.

    `person` is the id of whoever is signed in; a `form` makes it a POST with its token.
    """

    path: str
    person: int | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What the load did: requests answered as hoped, all of them, and where the marks of the
    database stood before.
    """

    answered: int
    before: Any = None


@dataclass(frozen=True)
class Scenario:
    """One line of the table. Budgets are hard (a broken one fails the run); goals are said beside
    the figures.

    `requests(world)` gives the requests in rotation; with `once` each is sent at most once. `mark`
    is read before the load and handed to `check`, which answers a sentence for what does not hold.
    """

    key: str
    label: str
    requests: Callable[[BenchWorld], Sequence[Request]]
    group: Group = "pages"
    order: int = 100
    statuses: tuple[int, ...] = (200,)
    sql_budget: int | None = None
    byte_goal: int | None = None
    cpu_goal: float | None = None
    rate_goal: float | None = None
    p95_goal: float | None = None  # milliseconds at concurrency 1
    once: bool = False
    compare_with: str = ""
    mark: Callable[[BenchWorld], Any] | None = None
    check: Callable[[BenchWorld, Outcome], str | None] | None = None


Load = Callable[[BenchWorld], None]
Recall = Callable[[BenchWorld], Iterator[tuple[str, bool]]]
_loads: Registry[str, tuple[int, Load]] = Registry("part of the benchmark's rows")
_scenarios: Registry[str, Scenario] = Registry("benchmark scenario")
_facts: Registry[str, Recall] = Registry("check of the benchmark's rows")


def register_load(name: str, *, order: int, load: Load) -> None:
    """Add a part of the generated set; parts run in `order`."""
    _loads.register(name, (order, load))


def register_scenario(scenario: Scenario) -> None:
    _scenarios.register(scenario.key, scenario)


def register_facts(name: str, facts: Recall) -> None:
    """Add sentences about the loaded set with whether they hold, such as "every document with
    請求書 is found".
    """
    _facts.register(name, facts)


def loads() -> list[tuple[str, Load]]:
    return [(name, load) for name, (_, load) in sorted(_loads.items(), key=lambda row: row[1][0])]


def scenarios(group: str) -> list[Scenario]:
    """Return the scenarios of a group in order; "all" means every group."""
    found = (each for each in _scenarios if group in ("all", each.group))
    return sorted(found, key=lambda each: (each.group, each.order, each.key))


def facts(world: BenchWorld) -> Iterator[tuple[str, bool]]:
    for found in _facts:
        yield from found(world)


def copy_rows(
    model: type[Model], rows: Iterable[Row], *, told: Callable[[int], None] | None = None
) -> int:
    """COPY rows (values by attribute name, primary keys included) into a model's table; set its
    sequence behind them.

    Fields a row leaves out get the model's default. No model instances: they would take most of the
    time.
    """
    meta = model._meta  # noqa: SLF001  Django's documented one
    quote, count = connection.ops.quote_name, 0
    columns = [
        _column(each) for each in meta.concrete_fields if not isinstance(each, GeneratedField)
    ]
    names = ", ".join(quote(column.name) for column in columns)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {quote(meta.db_table)} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([column.value(row) for column in columns])
                count += 1
                if told and count % 50_000 == 0:
                    told(count)
        if meta.auto_field is not None:
            key = str(meta.auto_field.column)
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), GREATEST((SELECT "  # noqa: S608  our own names; what people typed is a parameter
                f"max({quote(key)}) "
                f"FROM {quote(meta.db_table)}), 1))",
                [quote(meta.db_table), key],
            )
    return count


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a COPY: where its value comes from, and what stands in for it."""

    name: str
    attribute: str
    default: Any
    is_json: bool

    def value(self, row: Row) -> Any:
        if self.attribute not in row:
            return self.default
        value = row[self.attribute]
        return (
            json.dumps(value, ensure_ascii=False) if self.is_json and value is not None else value
        )


def _column(field: Field[Any, Any]) -> _Column:
    is_json = isinstance(field, JSONField)
    default = field.get_default()
    name = str(field.column)
    return _Column(
        name,
        field.attname,
        json.dumps(default) if is_json and default is not None else default,
        is_json,
    )
