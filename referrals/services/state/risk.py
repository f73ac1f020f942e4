"""Risk findings of an introduction.

They hold rewards until a person closes them; they never refuse.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from portal import audit
from portal.accounts.models import Organization, User
from referrals.models import Referral, RiskFinding

Kind, Severity = RiskFinding.Kind, RiskFinding.Severity
MANY, WITHIN = 10, timedelta(days=1)


def find(
    referral: Referral,
    kind: str,
    severity: str,
    now: datetime,
    *,
    evidence: dict[str, Any] | None = None,
) -> None:
    """Note a finding once per kind."""
    RiskFinding.objects.bulk_create(
        [
            RiskFinding(
                referral=referral,
                kind=kind,
                severity=severity,
                evidence=evidence or {},
                found_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def assess(
    referral: Referral, *, organization: Organization, evidence: dict[str, Any], now: datetime
) -> None:
    """Look at a new claim from every side that needs no outside service."""
    domain = str(evidence.get("email_domain", ""))
    if domain and domain in _disposable():
        find(referral, Kind.DISPOSABLE, Severity.GRAVE, now, evidence={"domain": domain})
    if evidence.get("same_visitor"):
        find(referral, Kind.SAME_DEVICE, Severity.DOUBT, now)
    if evidence.get("free_mail"):
        find(referral, Kind.FREE_MAIL, Severity.DOUBT, now, evidence={"domain": domain})
    moment = referral.introduced_at
    recent = Referral.objects.filter(
        referrer_id=referral.referrer_id,
        introduced_at__gt=moment - WITHIN,
        introduced_at__lte=moment,
    )[: MANY + 1].count()
    if recent > MANY:
        find(referral, Kind.VELOCITY, Severity.DOUBT, now, evidence={"count": recent, "hours": 24})


@cache
def _disposable() -> frozenset[str]:
    from disposable_email_domains import blocklist  # large, and seldom asked

    return frozenset(blocklist)


def open_doubts(referral_id: int) -> bool:
    """Say whether something doubtful is open: then a reward is held for a person to look at."""
    findings = RiskFinding.objects.filter(referral_id=referral_id, closed_at=None)
    return findings.exclude(severity=Severity.NOTE).exists()


def close_finding(*, finding: RiskFinding, actor: User, reason: str, now: datetime) -> None:
    """A person says why a finding is harmless. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a reason is needed")
    closed = RiskFinding.objects.filter(pk=finding.pk, closed_at=None).update(
        closed_at=now, closed_by_id=actor.pk, close_reason=reason.strip()[:200]
    )
    if closed:
        audit.record(
            "referrals.finding.close",
            actor=actor,
            target=f"referrals.referral:{finding.referral_id}",
            now=now,
            after={"kind": finding.kind},
            reason=reason,
        )


def in_words(finding: RiskFinding) -> str:
    """Return what a finding means for the person who judges it."""
    evidence = finding.evidence
    return {
        Kind.SELF: _("The person who registered is the referrer."),
        Kind.OWN_ORGANIZATION: _("The introduced company is the one the referrer belongs to."),
        Kind.EXISTING_CUSTOMER: _("The company was a customer before it was introduced."),
        Kind.DUPLICATE: _("Another customer introduced the same company."),
        Kind.VELOCITY: _("%(count)s introductions within %(hours)s hours.")
        % {"count": evidence.get("count", "?"), "hours": evidence.get("hours", 24)},
        Kind.DISPOSABLE: _("The address is on a throw-away mail service (%(domain)s).")
        % {"domain": evidence.get("domain", "?")},
        Kind.SAME_DEVICE: _(
            "The link was opened on a device the referrer uses. Colleagues may share one."
        ),
        Kind.HOST_COMPANY: _("The company is our own."),
        Kind.AMOUNT_DIFFERS: _(
            "Two systems report different amounts for %(invoice)s: %(known)s and %(other)s."
        )
        % {
            "invoice": evidence.get("invoice", "?"),
            "known": evidence.get("known"),
            "other": evidence.get("other"),
        },
        Kind.FREE_MAIL: _("The address is a private one (%(domain)s): check which company it is.")
        % {"domain": evidence.get("domain", "?")},
    }[Kind(finding.kind)]
