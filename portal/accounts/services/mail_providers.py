"""The list of mail providers that staff extend: their domains stand for no company."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.domains import (
    added_providers,
    is_free_mail,
    is_public_suffix,
    normalize_domain,
)
from portal.accounts.models import EmailDomain, MailProvider, User


class AlreadyKnown(ValueError):
    """The domain is on one of the lists already."""


class StandsForCompany(ValueError):
    """A company has this domain, verified; the message is its name."""


@transaction.atomic
def add_provider(*, domain: str, actor: User, now: datetime) -> MailProvider:
    """Add a domain that hands mail addresses to anybody. It is taken from prospects that have it.

    Raises AlreadyKnown, StandsForCompany.
    """
    plain = normalize_domain(domain)
    if is_free_mail(plain) or is_public_suffix(plain):
        raise AlreadyKnown(plain)
    owners = EmailDomain.objects.select_related("organization").filter(domain=plain)
    verified = owners.exclude(verified_at=None).first()
    if verified is not None:
        raise StandsForCompany(verified.organization.name)
    owners.delete()
    row = MailProvider.objects.create(domain=plain, created_by=actor, created_at=now)
    _record("add", plain, actor, now)
    return row


@transaction.atomic
def remove_provider(*, provider: MailProvider, actor: User, now: datetime) -> None:
    """Take a domain off the list again."""
    domain = provider.domain
    provider.delete()
    _record("remove", domain, actor, now)


def _record(act: str, domain: str, actor: User, now: datetime) -> None:
    transaction.on_commit(added_providers.forget)
    added_providers.forget()
    audit.record(
        f"accounts.provider.{act}",
        actor=actor,
        target=f"accounts.provider:{domain}"[:120],
        now=now,
        after={"domain": domain},
    )
