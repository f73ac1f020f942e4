"""Display text of a program's offer: rewards of every milestone, tiers, progress, limits."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.core.templatetags.display import money
from referrals.models import Program, RewardRule
from referrals.rules.reward_tiers import Way


def worth(rule: RewardRule | None, program: Program) -> str:
    """Return a rule's worth in words: ¥30,000, or 10 % up to ¥80,000, or ¥30,000 and from the 3rd
    contract ¥40,000.
    """
    if rule is None:
        return ""
    if rule.steps:
        return steps_in_words(rule, program)
    if rule.amount:
        return money(rule.amount, program.currency)
    share = f"{rule.basis_points / 100:g}%"
    if rule.cap is None:
        return _("%(share)s of the sale") % {"share": share}
    return _("%(share)s of the sale, at most %(cap)s") % {
        "share": share,
        "cap": money(rule.cap, program.currency),
    }


def nth(number: int) -> str:
    """Return an ordinal: 3rd, 3件目."""
    if (get_language() or "ja").startswith("ja"):
        return f"{number}件目"
    tail = {1: "st", 2: "nd", 3: "rd"}.get(
        number % 10 if number % 100 not in (11, 12, 13) else 0, "th"
    )
    return f"{number}{tail}"


def steps_in_words(rule: RewardRule, program: Program) -> str:
    """Return steps in one clause: ¥30,000, from the 3rd contract ¥40,000, from the 5th ¥50,000."""
    first, *later = rule.steps
    parts = [money(first[1], program.currency)]
    parts += [
        _("from the %(nth)s contract %(amount)s")
        % {"nth": nth(start), "amount": money(amount, program.currency)}
        for start, amount in later
    ]
    return _(", ").join(parts)


def also(program: Program, rules: list[RewardRule]) -> list[str]:
    """Return what other milestones than the contract bring, a sentence each."""

    said = {
        ("qualified", "referrer"): _("When a meeting takes place, you get %(amount)s."),
        ("qualified", "referee"): _("When a meeting takes place, they get %(amount)s."),
        ("live", "referrer"): _("When they have begun to use it, you get %(amount)s."),
        ("live", "referee"): _("When they have begun to use it, they get %(amount)s."),
    }
    return [
        said[rule.milestone, rule.side] % {"amount": worth(rule, program)}
        for rule in sorted(
            rules, key=lambda rule: (rule.milestone != "qualified", rule.side != "referrer")
        )
        if rule.is_active and (rule.milestone, rule.side) in said
    ]


def limits(program: Program, rules: list[RewardRule]) -> list[str]:
    """Return what bounds the rewards, and how contracts are counted, a sentence each."""
    found = []
    if any(rule.steps for rule in rules if rule.is_active):
        found.append(
            _(
                "Contracts are counted per person who introduces, in this program, by their "
                "date; two of the same moment count for each other, and one that was "
                "wholly refunded does not count."
            )
        )
    if program.year_cap is not None:
        found.append(
            _("One person's introductions earn their side at most %(amount)s in a calendar year.")
            % {"amount": money(program.year_cap, program.currency)}
        )
    if any(rule.budget is not None for rule in rules if rule.is_active):
        found.append(
            _("The program has a budget. When it is used up, no further rewards are granted.")
        )
    return found


def way_in_words(way: Way, program: Program) -> str:
    """Return how far somebody is on the steps, in one or two sentences."""
    each = money(way.amount, program.currency)
    if way.goal is None:
        return _("Each further contract brings you %(amount)s, the highest step.") % {
            "amount": each
        }
    before = way.goal - 1 - way.count
    return ngettext(
        "Your next contract brings you %(each)s. After %(count)s more, each brings %(amount)s.",
        "Your next contract brings you %(each)s. After %(count)s more, each brings %(amount)s.",
        before,
    ) % {"each": each, "count": before, "amount": money(way.goal_amount, program.currency)}
