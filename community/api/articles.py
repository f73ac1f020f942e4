"""Published articles."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from community.models import Article
from portal.api.permissions import HasScope

READ = "articles:read"


class ArticleSerializer(serializers.ModelSerializer[Article]):
    """An article as readers see it."""

    url = serializers.CharField(source="get_absolute_url", read_only=True)
    space = serializers.CharField(source="space.slug", read_only=True)
    tags = serializers.ListField(child=serializers.CharField(), source="tag_names", read_only=True)
    translation_of: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Article
        fields = [
            "slug",
            "title",
            "url",
            "language",
            "translation_of",
            "space",
            "tags",
            "visibility",
            "summary",
            "html",
            "helpful_count",
            "unhelpful_count",
            "published_at",
            "updated_at",
            "reviewed_at",
        ]


class Articles(ListAPIView[Article]):
    """Knowledge articles."""

    policy = f"key:{READ}"
    permission_classes = [HasScope(READ)]
    serializer_class = ArticleSerializer
    key_order = ("-updated_at", "-pk")

    def get_queryset(self) -> QuerySet[Article]:
        return Article.objects.listed_for(self.request.user).select_related(
            "space", "translation_of"
        )

    @extend_schema(operation_id="articles")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List published articles, the newest change first."""
        return super().get(request, *args, **kwargs)
