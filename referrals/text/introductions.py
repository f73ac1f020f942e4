"""Display text of introductions: what a state means for the referrer, what comes next and when, why
something ended.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.templatetags.display import money, person_called, short_date
from referrals.models import Program, Referral, Reward, RewardRule
from referrals.rules import reasons, sla, state_machine
from referrals.text import offers

S = Referral.State
TONES = {
    S.SUBMITTED: "ai",
    S.CONSENT_PENDING: "yama",
    S.ACCEPTED: "ai",
    S.QUALIFIED: "ai",
    S.OPPORTUNITY: "ai",
    S.WON: "matsu",
    S.LIVE: "matsu",
    S.DECLINED: "akane",
    S.REJECTED: "akane",
    S.LOST: "akane",
    S.DISQUALIFIED: "akane",
    S.EXPIRED: "yama",
    S.WITHDRAWN: "",
    S.MERGED: "",
    S.DRAFT: "",
}
REWARD_TONES = {
    "held": "yama",
    "pending": "yama",
    "approved": "yama",
    "available": "ai",
    "reserved": "ai",
    "fulfilled": "matsu",
    "reversed": "akane",
}


def day(moment: datetime | None) -> str:
    """Return a date as the tracker shows it: 11月27日."""
    if moment is None:
        return ""
    return short_date(timezone.localtime(moment).date(), timezone.localtime(timezone.now()).date())


def shown_name(referral: Referral, *, staff: bool = False) -> str:
    """Return what the referrer may read of the referee: names only with that person's consent."""
    if staff or referral.name_consent_at is not None:
        company = referral.organization.name if referral.organization else referral.referee_company
        return company or referral.referee_name or _("Erased at their request")
    if referral.kind == Referral.Kind.NAMED:  # the referrer wrote it
        return referral.referee_company or referral.referee_name or _("Erased at their request")
    return _("Somebody who came by your link")


def shown_person(referral: Referral, *, staff: bool = False) -> str:
    """Return the introduced person's name where the reader may see it."""
    if staff or referral.name_consent_at is not None or referral.kind == Referral.Kind.NAMED:
        if referral.referee_name:
            return person_called(referral.referee_name)
        if referral.referee and (staff or referral.name_consent_at is not None):
            return person_called(referral.referee.display_name)
    return ""


def steps(
    referral: Referral, dates: dict[str, datetime], rewards: list[Reward]
) -> list[dict[str, str]]:
    """Return the timeline: introduction, consent, meeting, talks, contract, reward, each with its
    date or its due day.
    """
    order: list[tuple[str, str]] = [
        ("", _("Introduced")),
        (S.ACCEPTED, _("Consent")),
        (S.QUALIFIED, _("Meeting")),
        (S.OPPORTUNITY, _("Talks")),
        (S.WON, _("Contract")),
    ]
    rank = state_machine.RANK.get(referral.state, -1)
    rows = []
    for stage, label in order:
        reached = (
            not stage
            or stage in dates
            or (stage in state_machine.RANK and state_machine.RANK[stage] <= rank)
        )
        moment = dates.get(stage) if stage else referral.introduced_at
        rows.append({"label": label, "note": day(moment), "state": "done" if reached else ""})
    rows.append(_reward_step(rewards))
    return _mark_now(referral, rows)


def _reward_step(rewards: list[Reward]) -> dict[str, str]:
    hers = [reward for reward in rewards if reward.side == RewardRule.Side.REFERRER]
    mine = [reward for reward in hers if reward.net > 0]
    if hers and not mine:
        return {"label": _("Reward"), "note": _("taken back"), "state": "stopped"}
    if not mine:
        return {"label": _("Reward"), "note": "", "state": ""}
    reward = mine[-1]
    if reward.state == Reward.State.FULFILLED:
        return {"label": _("Reward"), "note": day(reward.state_since), "state": "done"}
    if reward.state == Reward.State.RESERVED:
        return {"label": _("Reward"), "note": _("in payment"), "state": "now"}
    if reward.state == Reward.State.AVAILABLE:
        return {"label": _("Reward"), "note": _("available"), "state": "now"}
    if reward.state == Reward.State.APPROVED:
        note = _("available on %(day)s") % {"day": day(reward.due_at)}
    elif reward.due_at <= timezone.now():
        note = _("waiting for approval")
    else:
        note = _("on hold until %(day)s") % {"day": day(reward.due_at)}
    return {"label": _("Reward"), "note": note, "state": ""}


def _mark_now(referral: Referral, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Mark the first step not done as the one in motion, or as stopped when the introduction has
    ended.

    What we promised to do next is about the sale: once it is won, no date of ours stands at the
    reward.
    """
    for row in rows:
        if row["state"] == "stopped":
            break
        if row["state"] != "done":
            row["state"] = "stopped" if referral.state in state_machine.ENDED else "now"
            promised = referral.next_due_at if referral.state in state_machine.OPEN else None
            if row["state"] == "now" and promised and not row["note"]:
                row["note"] = _("next contact by %(day)s") % {"day": day(promised)}
            if row["state"] == "stopped":
                row["note"] = day(referral.state_since)
            break
    return rows


def next_words(referral: Referral, rewards: list[Reward], owner: str = "") -> str:
    """Return one or two sentences: who handles it, what comes next and when, or why it ended and
    whom to ask.
    """
    if referral.state in state_machine.ENDED:
        reason = reasons.to_referrer(referral.reason)
        if not reason and referral.state in _ENDED:
            return _ENDED[S(referral.state)]()
        return reason or _("This introduction has ended. Ask us if you would like to know more.")
    if referral.state == S.CONSENT_PENDING:
        return _(
            "We wait for their consent. Nothing is sent by us: please pass the page on to them "
            "yourself."
        )
    if referral.state in (S.WON, S.LIVE):
        return _won_words(rewards)
    who = (
        _("%(name)s handles it.") % {"name": person_called(referral.handler.display_name)}
        if referral.handler
        else _("The sales team handles it.")
    )
    late = sla.late_since(referral, timezone.now())
    if late is not None:
        return _late_words(
            referral,
            late,
            who if referral.handler or not owner else _("%(name)s handles it.") % {"name": owner},
        )
    if referral.next_due_at is None:
        return who
    if referral.contacted_at is None:
        return _then(
            who, _("The company will be contacted by %(day)s.") % {"day": day(referral.next_due_at)}
        )
    return _then(who, _("You will hear from us by %(day)s.") % {"day": day(referral.next_due_at)})


def _then(first: str, second: str) -> str:
    """One sentence after another: with a space between them in English, without one in Japanese."""
    return _("%(first)s %(second)s") % {"first": first, "second": second}


_ENDED: dict[S, Callable[[], str]] = {
    S.DECLINED: lambda: _(
        "They said no, and we do not contact them. It takes nothing away from your introduction."
    ),
    S.WITHDRAWN: lambda: _("You took it back."),
}


def _late_words(referral: Referral, late: datetime, who: str) -> str:
    """Say that a promise is broken, which one, and who looks after it."""
    if referral.contacted_at is None:
        said = _("We are late: the company was to be contacted by %(day)s and has not been.")
    else:
        said = _("We are late: we promised to update you by %(day)s.")
    return _then(said % {"day": day(late)}, who)


def _won_words(rewards: list[Reward]) -> str:
    mine = [reward for reward in rewards if reward.side == RewardRule.Side.REFERRER]
    if not mine:
        return _("They became a customer. Thank you.")
    reward = mine[-1]
    amount = money(reward.net, reward.currency)
    if reward.net == 0:
        return _("The reward was taken back: %(why)s") % {
            "why": reasons.to_referrer(reward.reason) or _("the sale was refunded.")
        }
    if reward.state == Reward.State.FULFILLED:
        return _("%(amount)s was paid on %(day)s.") % {
            "amount": amount,
            "day": day(reward.state_since),
        }
    if reward.state == Reward.State.RESERVED:
        return _(
            "%(amount)s has been in payment since %(day)s. We will let you know when it has "
            "been paid."
        ) % {
            "amount": amount,
            "day": day(reward.state_since),
        }
    if reward.state == Reward.State.AVAILABLE:
        return _("%(amount)s is available and goes out with the next payment.") % {"amount": amount}
    if reward.state == Reward.State.APPROVED:
        return _("%(amount)s is approved and becomes available on %(day)s.") % {
            "amount": amount,
            "day": day(reward.due_at),
        }
    if reward.due_at <= timezone.now():
        return _("The hold of %(amount)s is over; a person of ours has to approve it.") % {
            "amount": amount
        }
    return _("%(amount)s is on hold until %(day)s; then a person of ours approves it.") % {
        "amount": amount,
        "day": day(reward.due_at),
    }


def reward_sentence(program: Program, rules: list[RewardRule], *, side: str = "") -> str:
    """Return what both sides get, in one sentence, as the program's rules say it now."""
    won = {
        rule.side: rule
        for rule in rules
        if rule.milestone == RewardRule.Milestone.WON and rule.is_active
    }
    mine, theirs = won.get("referrer"), won.get("referee")
    if not won and not side and (other := offers.also(program, rules)):
        return other[0].removesuffix(".").removesuffix("。")
    if side == "referee":
        return (
            _("You get %(amount)s when you sign a contract.")
            % {"amount": offers.worth(theirs, program)}
            if theirs
            else ""
        )
    if (
        mine
        and theirs
        and not mine.steps
        and (mine.amount, mine.basis_points, mine.cap)
        == (theirs.amount, theirs.basis_points, theirs.cap)
    ):
        return _("When they sign a contract, your company and theirs both get %(amount)s") % {
            "amount": offers.worth(mine, program)
        }
    if mine and theirs:
        return _("When they sign a contract, you get %(mine)s and they get %(theirs)s") % {
            "mine": offers.worth(mine, program),
            "theirs": offers.worth(theirs, program),
        }
    if mine:
        return _("When they sign a contract, you get %(mine)s") % {
            "mine": offers.worth(mine, program)
        }
    if theirs:
        return _("When they sign a contract, they get %(theirs)s") % {
            "theirs": offers.worth(theirs, program)
        }
    return _("Introduce somebody who would be glad of it")


def fulfilment(program: Program) -> str:
    """Return how a reward is paid, in one clause."""
    if program.currency == "PTS":
        return _("The reward is points.")
    kinds: dict[str, Any] = {
        "credit": _("The reward is credit on the company's invoice."),
        "gift": _("The reward is a gift card."),
        "cash": _("The reward is paid by bank transfer."),
    }
    return str(kinds[program.fulfilment])
