"""The metric registry.

A metric's number is computed from its rows, so the drill-down always adds up to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise

from portal.core.registry import Registry
from portal.flywheel.history import Data
from portal.flywheel.rules.statistics import kaplan_meier, poisson, wilson

Kind = Literal["sum", "count", "share", "ratio", "median", "p90"]


@dataclass(frozen=True)
class Row:
    """One row behind a number: what it is, where it leads, and what it adds.

    `of` is its part of the denominator.
    """

    label: str
    value: float
    at: datetime
    turn: int | None = None
    organization_id: int | None = None
    url: str = ""
    of: float = 1.0
    note: str | Promise = ""
    ended: bool = True


@dataclass(frozen=True)
class Value:
    """A number with how many cases it rests on and its 95 % interval where there is one."""

    number: float | None
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Metric:
    """A number somebody may act on: its definition, and the rows it is made of at any moment."""

    name: str
    label: str | Promise
    definition: str | Promise
    kind: Kind
    unit: str | Promise
    rows: Callable[[Data, datetime], Sequence[Row]] = field(repr=False)

    def value(self, data: Data, moment: datetime) -> Value:
        """Return the number at a moment, computed from the rows at that moment."""
        return value_of(self.kind, self.rows(data, moment))


_metrics: Registry[str, Metric] = Registry("metric")


def register_metric(metric: Metric) -> None:
    """Add a metric; called from AppConfig.ready()."""
    _metrics.register(metric.name, metric)


def metric(name: str) -> Metric | None:
    return _metrics.get(name)


def all_metrics() -> list[Metric]:
    return list(_metrics)


def value_of(kind: Kind, rows: Sequence[Row]) -> Value:
    """Make the number of its rows: sum and count add, a share divides, waits are Kaplan-Meier
    quantiles.
    """
    total, n = sum(row.value for row in rows), len(rows)
    if kind == "sum":
        return Value(total, n)
    if kind == "count":
        low, high = poisson(round(total))
        return Value(total, n, low, high)
    if kind in ("median", "p90"):
        waits = kaplan_meier([(row.value, row.ended) for row in rows])
        return Value(waits.quantile(0.5 if kind == "median" else 0.9), n)
    whole = sum(row.of for row in rows)
    if not whole:
        return Value(None, n)
    if kind == "ratio":
        return Value(total / whole, n)
    interval = wilson(round(total), round(whole))
    return Value(total / whole, n, *(interval or (None, None)))
