"""The models of people and organizations, one module per noun."""

from portal.accounts.models.addresses import AddressChange
from portal.accounts.models.invitations import Invitation
from portal.accounts.models.organizations import (
    EmailDomain,
    LifecycleChange,
    MailProvider,
    Membership,
    Organization,
)
from portal.accounts.models.people import User
from portal.accounts.models.teams import TeamMembership, TeamName

__all__ = [
    "AddressChange",
    "EmailDomain",
    "Invitation",
    "LifecycleChange",
    "MailProvider",
    "Membership",
    "Organization",
    "TeamMembership",
    "TeamName",
    "User",
]
