"""Receivers of allauth's signals: Django signals are used nowhere else."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import (
    email_added,
    email_changed,
    email_confirmed,
    email_removed,
    user_signed_up,
)
from allauth.usersessions.models import UserSession
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts.login_limits import network_of
from portal.accounts.models import AddressChange, User
from portal.accounts.selectors import organization_for_email
from portal.accounts.services import join_organization
from portal.accounts.services.addresses import note_address_change
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


@receiver(pre_save, sender=UserSession)
def keep_only_the_network(instance: UserSession, **kwargs: Any) -> None:
    """The list of devices needs no more of an address than where it came from."""
    instance.ip = network_of(instance.ip)


def _join(user: User, email: str) -> None:
    organization = organization_for_email(email)
    if organization is not None and user.organization is None:
        join_organization(user=user, organization=organization, now=time.now())


@receiver(email_added)
def tell_of_an_added_address(
    request: HttpRequest, user: User, email_address: Any, **kwargs: Any
) -> None:
    _note(user, AddressChange.Kind.ADDED, user.email, email_address.email)


@receiver(email_changed)
def tell_of_another_primary_address(
    request: HttpRequest,
    user: User,
    from_email_address: Any,
    to_email_address: Any,
    **kwargs: Any,
) -> None:
    """Sign-up sets the first address: there is nobody else to tell then."""
    if from_email_address and from_email_address.email != to_email_address.email:
        kind = AddressChange.Kind.PRIMARY
        _note(user, kind, from_email_address.email, to_email_address.email)


@receiver(email_removed)
def tell_of_a_removed_address(
    request: HttpRequest, user: User, email_address: Any, **kwargs: Any
) -> None:
    user.refresh_from_db(fields=["email"])
    _note(user, AddressChange.Kind.REMOVED, user.email, email_address.email)


def _note(user: User, kind: str, old_email: str, new_email: str) -> None:
    note_address_change(
        user=user, kind=kind, old_email=old_email, new_email=new_email, now=time.now()
    )
