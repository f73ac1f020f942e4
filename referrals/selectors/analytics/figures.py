"""One number of the analytics with its definition, sample size, confidence interval and
drill-down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.flywheel.rules.statistics import wilson
from referrals.text import metric_definitions

FEW = 10  # a share of fewer is shown grey: it says little


@dataclass(frozen=True)
class Share:
    """A share of cases: part ÷ whole with its Wilson interval, and the addresses of the rows of
    both.
    """

    key: str
    label: Any
    words: Any
    part: int
    whole: int
    part_stage: str = ""
    whole_stage: str = ""
    note: str = ""

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def between(self) -> tuple[float, float] | None:
        return wilson(self.part, self.whole)

    @property
    def is_faint(self) -> bool:
        return self.whole < FEW


RATES = (
    ("click_lead", _("Click to registration"), "by_click", "clicks_since"),
    ("lead_qualified", _("Registration to meeting"), "qualified_since", "registered"),
    ("qualified_won", _("Meeting to contract"), "won_of_since", "qualified_since"),
    ("won_stayed", _("Still a customer twelve months after the contract"), "stayed", "year_old"),
    ("lead_won", _("Registration to contract"), "won_of_since", "registered"),
)


def rates(found: dict[str, tuple[int, int]]) -> list[Share]:
    """Return the four rates of the way and the conversion over the whole of it."""
    return [
        Share(
            key,
            label,
            metric_definitions.RATES[key],
            *found[key],
            part_stage=part,
            whole_stage=whole,
        )
        for key, label, part, whole in RATES
    ]


STEPS = {
    "sharing": (_("Companies that share"), _("per customer")),
    "shares": (_("Shares"), _("per company that shares")),
    "opened": (_("Clicks by people"), _("per share")),
    "leads": (_("Registered"), _("per click")),
    "leads_qualified": (_("Meetings"), _("per registration")),
    "leads_won": (_("Contracts"), _("per meeting")),
}


def steps(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the factors of K in words: each with its definition, its rows, and those of what it is
    measured by.
    """
    stages = ["customers", *(step["key"] for step in found)]
    return [
        {
            **step,
            "label": STEPS[step["key"]][0],
            "per": STEPS[step["key"]][1],
            "words": metric_definitions.SPREAD[step["key"]],
            "whole_stage": before,
        }
        for step, before in zip(found, stages, strict=False)
    ]
