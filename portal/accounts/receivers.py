"""What allauth tells us: the only place of Django signals."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import email_confirmed
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts.models import User
from portal.accounts.selectors import organization_for_email
from portal.accounts.services import join_organization
from portal.core import time


@receiver(email_confirmed)
def join_by_verified_domain(request: HttpRequest, email_address: Any, **kwargs: Any) -> None:
    """A confirmed company address makes its owner a member of that company, unless she already belongs somewhere."""
    user: User = email_address.user
    organization = organization_for_email(email_address.email)
    if organization is not None and user.organization is None:
        join_organization(user=user, organization=organization, now=time.now())
