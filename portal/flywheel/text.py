"""Turns numbers into sentences in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.flywheel.metric_registry import Metric, Value
from portal.flywheel.rules.friction import Step
from portal.flywheel.rules.stages import Stage


def stuck_at(step: Step) -> str:
    """Name the step in which customers wait: 「着手」「対応」「伝える」."""
    names = {
        Stage.CLAIMED: _("taking it up"),
        Stage.ACTED: _("acting on it"),
        Stage.TOLD: _("updating the customer"),
        Stage.CONFIRMED: _("confirming"),
        Stage.ADVOCACY: _("speaking for us"),
        Stage.WON: _("winning"),
        Stage.FIRST_POST: _("the newcomer's first post"),
    }
    return names[Stage(step.after)]


def duration(hours: float | None) -> str:
    """Say a wait: 12分, 5.4時間, 3.2日; "not reached" where the curve never gets there."""
    if hours is None:
        return _("not reached")
    minutes = round(60 * hours)
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if hours < 48:
        return _("%(n)s hours") % {"n": f"{hours:.1f}".removesuffix(".0")}
    return _("%(n)s days") % {"n": f"{hours / 24:.1f}".removesuffix(".0")}


def shown(metric: Metric, value: Value) -> str:
    """Write a number as its kind asks for."""
    if metric.kind in ("median", "p90"):
        return duration(value.number) if value.n else "–"
    if value.number is None:
        return "–"
    if metric.unit == "%":
        return f"{100 * value.number:.0f}%"
    return f"{value.number:.0f}" if float(value.number).is_integer() else f"{value.number:.1f}"


def basis(metric: Metric, value: Value) -> str:
    """Say what a number rests on: n and its 95 % interval."""
    if value.low is None or value.high is None:
        return _("n = %(n)s") % {"n": value.n}
    scale, sign = (100, "%") if metric.unit == "%" else (1, "")
    return _("n = %(n)s, 95%% interval %(low)s–%(high)s%(sign)s") % {
        "n": value.n,
        "low": f"{scale * value.low:.0f}",
        "high": f"{scale * value.high:.0f}",
        "sign": sign,
    }


def finding(
    *,
    momentum: float,
    change: float,
    filling: int | None,
    worst: Step | None,
    waiting: int,
    won: int,
    recorded: int,
) -> str:
    """Write the finding of the page from its numbers; `waiting` is how many wait for us."""
    japanese = (get_language() or "ja").startswith("ja")
    if filling is not None:
        first = ngettext(
            "Momentum is %(momentum)s since the start, %(n)s day ago.",
            "Momentum is %(momentum)s since the start, %(n)s days ago.",
            filling,
        ) % {"momentum": f"{momentum:.0f}", "n": filling}
    else:
        first = _(
            "Momentum is %(momentum)s, %(change)s against the median of the last eight weeks."
        ) % {"momentum": f"{momentum:.0f}", "change": signed(change)}
    second = _(
        "In 30 days customers introduced %(recorded)s companies; %(won)s were won in 180 days."
    ) % {
        "recorded": recorded,
        "won": won,
    }
    if worst is not None:
        third = _held_up(worst)
    elif waiting:
        third = ngettext(
            "%(n)s customer waits for us.", "%(n)s customers wait for us.", waiting
        ) % {"n": waiting}
    else:
        third = _("Nobody waits for us.")
    return ("" if japanese else " ").join(part for part in (first, second, third) if part)


def signed(change: float) -> str:
    """Write a change with its sign, nothing as ±0."""
    return f"{change:+.0f}" if round(change) else "±0"


def _held_up(step: Step) -> str:
    """Say where customers are held up. What was taken up may have its answer already: then nobody
    has said yet that it is solved.
    """
    if step.after == Stage.ACTED:
        words = _(
            "What holds us up now is “%(step)s”: %(n)s were taken up or answered and have no "
            "result yet; %(half)s."
        )
    else:
        words = _("What holds us up now is “%(step)s”: %(n)s are waiting; %(half)s.")
    return words % {"step": stuck_at(step), "n": step.open_now, "half": half_take(step)}


def half_take(step: Step) -> str:
    """Say how long half of them take; fewer than half may have got on so far."""
    if step.median_hours is None:
        return _("fewer than half have got on so far")
    return _("half take longer than %(median)s") % {"median": duration(step.median_hours)}
