"""Chart tags for the chart components: they pass numbers to portal.core.web.charts and prepare the
table behind each chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.core.web import charts

register = template.Library()


@register.simple_tag
def line_svg(
    series: Sequence[charts.Series], labels: Sequence[str], width: int, name: str, unit: str = ""
) -> SafeString:
    """The line chart at one width; a page holds a wide and a narrow one and shows what fits."""
    return charts.line_svg(series, labels, width=width, name=name, unit=unit)


@register.simple_tag
def line_table(
    series: Sequence[charts.Series], labels: Sequence[str]
) -> list[tuple[str, list[Any]]]:
    """The rows behind a line chart: a label and the value of each series."""
    return [(label, [one["values"][index] for one in series]) for index, label in enumerate(labels)]


@register.simple_tag
def bar_svg(value: float | None, most: float | None, tone: int = 2, height: int = 14) -> SafeString:
    """One bar, as a share of the largest value."""
    return charts.bar_svg((value or 0) / most if most else 0.0, tone=tone, height=height)


@register.simple_tag
def stack_svg(rows: Sequence[charts.Row]) -> SafeString:
    """One bar cut into parts, from rows with a "share" and a "tone"."""
    return charts.stack_svg(rows)


@register.simple_tag
def steps_svg(
    steps: Sequence[tuple[float, float]], most: float, name: str, width: int = charts.NARROW
) -> SafeString:
    """A curve that rises in steps, from (x, share left after it)."""
    return charts.steps_svg(
        [(at, 1 - left) for at, left in steps], most=most, name=name, width=width
    )


@register.simple_tag
def most(rows: Sequence[Mapping[str, Any]], key: str = "value") -> float:
    """The largest value of a list of rows."""
    return max((row[key] or 0 for row in rows), default=0)


@register.simple_tag
def wheel_svg(
    axes: Sequence[Mapping[str, Any]], value: str, label: str, note: str, name: str
) -> SafeString:
    """The wheel of three arcs."""
    return charts.wheel_svg(axes, value=str(value), label=label, note=note, name=name)


@register.simple_tag
def wheel_words(axes: Sequence[Mapping[str, Any]], label: str, value: str) -> str:
    """What the wheel says, for those who do not see it."""
    said = [
        f"{axis['label']} {_('No data') if axis['value'] is None else axis['value']}"
        for axis in axes
    ]
    return f"{label} {value}. " + ", ".join(said)


@register.simple_tag
def heat_level(value: float | None, highest: float) -> str:
    """The step of the one-hue scale (1 to 5) of a cell in table.heat; "none" where there is no
    value yet.
    """
    if value is None:
        return "none"
    return str(min(5, max(1, 1 + int(5 * value / highest)))) if highest else "1"
