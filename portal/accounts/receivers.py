"""Receivers of allauth's signals: Django signals are used nowhere else."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_signed_up
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts.models import User
from portal.accounts.selectors import organization_for_email
from portal.accounts.services import join_organization
from portal.core import time


@receiver(email_confirmed)
def join_by_verified_domain(request: HttpRequest, email_address: Any, **kwargs: Any) -> None:
    """A confirmed company address makes its owner a member of that company, unless they already
    belong to one.
    """
    _join(email_address.user, email_address.email)


@receiver(user_signed_up)
def join_by_confirmed_sign_on(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """The same where an identity provider has confirmed the address: no mail follows then."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).first()
    if confirmed is not None:
        _join(user, confirmed.email)


def _join(user: User, email: str) -> None:
    organization = organization_for_email(email)
    if organization is not None and user.organization is None:
        join_organization(user=user, organization=organization, now=time.now())
