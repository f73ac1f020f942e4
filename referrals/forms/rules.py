"""Administrator forms of rewards: one small form per milestone and side."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.web.forms import set_choices
from referrals.forms.programs import NO_ZERO, money_field, to_major, to_minor
from referrals.models import Program, RewardRule
from referrals.rules.reward_tiers import BadSteps, check_steps
from referrals.services.programs.reward_rules import Wish

STEPS: Final = 4
KINDS: Final = (
    ("none", _("No reward")),
    ("fixed", _("A fixed amount")),
    ("percent", _("A share of the sale")),
    ("tier", _("Steps by number of contracts")),
)


class RuleForm(forms.Form):
    """What one side gets for one milestone."""

    kind = forms.ChoiceField(label=_("Reward"), choices=KINDS)
    amount = money_field(_("Amount"))
    percent = forms.DecimalField(
        label=_("Share of the sale (%)"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=100,
        decimal_places=2,
    )
    cap = money_field(_("At most per reward"), help_text=_("Empty: no limit."))
    budget = money_field(
        _("Budget in all"), help_text=_("What was granted so far is part of it. Empty: no limit.")
    )

    def __init__(self, data: Any = None, *, program: Program, milestone: str, side: str) -> None:
        self.program, self.milestone, self.side = program, milestone, side
        rules = program.rules.all()  # prefetched
        self.rule = next(
            (
                rule
                for rule in rules
                if rule.is_active and (rule.milestone, rule.side) == (milestone, side)
            ),
            None,
        )
        super().__init__(data, prefix=f"{milestone}-{side}", initial=self._initial())
        left_out = {"percent", "tier"} if milestone == RewardRule.Milestone.QUALIFIED else set()
        if program.currency == "PTS":  # sales are in money, and points are no share of it
            left_out = left_out | {"percent"}
        set_choices(self, "kind", [row for row in KINDS if row[0] not in left_out])
        for number in range(1, STEPS + 1):
            self.fields[f"from_{number}"] = forms.IntegerField(
                label=_("From contract number"), required=False, min_value=1, max_value=999
            )
            self.fields[f"step_{number}"] = money_field(_("each brings"))
        for name in self.fields:
            self.fields[name].widget.attrs["aria-label"] = (
                f"{self.title}: {self.fields[name].label}"
            )

    @property
    def title(self) -> str:
        return f"{RewardRule.Milestone(self.milestone).label}, {RewardRule.Side(self.side).label}"

    @property
    def milestone_label(self) -> str:
        return str(RewardRule.Milestone(self.milestone).label)

    @property
    def side_label(self) -> str:
        return str(RewardRule.Side(self.side).label)

    @property
    def step_fields(self) -> list[tuple[Any, Any]]:
        return [(self[f"from_{number}"], self[f"step_{number}"]) for number in range(1, STEPS + 1)]

    def _initial(self) -> dict[str, Any]:
        rule, currency = self.rule, self.program.currency
        if rule is None:
            return {"kind": "none", "from_1": 1}
        found = {
            "kind": rule.kind,
            "amount": to_major(rule.amount or None, currency),
            "cap": to_major(rule.cap, currency),
            "percent": Decimal(rule.basis_points) / 100 if rule.basis_points else None,
            "budget": to_major(rule.whole_budget, currency),
            "from_1": 1,
        }
        for number, (start, amount) in enumerate(rule.steps, start=1):
            found |= {f"from_{number}": start, f"step_{number}": to_major(amount, currency)}
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in (
            "amount",
            "cap",
            "budget",
            *(f"step_{number}" for number in range(1, STEPS + 1)),
        ):
            try:
                cleaned[name] = to_minor(cleaned.get(name), self.program.currency)
            except ValueError:
                self.add_error(name, _("This currency has no smaller unit."))
        kind = cleaned.get("kind")
        if kind == "none" or self.errors:
            return cleaned
        for name in ("cap", "budget"):
            if cleaned.get(name) == 0:
                self.add_error(name, NO_ZERO)
        if kind == "fixed" and not cleaned.get("amount"):
            self.add_error("amount", _("Enter the amount."))
        if kind == "percent" and not cleaned.get("percent"):
            self.add_error("percent", _("Enter the percentage."))
        if kind == "tier":
            cleaned["steps"] = self._steps(cleaned)
        least = min(
            (amount for _start, amount in cleaned.get("steps", [])),
            default=cleaned.get("amount") or 0,
        )
        fresh = (
            self.rule is None or not self.rule.spent_before + self.rule.granted_amount
        )  # else a budget may run out
        if (
            fresh
            and kind in ("fixed", "tier")
            and cleaned.get("budget")
            and cleaned["budget"] < least
        ):
            self.add_error(
                "budget",
                _("The budget is less than one reward: nobody would ever get what is promised."),
            )
        return cleaned

    def _steps(self, cleaned: dict[str, Any]) -> list[list[int]]:
        rows = []
        for number in range(1, STEPS + 1):
            start, amount = cleaned.get(f"from_{number}"), cleaned.get(f"step_{number}")
            if start is not None and amount is not None:
                rows.append([start, amount])
            elif amount is not None or (start is not None and number > 1):
                self.add_error(f"from_{number}", _("A step needs a number and an amount."))
                return []
        said = {
            "empty": _("Give at least one step."),
            "first": _("The first step begins with contract number 1."),
            "order": _("Each step begins later than the one before."),
            "amount": _("Every step is worth something."),
        }
        try:
            return check_steps(rows)
        except BadSteps as error:
            self.add_error("from_1", said[error.why])
            return []

    def wish(self) -> Wish:
        """Return the rule this form asks for."""
        data, kind = self.cleaned_data, self.cleaned_data["kind"]
        if kind == "none":
            return Wish(self.milestone, self.side, is_active=False)
        return Wish(
            self.milestone,
            self.side,
            amount=data["amount"] if kind == "fixed" else 0,
            basis_points=int(data["percent"] * 100) if kind == "percent" else 0,
            steps=data["steps"] if kind == "tier" else [],
            cap=data["cap"] or None if kind == "percent" else None,
            budget=data["budget"],
        )


def rule_forms(program: Program, data: Any = None) -> list[RuleForm]:
    """Return the forms of every milestone and side, in order."""
    return [
        RuleForm(data, program=program, milestone=milestone, side=side)
        for milestone in RewardRule.Milestone.values
        for side in RewardRule.Side.values
    ]
