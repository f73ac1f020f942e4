"""Customer organizations (企業), their verified domains, memberships and lifecycle."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Least, Lower
from django.utils.translation import gettext_lazy as _

from portal.accounts.domains import show_domain
from portal.core.models import PublicId


class Organization(PublicId):
    """A company: a customer, a prospect, or (is_own) the company that runs this Hazumi."""

    class Lifecycle(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        ONBOARDING = "onboarding", _("Onboarding")
        ADOPTING = "adopting", _("Adopting")
        EXPANDING = "expanding", _("Expanding")
        ADVOCATING = "advocating", _("Advocating")
        DORMANT = "dormant", _("Dormant")

    id: int
    name = models.CharField(_("Company name"), max_length=120)
    lifecycle = models.CharField(
        _("Stage"), max_length=12, choices=Lifecycle, default=Lifecycle.PROSPECT
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_organizations",
    )
    industry = models.CharField(_("Industry"), max_length=60, blank=True)
    size_band = models.CharField(_("Size"), max_length=20, blank=True)
    plan = models.CharField(_("Plan"), max_length=40, blank=True)
    annual_amount = models.BigIntegerField(
        _("Annual amount"), null=True, blank=True
    )  # minor units of `currency`
    currency = models.CharField(_("Currency"), max_length=3, default="JPY")
    renewal_date = models.DateField(_("Renewal date"), null=True, blank=True)
    is_public_sector = models.BooleanField(
        _("Public sector"), default=False
    )  # forbids personal rewards
    is_own = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False)
    became_customer_at = models.DateTimeField(null=True, blank=True)
    # The earliest sale that was not wholly refunded; while there is one, what people said before
    # is kept beside it and the earlier of the two counts.
    first_sale_at = models.DateTimeField(null=True, blank=True, editable=False)
    stated_customer_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_own"], condition=Q(is_own=True), name="one_own_organization"
            ),
            models.CheckConstraint(
                condition=Q(annual_amount=None) | Q(annual_amount__gte=0),
                name="annual_amount_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(first_sale_at=None, stated_customer_at=None)
                | Q(
                    first_sale_at__isnull=False,
                    became_customer_at=Least("first_sale_at", "stated_customer_at"),
                ),
                name="a_sale_dates_the_customer",
            ),
        ]
        indexes = [models.Index(fields=["lifecycle", "id"], name="organizations_by_stage")]

    def __str__(self) -> str:
        return self.name


class LifecycleChange(models.Model):
    """One step of an organization's way; the history replays to the current stage."""

    SALE, NO_SALE = "system:sale", "system:no_sale"  # reasons that no person wrote

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="lifecycle_changes"
    )
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12, choices=Organization.Lifecycle)
    reason = models.CharField(max_length=200, blank=True)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.before} → {self.after}"

    @property
    def why(self) -> str:
        """The reason in the reader's language where the system gave it, else as it was written."""
        known = {
            self.SALE: _("A sale became known."),
            self.NO_SALE: _("The sale was refunded or does not stand any more."),
        }
        return str(known.get(self.reason, self.reason))


class EmailDomain(models.Model):
    """A mail domain that belongs to one organization. Free-mail domains never do."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="email_domains"
    )
    domain = models.CharField(max_length=253)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("domain"), name="one_organization_per_domain")]

    def __str__(self) -> str:
        return show_domain(self.domain)


class MailProvider(models.Model):
    """A domain that hands mail addresses to anybody, added by staff to the lists we come with."""

    id: int
    domain = models.CharField(_("Domain"), max_length=253, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="providers_lower_case")
        ]

    def __str__(self) -> str:
        return self.domain


class Membership(models.Model):
    """A person in an organization; ended memberships stay as history."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        ADMINISTRATOR = "administrator", _("Company administrator")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    organization_id: int
    role = models.CharField(max_length=13, choices=Role, default=Role.MEMBER)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="one_active_membership_per_user"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization"], condition=Q(ended_at=None), name="members_of_organization"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organization_id}"
