"""The benchmark's report: a table and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from portal.dev.bench.measure import Figures, Result

HEAD = (
    "scenario",
    "req/s",
    "÷ trivial",
    "p50/p95/p99 ms",
    "alone p50/p95",
    "CPU app+PG ms",
    "CPU x",
    "SQL",
    "bytes",
    "budgets and goals",
)


def table(results: Sequence[Result]) -> str:
    """One line per scenario, columns aligned."""
    rows = [HEAD, *(_row(result) for result in results)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    lines = [
        "  ".join(
            _cell(text, width, n) for n, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * min(200, max(len(line) for line in lines)))
    return "\n".join([*lines, *_growth(results)])


def _cell(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column in (0, len(HEAD) - 1) else text.rjust(width)


def _row(result: Result) -> tuple[str, ...]:
    load, alone = result.loaded, result.alone
    verdict = "; ".join(
        [
            *(f"BROKEN {each}" for each in result.problems),
            *(f"missed {each}" for each in result.missed),
        ]
    )
    return (
        result.scenario.label,
        f"{load.rate:,.0f}",
        f"{result.rate_ratio:.3f}",
        f"{load.p50:.1f} / {load.p95:.1f} / {load.p99:.1f}",
        f"{alone.p50:.1f} / {alone.p95:.1f}",
        f"{load.app_ms:.2f} + {load.database_ms:.2f}",
        f"{result.cpu_ratio:.1f}",
        str(result.sql),
        f"{result.bytes:,}",
        verdict or "kept",
    )


def _growth(results: Sequence[Result]) -> list[str]:
    """How much dearer the far end of a list is than its beginning; goal 1.2."""
    by_key = {result.scenario.key: result for result in results}
    lines = []
    for result in results:
        other = by_key.get(result.scenario.compare_with)
        if other is not None and other.loaded.cpu_ms:
            ratio = result.loaded.cpu_ms / other.loaded.cpu_ms
            lines.append(
                f"{result.scenario.label} ÷ {other.scenario.label}: {ratio:.2f} of its CPU "
                "(goal ≤ 1.2)"
            )
    return ["", *lines] if lines else []


def as_json(
    results: Sequence[Result], facts: Sequence[tuple[str, bool]], memory: dict[str, int]
) -> dict[str, Any]:
    """The whole report in plain values."""
    return {
        "scenarios": [
            {
                "key": each.scenario.key,
                "label": each.scenario.label,
                "sql": each.sql,
                "bytes": each.bytes,
                "rate_ratio": round(each.rate_ratio, 4),
                "cpu_ratio": round(each.cpu_ratio, 2),
                "loaded": _rounded(each.loaded),
                "alone": _rounded(each.alone),
                "trivial": _rounded(each.trivial),
                "problems": each.problems,
                "missed": each.missed,
            }
            for each in results
        ],
        "facts": [{"fact": fact, "holds": holds} for fact, holds in facts],
        "memory_bytes": memory,
    }


def _rounded(figures: Figures) -> dict[str, float]:
    return {name: round(value, 3) for name, value in asdict(figures).items()}
