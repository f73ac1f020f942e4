"""Telling both addresses of a change, and the way back for whoever did not make it."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import signing
from django.db import transaction
from django.urls import reverse

from portal import audit, events
from portal.accounts.events import AddressChanged, AddressRestored
from portal.accounts.models import AddressChange, User
from portal.accounts.services.organizations import member_url
from portal.accounts.services.people import end_sessions

LASTS = timedelta(days=7)
# Ways in that came this shortly before the change, or after it, may be the other person's.
SUSPECT = timedelta(hours=1)
KEPT = timedelta(days=30)


class ChangeClosed(ValueError):
    """The way back was used, has expired, or never existed."""


class AddressTaken(ValueError):
    """Meanwhile the old address belongs to another account."""


_signer = signing.Signer(sep=".", salt="accounts.address")


def token_for(change: AddressChange) -> str:
    """Return the secret part of the link; it can be made again for the mail, and is not stored."""
    return _signer.sign(change.public_id.hex)


@transaction.atomic
def note_address_change(
    *, user: User, kind: str, old_email: str, new_email: str, now: datetime
) -> AddressChange:
    """Keep a change that was just made; listeners mail both addresses."""
    change = AddressChange.objects.create(
        user=user,
        kind=kind,
        old_email=old_email.lower(),
        new_email=new_email.lower(),
        changed_at=now,
        expires_at=now + LASTS,
    )
    events.publish(
        AddressChanged(title="", url=reverse("account_email"), change_id=change.pk),
        subject=f"accounts.user:{user.pk}",
        actor=user,
        now=now,
    )
    audit.record(f"accounts.address.{kind}", actor=user, target=f"accounts.user:{user.pk}", now=now)
    return change


def open_change(token: str, now: datetime) -> AddressChange | None:
    """Return the change behind a token while its way back is open."""
    try:
        public_id = _signer.unsign(token)
    except signing.BadSignature:
        return None
    change = AddressChange.objects.select_related("user").filter(public_id=public_id).first()
    return change if change is not None and _stands(change, now) else None


def _stands(change: AddressChange, now: datetime) -> bool:
    return change.is_open(now) and change.user.is_active and change.user.erased_at is None


@transaction.atomic
def restore_address(*, token: str, now: datetime) -> User:
    """Give the account back to its old address.

    All sessions end; the password, later addresses, and other ways in that came with the change are
    gone. Raises ChangeClosed, AddressTaken.
    """
    found = open_change(token, now)
    if found is None:
        raise ChangeClosed
    user = User.objects.select_for_update().get(email=found.user.email)
    changes = AddressChange.objects.select_for_update().filter(user=user)
    change = changes.get(pk=found.pk)
    if not _stands(change, now):
        raise ChangeClosed
    _restore(user, change.old_email)
    since = change.changed_at - SUSPECT
    SocialAccount.objects.filter(user=user, date_joined__gte=since).delete()
    Authenticator.objects.filter(user=user, created_at__gte=since).delete()
    end_sessions(user)
    # Also the ways back that were mailed to addresses which came later: one return is for all.
    changes.filter(undone_at=None).update(undone_at=now)
    events.publish(
        AddressRestored(title="", url=member_url(user), user_id=user.pk, since=since.isoformat()),
        subject=f"accounts.user:{user.pk}",
        now=now,
    )
    audit.record("accounts.address.restore", actor=user, target=f"accounts.user:{user.pk}", now=now)
    return user


def _restore(user: User, email: str) -> None:
    others = EmailAddress.objects.filter(email__iexact=email).exclude(user=user)
    if others.exists() or User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise AddressTaken
    EmailAddress.objects.filter(user=user).exclude(email__iexact=email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    user.email = email
    user.set_unusable_password()
    user.save(update_fields=["email", "password"])


def new_password_url(user: User) -> str:
    """Return the page on which the person sets a new password, as the mail of a reset would."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])


def forget_address_changes(*, now: datetime) -> int:
    """Delete changes whose way back closed a month ago."""
    return AddressChange.objects.filter(expires_at__lt=now - KEPT).delete()[0]
