"""The company behind an introduction: found by id or mail domain, or created as a prospect."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.accounts.domains import company_part, normalize_domain, registered_domain
from portal.accounts.models import EmailDomain, Organization
from portal.accounts.selectors import organization_using
from portal.accounts.services import create_organization


def find_organization(
    *, public_id: Any = None, domain: str = "", in_use: bool = False
) -> Organization | None:
    """Return a company by its public id, else by a mail domain (also one that is not verified
    yet); `in_use`: also by the addresses of its members, before a prospect is made.
    """
    if public_id:
        try:
            return Organization.objects.filter(public_id=UUID(str(public_id))).first()
        except ValueError:
            return None
    if domain:
        plain = normalize_domain(domain) or domain
        names = {plain, registered_domain(plain) or plain}
        row = EmailDomain.objects.select_related("organization").filter(domain__in=names).first()
        if row is not None:
            return row.organization
        return organization_using(plain) if in_use else None
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
    if part := company_part(domain):
        EmailDomain.objects.create(organization=organization, domain=part)
    return organization
