"""Creating organizations, changing their lifecycle, joining and leaving them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from portal import audit, events
from portal.accounts.domains import is_free_mail, is_public_suffix, normalize_domain
from portal.accounts.events import CustomerDated, MemberJoined, MemberLeft, OrganizationMoved
from portal.accounts.models import EmailDomain, LifecycleChange, Membership, Organization, User
from portal.accounts.selectors import organization_using


class DomainTaken(ValueError):
    """Another organization has this domain; the message is its name."""

    def __init__(self, name: str, *, is_movable: bool = False) -> None:
        super().__init__(name)
        self.is_movable = is_movable


class DomainInUse(ValueError):
    """Members of another organization have addresses of this domain; the message is its name."""


class FreeMailDomain(ValueError):
    """The domain hands addresses to anybody and cannot stand for a company."""


@transaction.atomic
def create_organization(
    *,
    name: str,
    now: datetime,
    actor: User | None = None,
    domains: tuple[str, ...] = (),
    **fields: Any,
) -> Organization:
    """Make an organization with its first lifecycle row.

    Raises FreeMailDomain, IntegrityError for a taken domain.
    """
    organization = Organization.objects.create(name=name.strip(), created_at=now, **fields)
    LifecycleChange.objects.create(
        organization=organization,
        after=organization.lifecycle,
        actor_id=actor.pk if actor else None,
        at=now,
    )
    for domain in domains:
        add_email_domain(organization=organization, domain=domain, verified_at=now)
    if actor:
        audit.record(
            "accounts.organization.create",
            actor=actor,
            target=f"accounts.organization:{organization.pk}",
            now=now,
        )
    return organization


def add_email_domain(
    *, organization: Organization, domain: str, verified_at: datetime | None = None
) -> EmailDomain:
    """Bind a mail domain to an organization.

    Raises FreeMailDomain; IntegrityError when another company has it.
    """
    domain = normalize_domain(domain)
    if not domain or is_free_mail(domain) or is_public_suffix(domain):
        raise FreeMailDomain(domain)
    return EmailDomain.objects.create(
        organization=organization, domain=domain, verified_at=verified_at
    )


@transaction.atomic
def bind_domain(
    *,
    organization: Organization,
    domain: str,
    actor: User,
    now: datetime,
    from_prospect: bool = False,
) -> EmailDomain:
    """Bind a verified mail domain as staff.

    `from_prospect`: also take it from a prospect, which nobody has verified. Raises FreeMailDomain,
    DomainTaken, DomainInUse.
    """
    domain = normalize_domain(domain)
    taken = (
        EmailDomain.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(domain=domain)
        .first()
    )
    if taken is not None and not (from_prospect and is_movable(taken, organization)):
        raise DomainTaken(taken.organization.name, is_movable=is_movable(taken, organization))
    used_by = organization_using(domain)
    if used_by is not None and used_by.pk != organization.pk and not _is_prospect(used_by):
        raise DomainInUse(used_by.name)
    before = None
    if taken is not None:
        before = {"organization": taken.organization_id}
        audit.record(
            "accounts.domain.remove",
            actor=actor,
            target=f"accounts.organization:{taken.organization_id}",
            now=now,
            before={"domain": domain},
            after={"moved_to": organization.pk},
        )
        taken.delete()
    row = add_email_domain(organization=organization, domain=domain, verified_at=now)
    audit.record(
        "accounts.domain.add",
        actor=actor,
        target=f"accounts.organization:{organization.pk}",
        now=now,
        before=before,
        after={"domain": domain},
    )
    return row


def is_movable(taken: EmailDomain, organization: Organization) -> bool:
    """Say whether staff may move a domain to another company: a prospect has it, unverified."""
    return (
        taken.verified_at is None
        and taken.organization_id != organization.pk
        and _is_prospect(taken.organization)
    )


def _is_prospect(organization: Organization) -> bool:
    return (
        organization.lifecycle == Organization.Lifecycle.PROSPECT
        and organization.became_customer_at is None
        and not organization.is_own
    )


@transaction.atomic
def unbind_domain(*, organization: Organization, domain: str, actor: User, now: datetime) -> bool:
    """Take a mail domain away; who joined through it stays.

    Return False when the company did not have it.
    """
    domain = normalize_domain(domain)
    if not EmailDomain.objects.filter(organization=organization, domain=domain).delete()[0]:
        return False
    audit.record(
        "accounts.domain.remove",
        actor=actor,
        target=f"accounts.organization:{organization.pk}",
        now=now,
        before={"domain": domain},
    )
    return True


@transaction.atomic
def save_organization(
    *,
    organization: Organization | None,
    fields: dict[str, Any],
    stage: str,
    reason: str,
    actor: User,
    now: datetime,
) -> Organization:
    """Make an organization or change its facts as staff; the stage moves with its history.

    One audit row per call.
    """
    if organization is None:
        return create_organization(now=now, actor=actor, lifecycle=stage, **fields)
    row = _locked(organization.pk)
    before = {name: _plain(getattr(row, name)) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    after = {name: _plain(value) for name, value in fields.items()}
    changed = {name for name in fields if before[name] != after[name]}
    move_organization(organization=row, stage=stage, now=now, actor=actor, reason=reason)
    if changed:
        audit.record(
            "accounts.organization.edit",
            actor=actor,
            target=f"accounts.organization:{row.pk}",
            now=now,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return row


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, User) else value


@transaction.atomic
def move_organization(
    *,
    organization: Organization,
    stage: str,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
) -> bool:
    """Move an organization to another lifecycle stage; return False when it is there already."""
    row = _locked(organization.pk)
    if row.lifecycle == stage:
        return False
    if stage not in (Organization.Lifecycle.PROSPECT, Organization.Lifecycle.DORMANT):
        _state_customer(row, now)
    _move(row, stage, now=now, actor=actor, reason=reason)
    organization.lifecycle, organization.became_customer_at = (
        row.lifecycle,
        row.became_customer_at,
    )
    return True


@transaction.atomic
def date_by_sale(
    *, organization: Organization, first_sale_at: datetime | None, now: datetime
) -> bool:
    """Set the earliest sale that stands, None when none does; return whether the date of the
    customer changed.

    A prospect with a sale becomes a customer. One that nothing but sales made a customer is a
    prospect again when the last sale is gone.
    """
    row = _locked(organization.pk)
    if row.first_sale_at == first_sale_at:
        return False
    before = row.became_customer_at
    stated = row.stated_customer_at if row.first_sale_at is not None else before
    row.first_sale_at = first_sale_at
    row.stated_customer_at = stated if first_sale_at is not None else None
    row.became_customer_at = min(
        (moment for moment in (stated, first_sale_at) if moment is not None), default=None
    )
    row.save(update_fields=["first_sale_at", "stated_customer_at", "became_customer_at"])
    stages = Organization.Lifecycle
    if first_sale_at is not None and row.lifecycle == stages.PROSPECT:
        _move(row, stages.ONBOARDING, now=now, reason=LifecycleChange.SALE)
    elif row.became_customer_at is None and row.lifecycle == stages.ONBOARDING:
        _move(row, stages.PROSPECT, now=now, reason=LifecycleChange.NO_SALE)
    for name in ("lifecycle", "first_sale_at", "stated_customer_at", "became_customer_at"):
        setattr(organization, name, getattr(row, name))
    changed = row.became_customer_at != before
    if changed:
        events.publish(
            CustomerDated(
                title=row.name,
                url=organization_url(row),
                before=before.isoformat() if before else "",
                after=row.became_customer_at.isoformat() if row.became_customer_at else "",
            ),
            subject=f"accounts.organization:{row.pk}",
            organization=row,
            now=now,
        )
    return changed


def _locked(organization_id: int) -> Organization:
    """Lock an organization without stopping whoever writes rows that point to it."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def _state_customer(row: Organization, now: datetime) -> None:
    """A person says that the company is a customer: true from now on, if nothing said so before."""
    if row.first_sale_at is None:
        if row.became_customer_at is None:
            row.became_customer_at = now
    elif row.stated_customer_at is None:
        row.stated_customer_at = now
        row.became_customer_at = min(row.first_sale_at, now)


def _move(
    row: Organization,
    stage: str,
    *,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
) -> None:
    """Write the stage of a locked organization with its history, event and audit row."""
    before, row.lifecycle = row.lifecycle, stage
    row.save(update_fields=["lifecycle", "became_customer_at", "stated_customer_at"])
    LifecycleChange.objects.create(
        organization=row,
        before=before,
        after=stage,
        reason=reason,
        actor_id=actor.pk if actor else None,
        at=now,
    )
    events.publish(
        OrganizationMoved(title=row.name, url=organization_url(row), before=before, after=stage),
        subject=f"accounts.organization:{row.pk}",
        actor=actor,
        organization=row,
        now=now,
    )
    if actor:
        audit.record(
            "accounts.organization.move",
            actor=actor,
            target=f"accounts.organization:{row.pk}",
            now=now,
            before={"lifecycle": before},
            after={"lifecycle": stage},
            reason=reason,
        )


@transaction.atomic
def join_organization(
    *, user: User, organization: Organization, now: datetime, role: str = Membership.Role.MEMBER
) -> Membership:
    """Make a person an active member; an earlier membership elsewhere ends.

    Idempotent for the same organization.
    """
    User.objects.select_for_update().get(pk=user.pk)
    current = Membership.objects.filter(user=user, ended_at=None).first()
    if current is not None and current.organization_id == organization.pk:
        return current
    if current is not None:
        current.ended_at = now
        current.save(update_fields=["ended_at"])
    first = not Membership.objects.filter(organization=organization).exists()
    membership = Membership.objects.create(
        user=user, organization=organization, role=role, started_at=now
    )
    user.__dict__.pop("membership", None), user.__dict__.pop("organization", None)
    events.publish(
        MemberJoined(
            title=user.display_name,
            url=member_url(user),
            user_id=user.pk,
            first_of_organization=first,
        ),
        subject=f"accounts.user:{user.pk}",
        actor=user,
        organization=organization,
        now=now,
    )
    return membership


@transaction.atomic
def leave_organization(*, user: User, now: datetime) -> bool:
    """End the active membership; return False when there is none."""
    membership = Membership.objects.select_for_update().filter(user=user, ended_at=None).first()
    if membership is None:
        return False
    membership.ended_at = now
    membership.save(update_fields=["ended_at"])
    user.__dict__.pop("membership", None), user.__dict__.pop("organization", None)
    events.publish(
        MemberLeft(title=user.display_name, url=member_url(user), user_id=user.pk),
        subject=f"accounts.user:{user.pk}",
        organization=membership.organization,
        now=now,
    )
    return True


def organization_url(organization: Organization) -> str:
    return reverse("accounts:organization", args=[organization.public_id])


def member_url(user: User) -> str:
    return reverse("accounts:member", args=[user.public_id])
