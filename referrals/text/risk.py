"""Display text of risk findings."""

from __future__ import annotations

from django.utils.translation import gettext as _

from referrals.models import RiskFinding

Kind = RiskFinding.Kind


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
