"""`check --deploy`: what production needs and nobody set."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from portal.deploy import production


def environment_is_complete(**kwargs: Any) -> list[CheckMessage]:
    """An error for each variable, as far as settings did not refuse it already."""
    if not settings.PRODUCTION:
        return []
    return [
        Error(f"{name} is not set.", hint=f"It must be: {what}.", id=f"hazumi.{name}")
        for name, what in production.missing(os.environ).items()
    ]
