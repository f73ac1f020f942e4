"""Marking what the analytics have to count again: written in the transaction of the change itself.

Nothing is unique among marks, so two transactions never wait for each other here. The drain of
clicks writes its marks in its own statement (clicks.py).
"""

from __future__ import annotations

from collections.abc import Iterable

from referrals.models import Referral, ReferredOrganization, RollupMark


def mark_introductions(referral_ids: Iterable[int]) -> None:
    """Have the milestones of some introductions derived again, and what is counted from those."""
    RollupMark.objects.bulk_create([RollupMark(referral_id=pk) for pk in sorted(set(referral_ids))])


def mark_company(referred: ReferredOrganization) -> None:
    """Have the milestones of everybody who introduced a company derived again."""
    mark_introductions(
        Referral.objects.filter(
            program_id=referred.program_id, organization_id=referred.organization_id
        ).values_list("pk", flat=True)
    )


def mark_everything() -> None:
    """Have every count made again: after rows were taken away, or a link's owner was changed."""
    RollupMark.objects.create()


def mark_all_introductions() -> None:
    """Have every introduction derived again and everything counted anew."""
    mark_everything()
    mark_introductions(Referral.objects.values_list("pk", flat=True))
