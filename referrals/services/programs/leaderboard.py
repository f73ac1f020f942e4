"""A person's choice to be shown on a program's leaderboard."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal.accounts.models import User
from referrals.models import BoardChoice, Program


@transaction.atomic
def choose_to_be_shown(
    *, user: User, program: Program, shown_as: str, now: datetime
) -> BoardChoice | None:
    """Show a person under their name or their company only, or ("") no longer.

    Raises ValueError for anything else.
    """
    if not shown_as:
        BoardChoice.objects.filter(user=user, program=program).delete()
        return None
    if shown_as not in BoardChoice.ShownAs.values:
        raise ValueError(shown_as)
    if shown_as == BoardChoice.ShownAs.COMPANY and user.organization is None:
        raise ValueError("she belongs to no company")
    choice, _ = BoardChoice.objects.update_or_create(
        user=user,
        program=program,
        defaults={"shown_as": shown_as},
        create_defaults={"shown_as": shown_as, "chosen_at": now},
    )
    return choice
