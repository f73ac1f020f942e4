"""Inviting into an organization, revoking the invitation, accepting it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from portal import audit, events
from portal.accounts.events import MemberInvited
from portal.accounts.models import Invitation, Membership, Organization, User
from portal.accounts.permissions import can_administer, can_invite_to
from portal.accounts.services.organizations import join_organization

LASTS = timedelta(days=10)


class NotAllowed(PermissionError):
    """The person has no right to invite here."""


class InvitationClosed(ValueError):
    """The invitation is used, revoked, expired, or meant for another address."""


_signer = signing.Signer(sep=".", salt="accounts.invitation")


def token_for(invitation: Invitation) -> str:
    """Return the secret part of the invitation's link; it can be made again for the mail, and is
    stored nowhere.
    """
    return _signer.sign(invitation.public_id.hex)


def _find(token: str) -> Q:
    try:
        return Q(public_id=_signer.unsign(token))
    except signing.BadSignature:
        return Q(pk=None)


@transaction.atomic
def invite_member(
    *,
    organization: Organization,
    invited_by: User,
    now: datetime,
    email: str = "",
    role: str = Membership.Role.MEMBER,
) -> tuple[Invitation, str]:
    """Open an invitation and return it with its token, shown this once. Raises NotAllowed.

    An open invitation of the same address is replaced. Without `email` it is a link many colleagues
    may use.
    """
    if not can_invite_to(invited_by, organization):
        raise NotAllowed
    email = email.strip().lower()
    if email:
        Invitation.objects.filter(
            organization=organization, email=email, accepted_at=None, revoked_at=None
        ).update(revoked_at=now)
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        role=role if email else Membership.Role.MEMBER,
        invited_by=invited_by,
        created_at=now,
        expires_at=now + LASTS,
    )
    events.publish(
        MemberInvited(
            title=organization.name,
            url=reverse("accounts:organization", args=[organization.public_id]),
            invitation_id=str(invitation.public_id),
        ),
        subject=f"accounts.invitation:{invitation.pk}",
        actor=invited_by,
        organization=organization,
        now=now,
    )
    if can_administer(invited_by):
        audit.record(
            "accounts.invitation.create",
            actor=invited_by,
            target=f"accounts.invitation:{invitation.pk}",
            now=now,
            after={"organization": organization.pk, "role": invitation.role},
        )
    return invitation, token_for(invitation)


def open_invitation(token: str, now: datetime) -> Invitation | None:
    """Return the open invitation behind a token, or None."""
    found = (
        Invitation.objects.select_related("organization", "invited_by").filter(_find(token)).first()
    )
    return found if found is not None and _stands(found, now) else None


def _stands(invitation: Invitation, now: datetime) -> bool:
    """Say whether it is open and whoever sent it might still send it: a right withdrawn since then
    counts.
    """
    sender = invitation.invited_by
    return (
        invitation.is_open(now)
        and sender is not None
        and can_invite_to(sender, invitation.organization)
    )


@transaction.atomic
def accept_invitation(*, token: str, user: User, now: datetime) -> Membership:
    """Join through an invitation.

    Raises InvitationClosed; a mail invitation is for that verified address only.
    """
    invitation = Invitation.objects.select_for_update().filter(_find(token)).first()
    if invitation is None or not _stands(invitation, now):
        raise InvitationClosed
    if invitation.email and invitation.email != user.email:
        raise InvitationClosed
    if invitation.email:
        invitation.accepted_at, invitation.accepted_by = now, user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
    return join_organization(
        user=user, organization=invitation.organization, role=invitation.role, now=now
    )


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User, now: datetime) -> None:
    """Take an invitation back. Raises NotAllowed."""
    if not can_invite_to(actor, invitation.organization):
        raise NotAllowed
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=now)
    if can_administer(actor):
        audit.record(
            "accounts.invitation.revoke",
            actor=actor,
            target=f"accounts.invitation:{invitation.pk}",
            now=now,
        )


def forget_invited(*, addresses: set[str], user: User, now: datetime) -> None:
    """Take an erased person's addresses out of invitations.

    Without an address an invitation would be a link for many, so it is revoked as well.
    """
    Invitation.objects.filter(Q(accepted_by=user) | Q(email__in=addresses)).exclude(
        email=""
    ).update(email="", revoked_at=Coalesce("revoked_at", Value(now)))
