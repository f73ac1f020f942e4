"""`POST /api/v1/share-tokens/`: the company's server requests a member's share token for their
browser.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.accounts.models import User
from portal.api.permissions import HasScope
from portal.core import time
from portal.core.web import sharing
from referrals.embed.tokens import token_for
from referrals.models import Program
from referrals.selectors.customer_pages import programs_for
from referrals.services.links.links import link_for
from referrals.services.links.shared_content import content_link_for

SCOPE = "sharing:write"


class ShareTokenRequest(serializers.Serializer[dict[str, object]]):
    """Whose link, into which program, to which content; on which pages it may be shown."""

    email = serializers.EmailField(max_length=254, help_text="The member's address.")
    program = serializers.SlugField(required=False, help_text="The default program when absent.")
    content = serializers.CharField(
        max_length=300, required=False, help_text="Path of a public question or article."
    )
    origin = serializers.RegexField(
        r"^https?://[A-Za-z0-9.:\[\]-]{1,253}$",
        required=False,
        help_text="Only pages of this origin may show it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(
                {name: [_("This field is not known here.")] for name in unknown}
            )
        return attrs


class ShareToken(serializers.Serializer[dict[str, object]]):
    """A token and when it ends."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ShareTokens(APIView):
    """Tokens for <hazumi-share>.

    Asking again makes another token for the same link: nothing to repeat safely.
    """

    policy = f"key:{SCOPE}"
    permission_classes = [HasScope(SCOPE)]

    @extend_schema(
        operation_id="share_tokens_make", request=ShareTokenRequest, responses={201: ShareToken}
    )
    def post(self, request: Request) -> Response:
        """Make a token with which a page shows one member's share link for 15 minutes."""
        form = ShareTokenRequest(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now = form.validated_data, time.now()
        user = User.objects.filter(email__iexact=asked["email"], is_active=True).first()
        if user is None or user.works_here or user.organization is None:
            raise NotFound(_("No customer has this address."))
        program = self._program(user, asked.get("program", ""))
        link = link_for(user=user, program=program, now=now)
        if asked.get("content"):
            content = sharing.find(asked["content"], user)
            if content is None or not content.is_public:
                raise ValidationError(
                    {"content": [_("Only what everybody may read can be shared.")]}
                )
            link = content_link_for(user=user, program=program, content=content, now=now)
        token, ends = token_for(link, origin=asked.get("origin", ""), now=now)
        return Response(ShareToken({"token": token, "expires_at": ends}).data, status=201)

    @staticmethod
    def _program(user: User, slug: str) -> Program:
        programs = programs_for(user, time.now())
        found = next((row for row in programs if not slug or row.slug == slug), None)
        if found is None:
            raise ValidationError({"program": [_("No such program is open to this person.")]})
        return found
