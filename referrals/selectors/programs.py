"""Queries of staff's program pages: rules with what they granted, versions of the terms with their
differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Count, F, Sum

from referrals.models import Program, Reward, RewardRule, TermsVersion
from referrals.text import offers


@dataclass(frozen=True)
class RuleRow:
    """One rule, in force or closed, and what came of it."""

    rule: RewardRule
    worth: str
    count: int
    net: int

    @property
    def used(self) -> int:
        """What is spent of the whole budget."""
        return self.rule.spent_before + self.rule.granted_amount


def rule_rows(program: Program) -> list[RuleRow]:
    """Return every rule of a program, those in force first."""
    sums: dict[int, tuple[int, int]] = {
        rule_id: (count, granted)
        for rule_id, count, granted in Reward.objects.filter(program=program)
        .values("rule_id")
        .annotate(count=Count("pk"), granted=Sum(F("amount") - F("reversed_amount")))
        .values_list("rule_id", "count", "granted")
    }
    order = list(RewardRule.Milestone.values)
    rules = sorted(
        program.rules.all(),
        key=lambda rule: (
            not rule.is_active,
            order.index(rule.milestone),
            rule.side != "referrer",
            -rule.pk,
        ),
    )
    return [
        RuleRow(rule, offers.worth(rule, program), *sums.get(rule.pk, (0, 0))) for rule in rules
    ]


def difference(old: str, new: str) -> list[dict[str, str]]:
    """Return the lines of a text with what was added and taken away since an older one."""
    before, after = old.splitlines(), new.splitlines()
    rows = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [{"kind": "", "text": line} for line in after[c:d]]
        else:
            rows += [{"kind": "del", "text": line} for line in before[a:b]]
            rows += [{"kind": "ins", "text": line} for line in after[c:d]]
    return rows


def versions_of(program: Program) -> list[dict[str, Any]]:
    """Return the versions of a program's terms, newest first, each with its difference to the one
    before.
    """
    rows: list[TermsVersion] = list(program.terms.order_by("number"))
    found = []
    for index, row in enumerate(rows):
        before = rows[index - 1] if index else None
        found.append(
            {
                "version": row,
                "before": before,
                "ja": difference(before.text_ja, row.text_ja) if before else [],
                "en": difference(before.text_en, row.text_en) if before else [],
            }
        )
    return found[::-1]
