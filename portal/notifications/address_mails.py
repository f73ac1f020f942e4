"""Mails about a change of address: to the old address with the way back, to the new one as a
notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import AddressChange, User
from portal.accounts.services.addresses import token_for
from portal.core.web.site_name import company_name
from portal.notifications.unsubscribe_links import absolute

K = AddressChange.Kind


@dataclass(frozen=True)
class Mail:
    """What is sent to whom."""

    to: str
    subject: str
    text: str
    html: str


def write(user: User, change: AddressChange, *, side: str) -> Mail:
    """Return the mail for one of the two addresses."""
    has_way_back = side == "old" and change.kind != K.REMOVED
    subject = _subject(change)
    context: dict[str, Any] = {
        "subject": subject,
        "language": user.language,
        "company_name": company_name(),
        "home_url": settings.HAZUMI_BASE_URL,
        "change": change,
        "restore_url": absolute(reverse("accounts:address_restore", args=[token_for(change)]))
        if has_way_back
        else "",
    }
    return Mail(
        to=change.old_email if side == "old" else change.new_email,
        subject=subject,
        text=render_to_string("notifications/mail/address.txt", context),
        html=render_to_string("notifications/mail/address.html", context),
    )


def _subject(change: AddressChange) -> str:
    if change.kind == K.ADDED:
        return _("An e-mail address was added to your account")
    if change.kind == K.REMOVED:
        return _("An e-mail address was removed from your account")
    return _("The e-mail address of your account was changed")
