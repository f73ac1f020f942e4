"""The ids of staff, for the mark beside their names: few, asked for on every page, seldom
changed.
"""

from __future__ import annotations

from portal.accounts.models import User
from portal.core.web.staff_mark import register_staff_lookup
from portal.core.web.value_cache import ValueCache


def _read() -> frozenset[int]:
    return frozenset(
        user.pk
        for user in User.objects.staff(User.objects.with_second_factor()).only("pk", "is_active")
        if not user.lacks_second_factor
    )


_ids = ValueCache(_read, seconds=30.0)
forget = _ids.forget


def register() -> None:
    register_staff_lookup(_ids.get)
