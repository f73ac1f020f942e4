"""Topics and their posts."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from community import permissions, services, topic_kinds
from community.models import Post, Topic, Visibility
from community.selectors import spaces
from portal.api.idempotency import idempotent
from portal.api.permissions import HasScope
from portal.api.problems import Conflict
from portal.core import time

READ, WRITE = "topics:read", "topics:write"


class TopicSerializer(serializers.ModelSerializer[Topic]):
    """A topic without its texts."""

    id = serializers.IntegerField(source="pk", read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    space = serializers.CharField(source="space.slug", read_only=True)
    tags = serializers.ListField(child=serializers.CharField(), source="tag_names", read_only=True)
    is_solved = serializers.BooleanField(read_only=True)
    author = serializers.UUIDField(source="author.public_id", default=None, read_only=True)

    class Meta:
        model = Topic
        fields = [
            "id",
            "kind",
            "title",
            "url",
            "language",
            "space",
            "tags",
            "visibility",
            "author",
            "answer_count",
            "is_solved",
            "is_locked",
            "created_at",
            "last_posted_at",
        ]


class NewTopicSerializer(serializers.Serializer[dict[str, object]]):
    """What a new topic needs; nothing else is read."""

    kind = serializers.ChoiceField(choices=())
    title = serializers.CharField(min_length=4, max_length=120)
    body = serializers.CharField(max_length=50_000)
    space = serializers.SlugField(max_length=40)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=30), max_length=5, required=False, default=list
    )
    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PUBLIC)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A story needs its author's consent and a look by staff; it is not posted.
        written = [(kind.value, kind.label) for kind in topic_kinds.written_at_once()]
        self.fields["kind"] = serializers.ChoiceField(choices=written)


class PostSerializer(serializers.ModelSerializer[Post]):
    """One text."""

    id = serializers.IntegerField(source="pk", read_only=True)
    author = serializers.UUIDField(source="author.public_id", default=None, read_only=True)
    parent: Any = serializers.IntegerField(source="parent_id", default=None, read_only=True)

    class Meta:
        model = Post
        fields = [
            "id",
            "number",
            "kind",
            "parent",
            "author",
            "markdown",
            "html",
            "language",
            "score",
            "created_at",
            "edited_at",
        ]


class NewPostSerializer(serializers.Serializer[dict[str, object]]):
    """What a new answer or reply needs."""

    body = serializers.CharField(max_length=50_000)


Shown = TypeVar("Shown", bound=Model)


class Scoped(ListAPIView[Shown]):
    """Reading needs one scope, writing another."""

    policy = f"key:{READ}"

    def get_permissions(self) -> list[BasePermission]:
        return [HasScope(WRITE if self.request.method == "POST" else READ)()]


class Topics(Scoped[Topic]):
    """Questions, discussions and published stories."""

    serializer_class = TopicSerializer
    key_order = ("-last_posted_at", "-pk")

    def get_queryset(self) -> QuerySet[Topic]:
        rows = Topic.objects.listed_for(self.request.user).select_related("space", "author")
        kind = self.request.query_params.get("kind", "")
        return rows.filter(kind=kind) if kind else rows

    @extend_schema(operation_id="topics")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List topics, newest activity first; `kind` narrows them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="topic_post", request=NewTopicSerializer, responses={201: TopicSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Post a topic in the name of the key's maker."""
        asked = NewTopicSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        user: Any = request.user
        if not permissions.can_post(user, topic_kinds.get(data["kind"])):
            raise PermissionDenied
        space = next(
            (row for row in spaces.spaces_to_post_in(user) if row.slug == data["space"]), None
        )
        if space is None:
            raise ValidationError({"space": [_("There is no such space.")]})
        try:
            topic = services.post_topic(
                kind=data["kind"],
                author=user,
                space=space,
                title=data["title"],
                body=data["body"],
                tags=data["tags"],
                visibility=data["visibility"],
                now=time.now(),
            )
        except ValueError as error:
            raise ValidationError(
                {"visibility": [_("There is no company to limit it to.")]}
            ) from error
        return Response(TopicSerializer(topic).data, status=status.HTTP_201_CREATED)


class Posts(Scoped[Post]):
    """The posts of one topic, in order."""

    serializer_class = PostSerializer
    key_order = ("number",)

    def _topic(self) -> Topic:
        return get_object_or_404(Topic.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[Post]:
        if getattr(self, "swagger_fake_view", False):
            return Post.objects.none()
        return (
            Post.objects.visible_to(self.request.user)
            .filter(topic=self._topic())
            .select_related("author")
        )

    @extend_schema(operation_id="posts")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the posts of a topic: its text, answers and comments."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="post_post", request=NewPostSerializer, responses={201: PostSerializer}
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Answer or reply in the name of the key's maker."""
        asked = NewPostSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user: Any = request.user
        topic = self._topic()
        if not permissions.can_answer(user, topic):
            raise PermissionDenied
        try:
            row = services.post_answer(
                topic=topic, author=user, body=asked.validated_data["body"], now=time.now()
            )
        except services.TopicClosed as error:
            raise Conflict(_("This topic is closed for new answers.")) from error
        row.refresh_from_db()
        return Response(PostSerializer(row).data, status=status.HTTP_201_CREATED)
