"""Charts as SVG from plain numbers: the wheel, lines, bars.

No query here, no script in the page, and no inline style.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Series = Mapping[
    str, Any
    # {"label": str, "values": [number | None, …], "tone": 1 | 2 | 3 | 4, "style": "" | "before" |
    # "raw"}
]
Row = Mapping[str, Any]  # {"label": str, "value": number, "shown": str, "url": str, "note": str}

WIDE, NARROW = 640, 340
TOP, RIGHT, BOTTOM, LEFT = 18, 16, 30, 46


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round values that span the range: steps of 1, 2 or 5 times a power of ten."""
    if high <= low:
        high = low + 1
    rough = (high - low) / wanted
    power = 10 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first, last = floor(low / step), ceil(high / step)
    return [round(step * index, 10) for index in range(first, last + 1)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def line_svg(
    series: Sequence[Series], labels: Sequence[str], *, width: int, name: str, unit: str = ""
) -> SafeString:
    """Draw lines over equally spaced labels; a missing value is a gap, the last value is written at
    its point.
    """
    height = 240 if width == WIDE else 210
    known = [value for one in series for value in one["values"] if value is not None]
    if not known or not labels:
        return SafeString("")
    scale = ticks(min(0, *known), max(known))
    low, high = scale[0], scale[-1]

    def x(index: int) -> float:
        return round(LEFT + (width - LEFT - RIGHT) * index / max(1, len(labels) - 1), 1)

    def y(value: float) -> float:
        return round(TOP + (height - TOP - BOTTOM) * (1 - (value - low) / (high - low)), 1)

    parts = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(name)}">']
    for value in scale:
        parts.append(
            f'<line class="tick" x1="{LEFT}" x2="{width - RIGHT}" y1="{y(value)}" y2="{y(value)}"/>'
        )
        parts.append(
            f'<text class="faint" x="{LEFT - 8}" y="{y(value) + 4}" '
            f'text-anchor="end">{_number(value)}</text>'
        )
    every = max(1, ceil(len(labels) / (8 if width == WIDE else 4)))
    for index, label in enumerate(labels):
        if (len(labels) - 1 - index) % every == 0:
            anchor = "end" if index == len(labels) - 1 else "middle"
            parts.append(
                f'<text class="faint" x="{x(index)}" y="{height - 8}" '
                f'text-anchor="{anchor}">{escape(label)}</text>'
            )
    for order, one in enumerate(series, 1):
        parts += _line(one, order, labels, x, y, unit)
    parts.append("</svg>")
    return mark_safe("".join(parts))  # every text is escaped above


def _line(
    one: Series, order: int, labels: Sequence[str], x: Any, y: Any, unit: str
) -> Iterable[str]:
    tone, style = one.get("tone", order), one.get("style", "")
    path, joined = [], False
    for index, value in enumerate(one["values"]):
        if value is not None:
            path.append(f"{'L' if joined else 'M'}{x(index)} {y(value)}")
        joined = value is not None
    if style != "raw":
        yield f'<path class="plot s{tone} {style}" d="{"".join(path)}"/>'
    points = [(index, value) for index, value in enumerate(one["values"]) if value is not None]
    for index, value in points:
        last = index == points[-1][0] and not style
        if style == "raw" or last or len(points) <= 16:
            kind = "raw" if style else "dot"
            said = escape(f"{one['label']} {labels[index]}: {_number(value)}{unit}")
            yield (
                f'<circle class="{kind} s{tone}" cx="{x(index)}" cy="{y(value)}" '
                f'r="{4 if last else 3}">'
                f"<title>{said}</title></circle>"
            )
        if last:
            yield (
                f'<text class="strong" x="{x(index)}" y="{y(value) - 10}" '
                f'text-anchor="end">{_number(value)}{escape(unit)}</text>'
            )


def bar_svg(share: float, *, tone: int = 2, height: int = 14) -> SafeString:
    """Draw one bar filled to `share` (0 to 1); the figure stands in words beside it, so the bar
    itself is silent.
    """
    filled = round(100 * min(1.0, max(0.0, share)), 2)
    seen = max(filled, 0.6) if share > 0 else 0
    return mark_safe(
        f'<svg viewBox="0 0 100 {height}" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rest" width="100" height="{height}" rx="1"/>'
        f'<rect class="bar s{int(tone)}" width="{seen}" height="{height}" rx="1"/></svg>'
    )


def steps_svg(
    steps: Sequence[tuple[float, float]], *, most: float, name: str, width: int = NARROW
) -> SafeString:
    """Draw a curve that rises in steps: (x, share from then on), from 0 % at 0 up to where it is
    known (`most`).
    """
    height, right, left = 190, 8, 40
    most = max(most, 1.0)

    def x(value: float) -> float:
        return round(left + (width - left - right) * min(value, most) / most, 1)

    def y(share: float) -> float:
        return round(TOP + (height - TOP - BOTTOM) * (1 - share), 1)

    parts = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(name)}">']
    for share in (0.0, 0.5, 1.0):
        kind = "flag" if share == 0.5 else "tick"
        parts.append(
            f'<line class="{kind}" x1="{left}" x2="{width - right}" y1="{y(share)}" '
            f'y2="{y(share)}"/>'
        )
        parts.append(
            f'<text class="faint" x="{left - 6}" y="{y(share) + 4}" '
            f'text-anchor="end">{100 * share:.0f}%</text>'
        )
    for value in ticks(0, most, 4):
        if value <= most:
            parts.append(
                f'<text class="faint" x="{x(value)}" y="{height - 8}" '
                f'text-anchor="middle">{_number(value)}</text>'
            )
    path = (
        f"M{x(0)} {y(0)}"
        + "".join(f"H{x(at)}V{y(share)}" for at, share in steps if at <= most)
        + f"H{x(most)}"
    )
    parts.append(f'<path class="plot s2" d="{path}"/></svg>')
    return mark_safe("".join(parts))  # every text is escaped above


def stack_svg(rows: Sequence[Row], *, height: int = 28) -> SafeString:
    """Draw one bar cut into parts by their share, each with its tone; the words stand beside it, so
    it is silent.
    """
    parts, at = [], 0.0
    for row in rows:
        width = 100 * float(row["share"])
        gap = 0.25 if at else 0.0
        parts.append(
            f'<rect class="k{int(row["tone"])}" x="{at + gap:.3f}" '
            f'width="{max(0.15, width - gap):.3f}" height="{height}"/>'
        )
        at += width
    return mark_safe(
        f'<svg viewBox="0 0 100 {height}" preserveAspectRatio="none" '
        f'aria-hidden="true">{"".join(parts)}</svg>'
    )  # numbers only


def wheel_svg(
    axes: Sequence[Mapping[str, Any]], *, value: str, label: str, note: str, name: str
) -> SafeString:
    """Draw the wheel: each axis owns a third of the rim, its arc is as long and as strong as its
    value (0 to 100).
    """
    gap, third = 5.0, 100.0
    parts = [f'<svg viewBox="0 0 240 240" role="img" aria-label="{escape(name)}">']
    parts.append('<circle class="rim" cx="120" cy="120" r="94"/>')
    for index, axis in enumerate(axes[:3]):
        if axis["value"] is None:  # no data is no arc, not one of length 0
            continue
        full = min(100.0, max(0.0, float(axis["value"] or 0)))
        length = round((third - gap) * full / 100, 2)
        strength = round(8 + 20 * (full / 100) ** 2, 1)
        parts.append(
            f'<circle class="arc a{index + 1}" cx="120" cy="120" r="94" pathLength="300" '
            f'stroke-width="{strength}"'
            f' stroke-dasharray="{length} {300 - length}" '
            f'stroke-dashoffset="{-(index * third + gap / 2)}"'
            f' transform="rotate(-90 120 120)"/>'
        )
    parts.append(
        f'<text x="120" y="96">{escape(label)}</text><text class="n" x="120" '
        f'y="134">{escape(value)}</text>'
    )
    parts.append(f'<text x="120" y="158">{escape(note)}</text></svg>')
    return mark_safe("".join(parts))  # every text is escaped above
