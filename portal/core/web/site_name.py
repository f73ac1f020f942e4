"""The host company's name as the site shows it."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

UNNAMED = "はずみ"  # the default of HAZUMI_COMPANY_NAME


def company_name() -> str:
    """Return the company's name as configured; who named none is called Hazumi, in the reader's
    script.
    """
    name: str = settings.HAZUMI_COMPANY_NAME
    return _("Hazumi") if name == UNNAMED else name
