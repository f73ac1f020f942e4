"""Why a won introduction brought its referrer no reward, in plain words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from referrals.models import Conversion, Referral, ReferralLink, Reward, RewardRule, YearlyTotal

S = Referral.State
REFERRER = RewardRule.Side.REFERRER


def why_no_reward(referral: Referral) -> str:
    """Return the reason, for the referrer to read; "" where there is a reward, or none was promised
    yet.
    """
    if (
        referral.state not in (S.WON, S.LIVE)
        or Reward.objects.filter(referral=referral, side=REFERRER).exists()
    ):
        return ""
    reached = [RewardRule.Milestone.WON] + (
        [RewardRule.Milestone.LIVE] if referral.state == S.LIVE else []
    )
    rules = RewardRule.objects.filter(
        program_id=referral.program_id, side=REFERRER, is_active=True, milestone__in=reached
    )
    rule = rules.order_by("-milestone").first()
    if rule is None:
        return ""
    link = ReferralLink.objects.filter(
        user_id=referral.referrer_id, program_id=referral.program_id
    ).order_by("-pk")
    chosen = referral.link or link.first()
    if chosen is not None and chosen.beneficiary == ReferralLink.Beneficiary.NONE:
        return _("You chose to introduce without a reward.")
    return (_no_share(referral) if rule.basis_points else "") or _no_room(referral, rule)


def _no_share(referral: Referral) -> str:
    """Say why a share of the sale cannot be reckoned."""
    sale = (
        Conversion.objects.filter(
            referred__organization_id=referral.organization_id or 0,
            referred__program_id=referral.program_id,
        )
        .order_by("occurred_at", "invoice")
        .first()
    )
    if sale is None:
        return _(
            "The reward is a share of the sale, and we do not know the amount of the sale yet."
        )
    if sale.currency != referral.program.currency:
        return _(
            "The sale was made in %(theirs)s, the rewards are in %(ours)s: we cannot reckon "
            "your share by ourselves. Please ask us below."
        ) % {
            "theirs": sale.currency,
            "ours": referral.program.currency,
        }
    return ""


def _no_room(referral: Referral, rule: RewardRule) -> str:
    """Return which limit is used up."""
    if rule.budget is not None and rule.granted_amount + (rule.amount or 1) > rule.budget:
        return _("The budget of the program is used up.")
    full = YearlyTotal.objects.filter(
        program_id=referral.program_id, user_id=referral.referrer_id, cap__isnull=False
    )
    if any(total.cap is not None and total.amount >= total.cap for total in full):
        return _("The limit of the year is reached.")
    return ""
