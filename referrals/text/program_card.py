"""The program card as a customer reads it: one source for their hub, the public terms and staff's
preview.
"""

from __future__ import annotations

from typing import Any

from referrals.models import Program, Referral, TermsVersion
from referrals.selectors.customer_pages import active_rules
from referrals.text import introductions, offers


def card_of(program: Program) -> dict[str, Any]:
    """Return what a program's card says, in the current language."""
    rules = active_rules(program)
    also = offers.also(program, rules)
    if not any(rule.milestone == "won" for rule in rules):
        also = also[1:]  # the first is the sentence itself
    return {
        "program": program,
        "sentence": introductions.reward_sentence(program, rules),
        "also": also,
        "fulfilment": introductions.fulfilment(program),
        "terms": program.terms.order_by("-number").first(),
    }


def terms_of(
    program: Program, shown: TermsVersion | None, versions: list[TermsVersion]
) -> dict[str, Any]:
    """Return what a program's public terms say, in the current language."""
    order = ("qualified", "won", "live")
    rules = sorted(
        active_rules(program),
        key=lambda rule: (order.index(rule.milestone), rule.side != "referrer"),
    )
    return {
        **card_of(program),
        "shown": shown,
        "versions": versions,
        "limits": offers.limits(program, rules),
        "rules": [
            {
                "rule": rule,
                "milestone": Referral.State(rule.milestone).label,
                "worth": offers.worth(rule, program),
            }
            for rule in rules
        ],  # milestones by the names the tracker gives them; 有望 is a word of sales
    }
