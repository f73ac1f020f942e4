"""Queries of people and organizations."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from portal.accounts.domains import (
    company_part,
    is_free_mail,
    is_public_suffix,
    normalize_domain,
    registered_domain,
)
from portal.accounts.models import Organization, User

__all__ = [
    "addresses_of",
    "company_part",
    "is_free_mail",
    "is_public_suffix",
    "organization_for_email",
    "organization_using",
    "registered_domain",
]


def organization_for_email(email: str) -> Organization | None:
    """Return the organization whose verified domain this address belongs to; None for free mail and
    unknown ones.
    """
    domain = normalize_domain(email.rpartition("@")[2])
    if not domain or is_free_mail(domain):
        return None
    return Organization.objects.filter(
        email_domains__domain__in={domain, registered_domain(domain)},
        email_domains__verified_at__isnull=False,
    ).first()


def addresses_of(users: QuerySet[User]) -> set[str]:
    """Return every confirmed address of people, and the one they sign in with."""
    own = set(users.values_list("email", flat=True))
    return own | set(
        EmailAddress.objects.filter(user__in=users, verified=True).values_list("email", flat=True)
    )


def organization_using(domain: str) -> Organization | None:
    """Return the company whose members have addresses of a company's domain, though nobody entered
    it; None when no company has.

    Of several the oldest; prospects come last: what stands for a customer or for us is no
    prospect's.
    """
    part = company_part(domain)
    if not part:
        return None
    ending = Q(email__iendswith=f"@{part}") | Q(email__iendswith=f".{part}")
    confirmed = EmailAddress.objects.filter(ending, verified=True).values("user")
    people = User.objects.filter(Q(ending) | Q(pk__in=confirmed), erased_at=None)
    rows = Organization.objects.filter(
        memberships__ended_at=None, memberships__user__in=people
    ).distinct()
    found = list(rows.order_by("pk")[:50])
    known = [row for row in found if row.lifecycle != Organization.Lifecycle.PROSPECT or row.is_own]
    return next(iter(known or found), None)
