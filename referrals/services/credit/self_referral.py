"""Introductions of oneself, one's colleagues or our own staff, told by their mail addresses.

A company may not have entered its domain: the addresses its people confirmed say as much.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from portal.accounts.domains import company_part, mailbox_of
from portal.accounts.models import User
from portal.accounts.selectors import addresses_of
from referrals.models import RiskFinding


def whose(email: str, *, referrer_id: int, company_id: int | None) -> str:
    """Return why an introduced address is none of a stranger to the referrer: self,
    own_organization, host_company; "" when it is.
    """
    if "@" not in email:
        return ""
    mailbox, domain = mailbox_of(email), company_part(email.rpartition("@")[2])
    staff = User.objects.filter(
        Q(memberships__organization__is_own=True, memberships__ended_at=None)
        | Q(is_administrator=True)
        | Q(is_moderator=True)
        | Q(is_finance=True)
        | Q(team_memberships__isnull=False)
    )
    groups: list[tuple[str, QuerySet[User]]] = [
        (RiskFinding.Kind.SELF, User.objects.filter(pk=referrer_id)),
        (RiskFinding.Kind.OWN_ORGANIZATION, _colleagues(company_id)),
        (RiskFinding.Kind.HOST_COMPANY, staff.distinct()),
    ]
    for reason, people in groups:
        addresses = addresses_of(people)
        if mailbox in {mailbox_of(one) for one in addresses}:
            return reason
        if domain and domain in {company_part(one.rpartition("@")[2]) for one in addresses}:
            own = reason == RiskFinding.Kind.SELF
            return str(RiskFinding.Kind.OWN_ORGANIZATION if own else reason)
    return ""


def _colleagues(company_id: int | None) -> QuerySet[User]:
    return User.objects.filter(
        memberships__organization=company_id, memberships__ended_at=None
    ).distinct()
