"""Who belongs to a company with which role: changes by its administrator, and removal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.models import Invitation, Membership, User
from portal.accounts.permissions import can_invite_to
from portal.accounts.services.invitations import NotAllowed
from portal.accounts.services.organizations import leave_organization


class OwnMembership(ValueError):
    """Nobody changes or ends their own membership: a company would be left without its
    administrator.
    """


@transaction.atomic
def set_member_role(*, person: User, role: str, actor: User, now: datetime) -> None:
    """Make somebody a member or an administrator of their company.

    Raises NotAllowed, OwnMembership, ValueError.
    """
    membership = _membership(person, actor)
    if role not in Membership.Role.values:
        raise ValueError(f"unknown role: {role}")
    before = membership.role
    if before == role:
        return
    membership.role = role
    membership.save(update_fields=["role"])
    person.__dict__.pop("membership", None)
    audit.record(
        "accounts.membership.role",
        actor=actor,
        target=f"accounts.user:{person.pk}",
        now=now,
        before={"organization": membership.organization_id, "role": before},
        after={"role": role},
    )


@transaction.atomic
def remove_member(*, person: User, actor: User, now: datetime) -> None:
    """End a membership for good. Raises NotAllowed, OwnMembership.

    Invitations that would let the member back in are closed with it: the company's shared links,
    which they may have kept, and those sent to them.
    """
    organization = _membership(person, actor).organization
    leave_organization(user=person, now=now)
    ways_back = Invitation.objects.filter(
        organization=organization, revoked_at=None, email__in=("", person.email)
    )
    ways_back.filter(accepted_at=None).update(revoked_at=now)
    audit.record(
        "accounts.membership.end",
        actor=actor,
        target=f"accounts.user:{person.pk}",
        now=now,
        before={"organization": organization.pk},
    )


def _membership(person: User, actor: User) -> Membership:
    """Return the person's active membership, held until the transaction ends, if the actor may
    change it.
    """
    rows = Membership.objects.select_for_update(of=("self",)).select_related("organization")
    row = rows.filter(user=person, ended_at=None).first()
    if row is None or not can_invite_to(actor, row.organization):
        raise NotAllowed
    if person.pk == actor.pk:
        raise OwnMembership
    return row
