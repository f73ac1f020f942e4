"""Eligibility: who may introduce into a program, and when: by organization, plan, language and
date.

Returns the reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from referrals.models import Program, ProgramChange

if TYPE_CHECKING:
    from portal.accounts.models import Organization, User


def why_not(program: Program, user: User, now: datetime) -> str:
    """Return why a person may not join a program now: state, early, over, organization, plan,
    language; "" if they may.
    """
    if program.state != Program.State.OPEN:
        return "state"
    return (
        _by_date(program, now)
        or outside(program, user.organization)
        or _by_language(program, user.language)
    )


def why_at(program: Program, company: Organization | None, language: str, now: datetime) -> str:
    """Return why a reader of a company would not see a program if a draft were open already; "" if
    they would.
    """
    if program.state not in (Program.State.DRAFT, Program.State.OPEN):
        return "state"
    return _by_date(program, now) or outside(program, company) or _by_language(program, language)


def outside(program: Program, company: Organization | None) -> str:
    """Return why a company is not in a program's audience: organization, plan; "" when it is."""
    chosen = {row.pk for row in program.organizations.all()}
    if chosen and (company is None or company.pk not in chosen):
        return "organization"
    if program.plans and (company is None or company.plan not in program.plans):
        return "plan"
    return ""


def _by_language(program: Program, language: str) -> str:
    return "language" if program.languages and language not in program.languages else ""


def _by_date(program: Program, moment: datetime) -> str:
    if program.opens_at is not None and moment < program.opens_at:
        return "early"
    return "over" if program.ends_at is not None and moment >= program.ends_at else ""


def refuses_claim(program: Program, company: Organization | None, at: datetime) -> str:
    """Return why an introduction made at `at` does not count: program_closed, not_in_audience; ""
    when it does.

    What decides is when the introduction happened, not when we learned of it. The language is not
    checked: it is a user setting, and changing it must not cost anybody a reward.
    """
    if _by_date(program, at) or not was_open(program, at):
        return "program_closed"
    return "not_in_audience" if outside(program, company) else ""


def was_open(program: Program, at: datetime) -> bool:
    """Say whether a program took introductions at a moment, by the history of its states."""
    history = list(
        ProgramChange.objects.filter(program=program)
        .order_by("at", "pk")
        .values_list("after", "at")
    )
    if not history:
        return program.state == Program.State.OPEN
    earlier = [after for after, moment in history if moment <= at]
    return not earlier or earlier[-1] == Program.State.OPEN


def in_words(why: str) -> str:
    """Return a reason in words, for staff who preview a program."""
    return {
        "": _("The program is shown to this customer."),
        "state": _("The program is not open."),
        "early": _("The program begins later."),
        "over": _("The program is over."),
        "organization": _("Their company is not among the selected ones."),
        "plan": _("Their company's plan is not among the selected ones."),
        "language": _("The program is for readers of another language."),
    }[why]
