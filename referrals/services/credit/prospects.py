"""The company behind an introduction: found by id or mail domain, or created as a prospect."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.accounts.models import EmailDomain, Organization
from portal.accounts.selectors import is_free_mail, registered_domain
from portal.accounts.services import create_organization


def find_organization(*, public_id: Any = None, domain: str = "") -> Organization | None:
    """Return a company by its public id, else by a mail domain (also one that is not verified
    yet).
    """
    if public_id:
        try:
            return Organization.objects.filter(public_id=UUID(str(public_id))).first()
        except ValueError:
            return None
    if domain:
        names = {domain, registered_domain(domain) or domain}
        rows = EmailDomain.objects.select_related("organization").filter(domain__in=names)
        row = rows.first()
        return row.organization if row else None
    return None


def make_prospect(*, name: str, domain: str, now: datetime, **fields: Any) -> Organization:
    """Make a prospect with an unverified domain: it merges the company's contacts and lets nobody
    in.

    The caller holds the lock of the domain. A private mail domain stands for nobody and is not
    bound.
    """
    organization = create_organization(
        name=(name.strip() or domain)[:120],
        now=now,
        lifecycle=Organization.Lifecycle.PROSPECT,
        **fields,
    )
    if domain and not is_free_mail(domain):
        EmailDomain.objects.create(
            organization=organization, domain=registered_domain(domain) or domain
        )
    return organization
