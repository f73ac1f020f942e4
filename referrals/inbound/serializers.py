"""Serializers of the API. Writes name their fields; anything else in a body is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from portal.accounts.selectors import is_free_mail
from portal.core.text.currencies import is_money
from portal.core.web.money_fields import MinorUnitsField
from referrals.inbound.values import company_domain, domain_in, text
from referrals.models import Conversion, Referral, Reward, Step

EARLIEST_YEAR: Final = 1970
AHEAD: Final = timedelta(
    days=366
)  # clocks and time zones differ, and a contract may begin next year: 2062 is a slip


def check_currency(value: str) -> None:
    """Raise ValidationError for what no price is in: a slip of the fingers, or our own points."""
    if not is_money(value):
        raise serializers.ValidationError(_("This is no currency of ISO 4217, as JPY or USD."))


class MomentField(serializers.DateTimeField):
    """A moment that a calendar can hold in every time zone."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment: datetime = super().to_internal_value(value)
            if moment.year < EARLIEST_YEAR:
                self.fail("overflow")
        except OverflowError:
            self.fail("overflow")
        return moment


class FactSerializer(serializers.Serializer[dict[str, object]]):
    """What every fact may say: which system, its own id for this message, when it happened, which
    company.
    """

    source: Any = serializers.RegexField(  # the name hides a field of the base class
        r"^[a-z0-9_.-]{1,40}$", default="api", help_text="The system that tells it."
    )
    external_id = serializers.CharField(
        max_length=200,
        required=False,
        help_text="Its id of this message; the Idempotency-Key header when absent.",
    )
    program = serializers.SlugField(required=False, help_text="The default program when absent.")
    occurred_at = MomentField(required=False)

    def validate_occurred_at(self, value: datetime) -> datetime:
        now = self.context.get("now")
        if now is not None and value > now + AHEAD:
            raise serializers.ValidationError(_("This lies more than a year ahead."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(
                {name: [_("This field is not known here.")] for name in unknown}
            )
        return attrs


class CompanyFactSerializer(FactSerializer):
    """A fact about a company, named by our id or by its mail domain."""

    organization = serializers.UUIDField(required=False)
    domain = serializers.CharField(
        max_length=253,
        required=False,
        help_text="Its mail domain; of a site's or e-mail address the domain is taken.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Normalise the domain: one company has one domain, however it is written, so that its data
        is matched and paid for once.
        """
        attrs = super().validate(attrs)
        given = attrs.pop("domain", "")
        if given and not domain_in(given):
            raise serializers.ValidationError({"domain": [_("This is no domain.")]})
        if domain := company_domain(given):
            attrs["domain"] = domain
        elif given and is_free_mail(domain_in(given)) and not attrs.get("organization"):
            raise serializers.ValidationError(
                {
                    "domain": [
                        _(
                            "Anybody may have an address there: it stands for no company. Name "
                            "it by `organization`."
                        )
                    ]
                }
            )
        if not attrs.get("organization") and not attrs.get("domain"):
            raise serializers.ValidationError(
                {"domain": [_("Name the company by `organization` or `domain`.")]}
            )
        return attrs


class IntroductionSerializer(CompanyFactSerializer):
    """Somebody introduced a company by a code or a link."""

    code = serializers.CharField(max_length=32)
    company = serializers.CharField(max_length=120, required=False)
    claim = serializers.ChoiceField(["code", "click"], default="code")
    identified_at = MomentField(required=False, help_text="When the company made itself known.")
    reference = serializers.CharField(max_length=80, required=False)

    validate_identified_at = FactSerializer.validate_occurred_at

    def validate_company(self, value: str) -> str:
        return text(
            value, 120
        )  # it is read as a name by people: nothing that turns or hides letters


class StageSerializer(CompanyFactSerializer):
    """A company reached a stage; a loss needs its reason."""

    stage = serializers.ChoiceField(Step.Stage.choices)
    reason = serializers.CharField(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["stage"] == Step.Stage.LOST and not attrs.get("reason"):
            raise serializers.ValidationError({"reason": [_("A loss needs its reason.")]})
        return attrs


class ConversionFactSerializer(CompanyFactSerializer):
    """A sale, in minor units of its currency; several systems may report the same invoice."""

    amount = MinorUnitsField()
    currency = serializers.RegexField(r"^[A-Z]{3}$", validators=[check_currency])
    invoice = serializers.CharField(max_length=120, required=False)
    external_ref = serializers.CharField(max_length=120, required=False)
    corrects = serializers.CharField(
        max_length=120,
        required=False,
        help_text="The invoice (or reference) of a sale whose amount this one replaces.",
    )
    corrected_at = MomentField(
        required=False, help_text="When it was corrected; of several corrections the last counts."
    )

    validate_corrected_at = FactSerializer.validate_occurred_at


class RefundFactSerializer(FactSerializer):
    """Money given back of a sale: `amount`, once per its own reference, or `total`, all of a
    payment so far.
    """

    invoice = serializers.CharField(max_length=120)
    reference = serializers.CharField(max_length=120, required=False)
    charge = serializers.CharField(
        max_length=120, required=False, help_text="The payment it is a part of."
    )
    amount = MinorUnitsField(required=False)
    total = MinorUnitsField(
        required=False,
        help_text="All that was refunded of the payment so far.",
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False, validators=[check_currency])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if ("amount" in attrs) == ("total" in attrs):
            raise serializers.ValidationError({"amount": [_("Give either `amount` or `total`.")]})
        return attrs


class OutcomeSerializer(serializers.Serializer[dict[str, object]]):
    """What became of a fact. Parked: it waits for another one and is applied by itself."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(["applied", "parked", "review", "dismissed"])
    duplicate = serializers.BooleanField()
    result = serializers.DictField()


class ReferralSerializer(serializers.ModelSerializer[Referral]):
    """An introduction, without the introduced person's name."""

    id = serializers.UUIDField(source="public_id")
    program: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    organization = serializers.UUIDField(
        source="organization.public_id", allow_null=True, default=None
    )
    referrer_organization = serializers.UUIDField(
        source="referrer_organization.public_id", allow_null=True, default=None
    )

    class Meta:
        model = Referral
        fields = [
            "id",
            "program",
            "kind",
            "state",
            "state_since",
            "reason",
            "organization",
            "referrer_organization",
            "introduced_at",
        ]


class ConversionSerializer(serializers.ModelSerializer[Conversion]):
    """A sale as it stands."""

    id = serializers.UUIDField(source="public_id")
    organization = serializers.UUIDField(source="referred.organization.public_id")

    class Meta:
        model = Conversion
        fields = [
            "id",
            "organization",
            "invoice",
            "amount",
            "currency",
            "refunded_amount",
            "occurred_at",
        ]


class RewardSerializer(serializers.ModelSerializer[Reward]):
    """A reward as it stands; `net` is what is left of it."""

    id = serializers.UUIDField(source="public_id")
    referral = serializers.UUIDField(source="referral.public_id")
    net = serializers.IntegerField()

    class Meta:
        model = Reward
        fields = [
            "id",
            "referral",
            "milestone",
            "side",
            "state",
            "amount",
            "reversed_amount",
            "net",
            "currency",
            "due_at",
        ]
