"""The API's own two endpoints: who am I, and the event log for systems that poll instead of
receiving webhooks.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.api.models import ApiKey
from portal.api.permissions import AnyKey, HasScope
from portal.events import readable
from portal.events.models import Event

TYPE = OpenApiParameter(
    "type", str, description=_("Only events of this name, such as community.answer.accepted.")
)


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key, without what opens it."""

    class Meta:
        model = ApiKey
        fields = ["name", "prefix", "scopes", "created_at", "expires_at"]


class EventSerializer(serializers.ModelSerializer[Event]):
    """A fact, with the names it has in webhooks."""

    id = serializers.UUIDField(source="public_id")
    type = serializers.CharField(source="name")
    time = serializers.DateTimeField(source="occurred_at")
    sequence = serializers.IntegerField(source="pk")
    data = serializers.JSONField(source="payload")  # type: ignore[assignment]  # a field, not the property

    class Meta:
        model = Event
        fields = ["id", "type", "time", "subject", "sequence", "data"]


class CurrentKey(APIView):
    """The key that is asking."""

    policy = "key:any"
    permission_classes = [AnyKey]

    @extend_schema(
        operation_id="key",
        description=_("Show the key that is asking and its scopes."),
        responses=KeySerializer,
    )
    def get(self, request: Request) -> Response:
        """Show the key that is asking and its scopes."""
        assert isinstance(request.auth, ApiKey)  # KeyAuthentication is the only one
        return Response(KeySerializer(request.auth).data)


class Events(ListAPIView[Event]):
    """The log of facts."""

    policy = "key:events:read"
    permission_classes = [HasScope("events:read")]
    serializer_class = EventSerializer
    key_order = ("-pk",)

    def get_queryset(self) -> QuerySet[Event]:
        rows = Event.objects.all()
        name = self.request.query_params.get("type", "")
        return rows.filter(name=name) if name else rows

    def paginate_queryset(self, queryset: Any) -> Any:
        """Take the titles out of facts about what was hidden, deleted or closed since."""
        page = super().paginate_queryset(queryset)
        readable.conceal_events(self.request.user, page or [], handed_on=True)
        return page

    @extend_schema(
        operation_id="events",
        parameters=[TYPE],
        description=_("List what happened, the newest first."),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what happened, the newest first."""
        return super().get(request, *args, **kwargs)
