"""How many reference calls a customer and their company are asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings

WINDOW: Final = timedelta(days=90)


def per_person() -> int:
    return int(settings.HAZUMI_REFERENCE_CALLS_PER_PERSON)


def per_company() -> int:
    return int(settings.HAZUMI_REFERENCE_CALLS_PER_COMPANY)
