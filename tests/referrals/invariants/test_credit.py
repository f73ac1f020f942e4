"""1 one credited introduction · 10 nobody for themselves · 11 the history leads to the present
state.
"""

from __future__ import annotations

from django.forms.models import model_to_dict

from referrals.models import Attribution, Referral, ReferralChange, Reward
from referrals.services.introductions import staff_actions
from referrals.services.rewards import approvals
from tests.referrals.invariants.scene import NOW, Scene, at_once, refused, sql, violations


def test_01_database_refuses_a_second_active_attribution(scene: Scene) -> None:
    scene.won()
    active = Attribution.objects.get()
    fields = model_to_dict(active, exclude=["id", "referred", "referral", "candidate"])
    with refused("one_active_attribution_per_program_and_organization"):
        Attribution.objects.create(
            referred=active.referred,
            referral=active.referral,
            candidate=active.candidate,
            decided_at=NOW,
            **{name: value for name, value in fields.items() if name != "decided_at"},
        )


def test_01_threads_of_rivals_end_in_one_credit(shared: Scene) -> None:
    rivals = [shared.aki, shared.mio, shared.daniel]
    acts = [
        lambda n=n: shared.claim(rivals[n % 3], "aoba.example", f"i{n}", minutes=-n)
        for n in range(8)
    ]
    at_once(*acts, lambda: shared.sell("aoba.example", "c1"))
    credited = Attribution.objects.get(is_active=True)
    assert (
        credited.referral.referrer_id == rivals[7 % 3].pk
    )  # the user's code was typed first, whoever arrived first
    assert Reward.objects.filter(reversed_amount=0).count() == 2
    assert violations() == {}


def test_10_database_refuses_decisions_for_oneself(scene: Scene) -> None:
    one, _two = scene.won()
    attribution = Attribution.objects.get()
    with refused("the_credited_company_is_not_the_referrers"):
        Attribution.objects.filter(pk=attribution.pk).update(
            referrer_organization_id=attribution.organization_id
        )
    Reward.objects.filter(pk=one.pk).update(user_id=scene.kato.pk)
    with refused("nobody_approves_her_own_reward"):
        Reward.objects.filter(pk=one.pk).update(approved_by_id=scene.kato.pk)
    Reward.objects.filter(pk=one.pk).update(user_id=None)
    with refused("nobody_approves_her_own_introduction"):
        Reward.objects.filter(pk=one.pk).update(approved_by_id=scene.aki.pk)
    with refused("two_people_approve_a_large_reward"):
        Reward.objects.filter(pk=one.pk).update(
            needs_second=True, proposed_by_id=scene.kato.pk, approved_by_id=scene.kato.pk
        )


def test_10_threads_of_approvers_are_still_two_people(shared: Scene) -> None:
    shared.program.review_threshold = 30_000
    shared.program.save()
    one, _two = shared.won()
    acts = [
        lambda actor=actor: approvals.approve_reward(reward_id=one.pk, actor=actor, now=NOW)
        for actor in [shared.kato] * 4 + [shared.second] * 3 + [shared.aki]
    ]
    ended = at_once(*acts)
    one.refresh_from_db()
    assert {one.proposed_by_id, one.approved_by_id} == {shared.kato.pk, shared.second.pk}
    assert isinstance(ended[-1], approvals.OwnReward)
    assert one.changes.filter(after="approved").count() == 1
    assert violations() == {}


def test_11_database_refuses_a_state_without_history(scene: Scene) -> None:
    one, _two = scene.won()
    with refused("history_leads_to_the_present"):
        Referral.objects.update(state="live")
    with refused("history_leads_to_the_present"):
        Reward.objects.filter(pk=one.pk).update(version=9)
    with refused("append-only"):
        sql("UPDATE referrals_referralchange SET after = 'lost'")
    with refused("append-only"):
        sql("DELETE FROM referrals_rewardchange")


def test_11_threads_that_move_one_introduction_leave_one_line_each(shared: Scene) -> None:
    shared.claim(shared.aki, "aoba.example", "i1")
    pk = Referral.objects.get().pk

    def go(stage: str, reason: str = "") -> None:
        referral = Referral.objects.select_related("program").get(pk=pk)
        staff_actions.move_referral(
            referral=referral, to=stage, actor=shared.kato, now=NOW, reason=reason, occurred_at=NOW
        )

    at_once(
        *[lambda: go("qualified")] * 3,
        *[lambda: go("opportunity")] * 2,
        *[lambda: go("lost", "予算")] * 2,
        lambda: shared.sell("aoba.example", "c1"),
    )
    versions = list(ReferralChange.objects.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, len(versions) + 1))
    assert violations() == {}
