"""From sign-up to an introduction: what the browser remembered, the company behind the mail
address, one claim.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from portal.accounts.domains import company_part, normalize_domain
from portal.accounts.models import Organization, User
from portal.accounts.services import join_organization
from referrals.models import Click, PendingClaim, Program, Referral, ReferralLink
from referrals.services.credit.claims import record_claim
from referrals.services.credit.prospects import find_organization, make_prospect
from referrals.services.facts.record import wake
from referrals.services.links import clicks
from referrals.services.state.locks import lock_key, lock_referred


def remember_link(*, user: User, cookie: str, now: datetime) -> PendingClaim | None:
    """Keep what the browser remembered at sign-up. The cookie is the visitor's: its time is
    believed only backward.

    Returns None for a cookie that names no live link.
    """
    code, click_id, stamp = (*cookie.split("."), "", "", "")[:3]
    link = ReferralLink.objects.select_related("program").filter(code=code[:32].lower()).first()
    if (
        link is None
        or link.user_id is None
        or link.user_id == user.pk
        or link.program.state != Program.State.OPEN
    ):
        return None
    click = (
        Click.objects.filter(click_id=click_id[:22], link_id=link.pk).order_by("id").first()
        if click_id
        else None
    )
    if click is not None:
        clicks.confirm(click.click_id, now=now, is_person=True)  # whoever signs up is no scanner
    said = (
        datetime.fromtimestamp(int(stamp), UTC) if stamp.isdecimal() and len(stamp) <= 10 else now
    )
    claim, _ = PendingClaim.objects.update_or_create(
        user=user,
        defaults={
            "link": link,
            "kind": "click" if click else "cookie",
            "click_id": click_id[:22],
            "occurred_at": min(click.at if click else said, now),
            "created_at": now,
            "applied_at": None,
        },
    )
    return claim


@transaction.atomic
def apply_claim(*, user: User, email: str, now: datetime) -> Referral | None:
    """Turn a newcomer's pending claim into an introduction once their address is confirmed.

    Idempotent.
    """
    claim = (
        PendingClaim.objects.select_for_update(of=("self",))
        .select_related("link__program")
        .filter(user=user, applied_at=None)
        .first()
    )
    if claim is None or claim.link.user_id is None:
        return None
    claim.applied_at = now
    claim.save(update_fields=["applied_at"])
    domain = normalize_domain(email.rpartition("@")[2])
    part = company_part(domain)
    free = not part
    lock_key(f"domain:{part or domain}")
    organization = _company_of(user, domain, free, now)
    link, program = claim.link, claim.link.program
    referred = lock_referred(program.pk, organization.pk)
    introduced = record_claim(
        referred=referred,
        program=program,
        organization=organization,
        referrer_id=claim.link.user_id,
        referrer_organization_id=link.organization_id,
        kind=claim.kind,
        reference=claim.click_id or f"{claim.kind}:{link.code}:{user.pk}",
        occurred_at=claim.occurred_at,
        identified_at=now,
        now=now,
        link=link,
        referee_id=user.pk,
        evidence={"email_domain": domain, "free_mail": free},
        email=email,
    )
    wake(
        [
            f"referred:{referred.pk}",
            f"organization:{program.pk}:{organization.public_id}",
            f"domain:{program.pk}:{part or domain}",
            f"domain:{program.pk}:{domain}",
        ],
        now=now,
    )
    return introduced.referral


def _company_of(user: User, domain: str, free: bool, now: datetime) -> Organization:
    """Return the newcomer's company: their membership, the prospect of their mail domain, or a new
    prospect.
    """
    user.__dict__.pop("membership", None), user.__dict__.pop("organization", None)
    if user.organization is not None:
        return user.organization
    organization = None if free else find_organization(domain=domain, in_use=True)
    if organization is None:
        name = user.display_name if free else company_part(domain)
        organization = make_prospect(
            name=name, domain="" if free else domain, now=now, is_sample=user.is_sample
        )
    if organization.lifecycle == Organization.Lifecycle.PROSPECT:
        join_organization(user=user, organization=organization, now=now)
    return organization


@transaction.atomic
def consent_to_name(*, referral: Referral, user: User, agrees: bool, now: datetime) -> None:
    """The referee decides whether the referrer may see their name and company.

    Raises PermissionError.
    """
    if referral.referee_id != user.pk:
        raise PermissionError
    Referral.objects.filter(pk=referral.pk).update(
        name_consent_at=now if agrees else None, token_expires_at=now if not agrees else None
    )
