"""Creating people, granting and withdrawing permissions, deactivation, erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from portal import audit, events
from portal.accounts import privacy, staff_marks
from portal.accounts.events import MemberErased, MemberRenamed
from portal.accounts.models import AddressChange, Organization, TeamMembership, User
from portal.accounts.services.invitations import forget_invited
from portal.accounts.services.organizations import join_organization, leave_organization, member_url
from portal.core.calendar.calendars import site_zone_name
from portal.events.services import scrub_subject

RIGHTS = ("is_moderator", "is_finance", "is_administrator")


class OwnRights(ValueError):
    """Nobody raises their own permissions, and the last administrator does not deactivate
    themselves.
    """


class LastAdministrator(ValueError):
    """Nobody could administer this Hazumi any more."""


@transaction.atomic
def create_user(
    *,
    email: str,
    display_name: str,
    now: datetime,
    password: str | None = None,
    organization: Organization | None = None,
    role: str = "member",
    email_verified: bool = True,
    **fields: Any,
) -> User:
    """Make a person with a verified address, optionally in an organization.

    Raises IntegrityError for a taken one.
    """
    fields.setdefault("time_zone", site_zone_name())
    user = User.objects.create_user(
        email, password, display_name=display_name, date_joined=now, **fields
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=email_verified, primary=True)
    if organization is not None:
        join_organization(user=user, organization=organization, role=role, now=now)
    return user


@transaction.atomic
def change_profile(*, user: User, changes: dict[str, Any], now: datetime) -> User:
    """Save what people say about themselves; a new name is an event."""
    before = User.objects.select_for_update().get(pk=user.pk).display_name
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=[*changes, "is_name_provisional"])
    if user.display_name != before:
        events.publish(
            MemberRenamed(title=user.display_name, url=member_url(user), user_id=user.pk),
            subject=f"accounts.user:{user.pk}",
            actor=user,
            organization=user.organization,
            now=now,
        )
    return user


@transaction.atomic
def assign_team(*, user: User, team: str, now: datetime, actor: User | None = None) -> None:
    """Put a staff member into a team."""
    TeamMembership.objects.get_or_create(user=user, team=team)
    user.__dict__.pop("assigned_teams", None)
    staff_marks.forget()
    if actor:
        audit.record(
            "accounts.team.assign",
            actor=actor,
            target=f"accounts.user:{user.pk}",
            now=now,
            after={"team": team},
        )


@transaction.atomic
def withdraw_team(*, user: User, team: str, now: datetime, actor: User | None = None) -> None:
    """Take a staff member out of a team; takes effect at their next request."""
    TeamMembership.objects.filter(user=user, team=team).delete()
    user.__dict__.pop("assigned_teams", None)
    staff_marks.forget()
    if actor:
        audit.record(
            "accounts.team.withdraw",
            actor=actor,
            target=f"accounts.user:{user.pk}",
            now=now,
            before={"team": team},
        )


@transaction.atomic
def set_rights(*, user: User, actor: User, now: datetime, reason: str = "", **rights: bool) -> None:
    """Give or take moderator, finance and administrator rights.

    Raises OwnRights for oneself, ValueError for other names.
    """
    if set(rights) - set(RIGHTS):
        raise ValueError(f"unknown rights: {sorted(set(rights) - set(RIGHTS))}")
    if user.pk == actor.pk:
        raise OwnRights
    before = {name: getattr(user, name) for name in rights}
    for name, value in rights.items():
        setattr(user, name, value)
    user.save(update_fields=list(rights))
    staff_marks.forget()
    audit.record(
        "accounts.rights.set",
        actor=actor,
        target=f"accounts.user:{user.pk}",
        now=now,
        before=before,
        after=dict(rights),
        reason=reason,
    )


@transaction.atomic
def deactivate_user(*, user: User, actor: User, now: datetime, reason: str) -> None:
    """Deactivate a user for good: sessions, permissions, teams, membership and keys end in this
    transaction.

    What they wrote stays. Raises OwnRights for oneself.
    """
    if user.pk == actor.pk:
        raise OwnRights
    _switch_off(user, now)
    audit.record(
        "accounts.user.deactivate",
        actor=actor,
        target=f"accounts.user:{user.pk}",
        now=now,
        reason=reason,
    )


@transaction.atomic
def reactivate_user(*, user: User, actor: User, now: datetime, reason: str = "") -> None:
    """Reactivate a user, without the permissions and the membership they had."""
    User.objects.filter(pk=user.pk, erased_at=None).update(is_active=True, deactivated_at=None)
    user.refresh_from_db()
    audit.record(
        "accounts.user.reactivate",
        actor=actor,
        target=f"accounts.user:{user.pk}",
        now=now,
        reason=reason,
    )


def _switch_off(user: User, now: datetime) -> None:
    leave_organization(user=user, now=now)
    TeamMembership.objects.filter(user=user).delete()
    staff_marks.forget()
    user.is_active = user.is_moderator = user.is_administrator = user.is_superuser = False
    user.is_finance = False
    user.deactivated_at = now
    user.save(
        update_fields=[
            "is_active",
            "is_moderator",
            "is_administrator",
            "is_finance",
            "is_superuser",
            "deactivated_at",
        ]
    )
    end_sessions(user)
    for switch_off in privacy.deactivation_handlers():
        switch_off(user, now)


def end_sessions(user: User) -> None:
    """End every session of a person, everywhere, at once."""
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()


@transaction.atomic
def erase_user(*, user: User, now: datetime, actor: User | None = None, reason: str = "") -> None:
    """Erase what identifies a person. Contributions stay under "a former member"; ledgers keep
    their sums.

    Every app's eraser runs in this transaction; event payloads with the person's name are scrubbed.
    Raises LastAdministrator: somebody else must become one first.
    """
    others = User.objects.filter(is_administrator=True, is_active=True).exclude(pk=user.pk)
    if user.is_administrator and not others.select_for_update().exists():
        raise LastAdministrator
    _switch_off(user, now)
    for erase in privacy.erasers():
        erase(user, now)
    scrub_subject(f"accounts.user:{user.pk}")
    forget_invited(addresses=privacy.addresses_of(user), user=user, now=now)
    AddressChange.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.avatar.delete(save=False)
    user.email, user.display_name = f"erased-{user.public_id}@invalid.invalid", ""
    user.furigana = user.bio = user.job_title = ""
    user.erased_at = now
    user.set_unusable_password()
    user.save()
    events.publish(
        MemberErased(title="", url=member_url(user), user_id=user.pk),
        subject=f"accounts.user:{user.pk}",
        now=now,
        key=f"accounts.member.erased:{user.pk}",
    )
    audit.record(
        "accounts.user.erase",
        actor=actor,
        target=f"accounts.user:{user.pk}",
        now=now,
        reason=reason,
    )
