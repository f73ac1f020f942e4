"""Introducing somebody by name: a warm introduction the referrer sends themselves, and the
referee's own page.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from portal.accounts.domains import company_part
from portal.accounts.models import Organization, User
from referrals.models import (
    Program,
    Referral,
    ReferralChange,
    ReferredOrganization,
    RiskFinding,
)
from referrals.rules import eligibility, state_machine
from referrals.services import reference_calls
from referrals.services.analytics.marks import mark_introductions
from referrals.services.credit.claims import (
    announce,
    current_terms,
    recalculate_attribution,
    record_claim,
)
from referrals.services.credit.prospects import find_organization, make_prospect
from referrals.services.credit.self_referral import whose
from referrals.services.facts.record import wake
from referrals.services.introductions.prospect_pages import (
    TOKEN_DAYS,
    find_by_token,
    is_token,
    new_token,
    take_page,
    token_digest,
)
from referrals.services.state import risk, transitions
from referrals.services.state.locks import lock_key, lock_referred

S = Referral.State
PER_DAY = 10
ANSWERS = ("confirm", "decline", "erase")


class TooMany(ValueError):
    """The referrer named more people today than anybody introduces with care."""


class NotOpen(ValueError):
    """The program takes no introductions now, or none from this referrer."""


@transaction.atomic
def introduce_person(
    *,
    program: Program,
    referrer: User,
    name: str,
    company: str,
    email: str = "",
    why: str = "",
    has_consent: bool = False,
    now: datetime,
    own: str = "",
) -> tuple[Referral, str]:
    """Record a named introduction and return it with the one-time token of the introduced person's
    page.

    The form proposes the token (`own`), so a form sent twice is one introduction with one address.
    With the referrer's word that the person agreed it is accepted at once; otherwise it waits for
    the person. Raises NotOpen, TooMany.
    """
    if eligibility.why_not(program, referrer, now):
        raise NotOpen
    User.objects.select_for_update().get(pk=referrer.pk)
    said = {
        "referee_name": name.strip(),
        "referee_company": company.strip(),
        "referee_email": email.strip().lower(),
        "why": why.strip(),
    }
    token = own if is_token(own) else new_token()
    if (again := Referral.objects.filter(token_hash=token_digest(token)).first()) is not None:
        if again.referrer_id == referrer.pk and all(
            getattr(again, field) == text for field, text in said.items()
        ):
            return again, token
        token = new_token()  # the referrer went back to the form and wrote about somebody else
    today = Referral.objects.filter(
        referrer=referrer, kind=Referral.Kind.NAMED, created_at__gt=now - timedelta(days=1)
    )
    if today.count() >= PER_DAY:
        raise TooMany
    referral = Referral.objects.create(
        program=program,
        terms=current_terms(program, now),
        kind=Referral.Kind.NAMED,
        referrer=referrer,
        referrer_organization_id=referrer.organization_id,
        **said,
        token_hash=token_digest(token),
        token_expires_at=now + timedelta(days=TOKEN_DAYS),
        state=S.SUBMITTED,
        state_since=now,
        version=1,
        introduced_at=now,
        created_at=now,
        noted_at=now,
        is_sample=referrer.is_sample,
    )
    announce(referral, now=now)
    transitions.move(
        referral, to=S.CONSENT_PENDING, role=state_machine.SYSTEM, now=now, quiet=has_consent
    )
    if has_consent:
        accept_introduction(
            referral=referral, role=state_machine.SYSTEM, now=now, actor_id=referrer.pk
        )
    return referral, token


def lock_company(referral: Referral) -> ReferredOrganization | None:
    """Lock an introduction's company, when it has one, and read the introduction again: a company
    comes first.
    """
    if referral.organization_id is None:
        return None
    referred = lock_referred(referral.program_id, referral.organization_id)
    referral.refresh_from_db(
        fields=["state", "state_since", "version", "reason", "noted_at", "name_consent_at"]
    )
    return referred


def _lock_domain(referral: Referral) -> tuple[str, Organization | None]:
    """Lock the domain of a named introduction; return it ("" for none) and the company it belongs
    to.
    """
    domain = company_part(referral.referee_email.rpartition("@")[2])
    if domain:
        lock_key(f"domain:{domain}")
    found = find_organization(domain=domain, in_use=True) if domain else None
    return domain, referral.organization or found


@transaction.atomic
def accept_introduction(
    *, referral: Referral, role: str, now: datetime, actor_id: int | None = None, reason: str = ""
) -> Referral:
    """Accept an introduction: the company is found or made, the claim recorded, the credit decided.

    A second introduction of the same company by the same person merges into the first one.
    """
    domain, organization = _lock_domain(referral)
    own = whose(
        referral.referee_email,
        referrer_id=referral.referrer_id,
        company_id=referral.referrer_organization_id,
    )
    if own and referral.organization_id is None:
        transitions.move(
            referral, to=S.REJECTED, role=state_machine.SYSTEM, now=now, reason=f"rule:{own}"
        )
        risk.find(referral, own, RiskFinding.Severity.GRAVE, now)
        return referral
    if organization is None:
        organization = make_prospect(
            name=referral.referee_company, domain=domain, now=now, is_sample=referral.is_sample
        )
    referred = lock_referred(referral.program_id, organization.pk)
    if referral.organization_id is None:
        earlier = Referral.objects.filter(
            program_id=referral.program_id,
            organization=organization,
            referrer_id=referral.referrer_id,
        ).exclude(pk=referral.pk)
        if earlier.exists():
            transitions.move(
                referral,
                to=S.MERGED,
                role=state_machine.SYSTEM,
                now=now,
                reason="rule:same_company",
            )
            return referral
        if organization.pk == referral.referrer_organization_id:
            transitions.move(
                referral,
                to=S.REJECTED,
                role=state_machine.SYSTEM,
                now=now,
                reason="rule:own_organization",
            )
            return referral
        referral.organization = organization
        try:
            with transaction.atomic():
                referral.save(update_fields=["organization"])
                mark_introductions([referral.pk])
        except IntegrityError:
            referral.organization = None
            transitions.move(
                referral,
                to=S.MERGED,
                role=state_machine.SYSTEM,
                now=now,
                reason="rule:same_company",
            )
            return referral
    if referral.state in (S.SUBMITTED, S.CONSENT_PENDING):
        transitions.move(
            referral, to=S.ACCEPTED, role=role, now=now, actor_id=actor_id, reason=reason
        )
    record_claim(
        referred=referred,
        program=referral.program,
        organization=organization,
        referrer_id=referral.referrer_id,
        referrer_organization_id=referral.referrer_organization_id,
        kind="named",
        reference=str(referral.public_id),
        occurred_at=referral.introduced_at,
        identified_at=referral.introduced_at,
        now=now,
        referral=referral,
        evidence={"email_domain": referral.referee_email.rpartition("@")[2]},
    )
    wake(
        [
            f"referred:{referred.pk}",
            *([f"domain:{referral.program_id}:{domain}"] if domain else []),
        ],
        now=now,
    )
    referral.refresh_from_db()
    return referral


@transaction.atomic
def answer_by_token(
    *, token: str, answer: str, now: datetime, own: str = ""
) -> tuple[Referral, str]:
    """The referee confirms, declines or asks for erasure. Raises TokenClosed, ValueError.

    With the first answer the address that the referrer knows closes. Returns the introduction and
    the token of the page the referee goes on with ("" after erasure): `own` if their browser
    proposed one.
    """
    if answer not in ANSWERS:
        raise ValueError(answer)
    referral = find_by_token(token, now)
    _domain, organization = _lock_domain(referral)
    if organization is not None:
        lock_referred(referral.program_id, organization.pk)
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("program", "organization")
        .get(pk=referral.pk)
    )
    page = take_page(referral, sent=token, own=own)
    if answer == "confirm":
        if referral.state not in (S.SUBMITTED, S.CONSENT_PENDING, *state_machine.STAGES):
            return referral, page  # it has ended meanwhile: there is nothing to agree to
        if referral.name_consent_at is None:
            referral.name_consent_at = now
            referral.save(update_fields=["name_consent_at"])
        if referral.state == S.CONSENT_PENDING:
            referral = accept_introduction(referral=referral, role=state_machine.PROSPECT, now=now)
        return referral, page
    if state_machine.REFERRAL.allows(referral.state, S.DECLINED, state_machine.PROSPECT):
        transitions.move(referral, to=S.DECLINED, role=state_machine.PROSPECT, now=now)
    reference_calls.forget(referral.reference_requests.all(), now=now)
    referral.name_consent_at = None
    fields = ["name_consent_at"]
    if answer == "erase":
        referral.referee_name = referral.referee_company = referral.referee_email = referral.why = (
            ""
        )
        referral.token_hash = referral.token_expires_at = None
        fields += [
            "referee_name",
            "referee_company",
            "referee_email",
            "why",
            "token_hash",
            "token_expires_at",
        ]
        page = ""
    referral.save(update_fields=fields)
    if referral.organization_id is not None:
        referred = lock_referred(referral.program_id, referral.organization_id)
        recalculate_attribution(referred, program=referral.program, now=now)
    return referral, page


@transaction.atomic
def withdraw(*, referral: Referral, user: User, now: datetime) -> None:
    """The referrer takes an introduction back. Raises PermissionError, changes.NotAllowed."""
    if referral.referrer_id != user.pk:
        raise PermissionError
    referred = lock_company(referral)
    transitions.move(
        referral, to=S.WITHDRAWN, role=state_machine.REFERRER, now=now, actor_id=user.pk
    )
    if referred is not None:
        recalculate_attribution(referred, program=referral.program, now=now)


def history(referral: Referral) -> list[ReferralChange]:
    """Return every step of an introduction in order."""
    return list(ReferralChange.objects.filter(referral=referral).order_by("version"))
