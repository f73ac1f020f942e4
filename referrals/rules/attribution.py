"""Attribution: who is credited for a company, a pure function from claims to a decision explained
in ja and en.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

# Strongest first. Links (click, cookie) are one class: among them the touch rule decides.
STRENGTH: Final = {
    "staff": 6,
    "named": 5,
    "code": 4,
    "click": 3,
    "cookie": 2,
    "email": 1,
    "answer": 0,
}
NEEDS_REVIEW: Final = frozenset({"answer"})
WORDS_JA: Final = {
    "staff": "担当者の決定",
    "named": "お名前を挙げた紹介",
    "code": "登録のときに入力された紹介コード",
    "click": "紹介リンクのクリック",
    "cookie": "ブラウザーが覚えていた紹介リンク",
    "email": "招待された方のアドレス",
    "answer": "「どなたからのご紹介ですか」への回答",
}
WORDS_EN: Final = {
    "staff": "a decision by our staff",
    "named": "a personal introduction by name",
    "code": "the referral code typed at sign-up",
    "click": "a click on a referral link",
    "cookie": "a referral link the browser remembered",
    "email": "the invited address",
    "answer": 'the answer to "who told you about us?"',
}


@dataclass(frozen=True)
class Claim:
    """One claim as the decision sees it.

    `identified_at` is the first moment the company made itself known.
    """

    id: int
    referral_id: int
    kind: str
    occurred_at: datetime
    identified_at: datetime
    own: bool = False  # the referrer belongs to the company: never credited
    customer: bool = False  # the company was a customer before that day
    barred: bool = False  # declined, withdrawn or disqualified
    lapses: tuple[
        tuple[datetime, datetime | None], ...
    ] = ()  # when it had ended by the clock, until it was alive again


@dataclass(frozen=True)
class Decision:
    """The outcome: the winning claim, or none, and why."""

    winner: Claim | None
    rule: str
    losers: dict[int, str] = field(default_factory=dict)  # claim id -> why not
    explanation_ja: str = ""
    explanation_en: str = ""
    needs_review: bool = False


def decide(claims: Iterable[Claim], *, window_days: int = 90, touch: str = "last") -> Decision:
    """Return who is credited among all claims known so far; the same set gives the same answer in
    any order.

    The strongest kind wins; within a kind the earliest, except links, where the last (or first)
    touch inside the window before the company made itself known wins. Ties fall to the smaller
    referral id. When the winner had ended without progress before a rival came, the contest begins
    anew with what came after that end.
    """
    known = sorted(claims, key=lambda claim: (claim.occurred_at, claim.referral_id, claim.id))
    decision = _contest(known, window_days, touch)
    ended = _ended_before_a_rival(decision.winner, known) if decision.winner else None
    if decision.winner is None or ended is None:
        return decision
    again = decide(
        (row for row in known if row.occurred_at > ended), window_days=window_days, touch=touch
    )
    if again.winner is None:
        return decision
    lapsed = {
        row.id: "lapsed"
        for row in known
        if row.referral_id == decision.winner.referral_id and row.occurred_at <= ended
    }
    losers = {**decision.losers, **lapsed, **again.losers}
    losers.pop(again.winner.id, None)
    return _explained(again.winner, losers, touch, window_days, claims=len(known))


def _ended_before_a_rival(winner: Claim, known: list[Claim]) -> datetime | None:
    """Return when the winner's introduction had ended, if somebody else introduced the company
    before it was revived.
    """
    rivals = [
        row.occurred_at
        for row in known
        if row.referral_id != winner.referral_id and not (row.own or row.barred)
    ]
    for since, until in sorted(winner.lapses, key=lambda lapse: lapse[0]):
        if winner.occurred_at <= since and any(
            since < at and (until is None or at < until) for at in rivals
        ):
            return since
    return None


def _contest(known: list[Claim], window_days: int, touch: str) -> Decision:
    if not known:
        return Decision(
            None, "none", {}, "まだ紹介が届いていません。", "No introduction has arrived yet."
        )
    identified = min(claim.identified_at for claim in known)
    losers: dict[int, str] = {}
    standing = []
    for claim in known:
        why = _excluded(claim, identified, timedelta(days=window_days))
        if why:
            losers[claim.id] = why
        else:
            standing.append(claim)
    if not standing:
        return Decision(
            None,
            "nobody",
            losers,
            "どの紹介も条件を満たしませんでした。"
            + "".join(_REASON_JA[why] for why in sorted(set(losers.values()))),
            "No claim met the rules. "
            + " ".join(_REASON_EN[why] for why in sorted(set(losers.values()))),
        )
    best = max(_class(claim.kind) for claim in standing)
    rivals = [claim for claim in standing if _class(claim.kind) == best]
    winner = rivals[-1] if best == _class("click") and touch == "last" else rivals[0]
    if best == _class("staff"):
        winner = rivals[-1]  # the newest decision of staff replaces the earlier one
    for claim in standing:
        if claim is not winner:
            losers[claim.id] = (
                "weaker"
                if _class(claim.kind) < best
                else "later"
                if winner is rivals[0]
                else "earlier"
            )
    return _explained(winner, losers, touch, window_days, claims=len(known))


def _class(kind: str) -> int:
    return STRENGTH["click"] if kind == "cookie" else STRENGTH[kind]


def _excluded(claim: Claim, identified: datetime, window: timedelta) -> str:
    if claim.own:
        return "own"
    if claim.barred:
        return "barred"
    if claim.customer and claim.kind != "staff":
        return "customer"
    if claim.kind != "staff" and claim.occurred_at > identified:
        return "after"
    if claim.kind in ("click", "cookie") and claim.occurred_at < identified - window:
        return "expired"
    return ""


_REASON_JA: Final = {
    "own": "ご自分の会社の紹介は対象になりません。",
    "customer": "ご紹介の前から、すでにお客さまでした。",
    "barred": "辞退・取り下げ・対象外となった紹介は数えません。",
    "expired": "リンクの有効期間を過ぎていました。",
    "after": "会社がすでに登録した後の紹介は数えません。",
    "weaker": "より確かな紹介がほかにありました。",
    "later": "同じ種類の紹介では、先のものを採ります。",
    "earlier": "リンクどうしでは、登録の直前のものを採ります。",
    "lapsed": "進展のないまま終了した後に、ほかの方からご紹介がありました。",
}
_REASON_EN: Final = {
    "own": "Introducing one's own company does not count.",
    "customer": "The company was a customer already.",
    "barred": "Declined, withdrawn or disqualified introductions do not count.",
    "expired": "The link was followed too long before sign-up.",
    "after": "Introductions after the company had made itself known do not count.",
    "weaker": "Another introduction was more certain.",
    "later": "Among equals, the earlier one counts.",
    "earlier": "Among links, the one closest before sign-up counts.",
    "lapsed": "It had ended without progress before somebody else introduced the company.",
}


def reason(why: str, language: str) -> str:
    """Return in words why a claim lost."""
    return (_REASON_JA if language.startswith("ja") else _REASON_EN).get(why, "")


def _explained(
    winner: Claim, losers: dict[int, str], touch: str, window_days: int, *, claims: int
) -> Decision:
    ja, en = f"{WORDS_JA[winner.kind]}により決まりました。", f"Decided by {WORDS_EN[winner.kind]}."
    if winner.kind in ("click", "cookie"):
        which = "最後" if touch == "last" else "最初"
        ja += f"登録前{window_days}日以内の{which}のリンクを採ります。"
        en += f" The {touch} link within {window_days} days before sign-up counts."
    if claims > 1:
        ja += f"ほかに{claims - 1}件の紹介がありました。"
        en += f" There were {claims - 1} other claims."
    for why in sorted(set(losers.values())):
        ja, en = ja + _REASON_JA[why], f"{en} {_REASON_EN[why]}"
    return Decision(winner, winner.kind, losers, ja, en, needs_review=winner.kind in NEEDS_REVIEW)
