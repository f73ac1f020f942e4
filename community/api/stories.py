"""Published success stories with their figures."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from community.api.topics import READ
from community.models import StoryResult, Topic
from community.selectors.stories import listed, name_rows
from portal.api.permissions import HasScope


class StoryResultSerializer(serializers.ModelSerializer[StoryResult]):
    """One figure the customer states."""

    class Meta:
        model = StoryResult
        fields = ["what", "before", "after", "unit"]


class StorySerializer(serializers.ModelSerializer[Topic]):
    """A story as readers see it; its text is post 1 of the topic with this id."""

    id = serializers.IntegerField(source="pk", read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    space = serializers.CharField(source="space.slug", read_only=True)
    byline = serializers.CharField(read_only=True)
    summary = serializers.CharField(source="story.summary", read_only=True)
    results = StoryResultSerializer(source="story.results", many=True, read_only=True)
    published_at = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = Topic
        fields = [
            "id",
            "title",
            "url",
            "language",
            "space",
            "visibility",
            "byline",
            "summary",
            "results",
            "published_at",
        ]


class Stories(ListAPIView[Topic]):
    """Success stories."""

    policy = f"key:{READ}"
    permission_classes = [HasScope(READ)]
    serializer_class = StorySerializer
    key_order = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Topic]:
        return listed(self.request.user)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        name_rows(list(page or ()))
        return page

    @extend_schema(operation_id="stories")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List published stories, the newest first."""
        return super().get(request, *args, **kwargs)
