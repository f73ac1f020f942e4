"""`/api/v1/…`: recording and reading inbound records of introductions.

Every write is idempotent.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.idempotency import bind_key
from portal.api.models import ApiKey
from portal.api.permissions import HasScope
from portal.api.problems import Conflict
from portal.core import time
from referrals.inbound import serializers as own
from referrals.models import Conversion, Fact, Referral, Reward
from referrals.services.facts.record import receive_fact

Shown = TypeVar("Shown", bound=Model)


class Facts(ListAPIView[Shown]):
    """GET lists, POST records. The (source, external id) of a record is used up in the commit of
    its effect, for ever.
    """

    key_order = ("-pk",)
    kind: Fact.Kind
    takes: type[serializers.Serializer[Any]]

    def get_permissions(self) -> list[Any]:
        return [HasScope("referrals:read" if self.request.method == "GET" else "referrals:write")()]

    def tell(self, request: Request) -> Response:
        """Take in one fact; the same again gets the same answer, another body under the same id is
        a conflict.
        """
        now = time.now()
        form = self.takes(data=request.data, context={"now": now})
        form.is_valid(raise_exception=True)
        body = dict(form.data)
        source, external = str(body.pop("source", "api")), str(body.pop("external_id", "") or "")
        header = request.headers.get("Idempotency-Key", "").strip()
        external = external or header
        if not external or not all(
            len(one) <= 200 and one.isprintable() for one in (external, header)
        ):
            raise ValidationError(
                {"Idempotency-Key": [_("Send this header or `external_id`: 1 to 200 characters.")]}
            )
        assert isinstance(request.auth, ApiKey)
        if header and header != external:
            if Fact.objects.filter(source=source, external_id=header).exists():
                raise Conflict(_("This id was used for another message."))
            bind_key(request)
        plain = {name: value for name, value in body.items() if value is not None}
        outcome = receive_fact(
            source=source,
            external_id=external,
            kind=self.kind,
            body=plain,
            now=now,
        )
        if outcome.status == "conflict":
            raise Conflict(_("This id was used for another message."))
        again = outcome.status == "duplicate"
        answer = {
            "id": outcome.public_id,
            "status": outcome.state,
            "duplicate": again,
            "result": outcome.result,
        }
        code = 200 if again else 201 if outcome.state == Fact.State.APPLIED else 202
        return Response(answer, status=code)  # as OutcomeSerializer says


class Introductions(Facts[Referral]):
    """Introductions."""

    policy = "key:referrals:read"
    kind, takes, serializer_class = (
        Fact.Kind.INTRODUCTION,
        own.IntroductionSerializer,
        own.ReferralSerializer,
    )

    def get_queryset(self) -> QuerySet[Referral]:
        return Referral.objects.select_related("program", "organization", "referrer_organization")

    @extend_schema(operation_id="introductions_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List introductions, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="introductions_tell",
        request=own.IntroductionSerializer,
        responses=own.OutcomeSerializer,
    )
    def post(self, request: Request) -> Response:
        """Record that somebody introduced a company."""
        return self.tell(request)


class Stages(Facts[Referral]):
    """Stages of introduced companies."""

    policy = "key:referrals:read"
    kind, takes, serializer_class = Fact.Kind.STAGE, own.StageSerializer, own.ReferralSerializer

    def get_queryset(self) -> QuerySet[Referral]:
        return Referral.objects.exclude(organization=None).select_related(
            "program", "organization", "referrer_organization"
        )

    @extend_schema(operation_id="stages_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List introductions of known companies with their stage."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="stages_tell", request=own.StageSerializer, responses=own.OutcomeSerializer
    )
    def post(self, request: Request) -> Response:
        """Record that a company reached a stage; stages may come late, twice and in any order."""
        return self.tell(request)


class Conversions(Facts[Conversion]):
    """Sales of introduced companies."""

    policy = "key:referrals:read"
    kind, takes, serializer_class = (
        Fact.Kind.CONVERSION,
        own.ConversionFactSerializer,
        own.ConversionSerializer,
    )

    def get_queryset(self) -> QuerySet[Conversion]:
        return Conversion.objects.select_related("referred__organization")

    @extend_schema(operation_id="conversions_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List sales, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="conversions_tell",
        request=own.ConversionFactSerializer,
        responses=own.OutcomeSerializer,
    )
    def post(self, request: Request) -> Response:
        """Record a sale: the company is won, the rewards go on hold."""
        return self.tell(request)


class Refunds(Facts[Conversion]):
    """Refunds."""

    policy = "key:referrals:read"
    kind, takes, serializer_class = (
        Fact.Kind.REFUND,
        own.RefundFactSerializer,
        own.ConversionSerializer,
    )

    def get_queryset(self) -> QuerySet[Conversion]:
        return Conversion.objects.filter(refunded_amount__gt=0).select_related(
            "referred__organization"
        )

    @extend_schema(operation_id="refunds_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List sales that were refunded in part or as a whole."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="refunds_tell",
        request=own.RefundFactSerializer,
        responses=own.OutcomeSerializer,
    )
    def post(self, request: Request) -> Response:
        """Record a refund: the same share of the rewards is taken back."""
        return self.tell(request)


class Rewards(ListAPIView[Reward]):
    """Rewards."""

    policy = "key:referrals:read"
    permission_classes = [HasScope("referrals:read")]
    serializer_class = own.RewardSerializer
    key_order = ("-pk",)

    def get_queryset(self) -> QuerySet[Reward]:
        return Reward.objects.select_related("referral")

    @extend_schema(operation_id="rewards_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List rewards, the newest first."""
        return super().get(request, *args, **kwargs)
