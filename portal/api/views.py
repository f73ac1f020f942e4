"""The schema, the documentation page, and the administrators' page of keys."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from portal.accounts.permissions import MemberRequest, administrator_required, public
from portal.api import docs_page, services
from portal.api.forms import KeyForm
from portal.api.models import ApiKey
from portal.api.problems import titles
from portal.core import time


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema."""

    policy = "public"
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


@lru_cache(maxsize=4)
def _operations(language: str | None) -> list[dict[str, Any]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return docs_page.operations(schema)


@public
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The reference, written by the server: no script, no network."""
    context = {"operations": _operations(get_language()), "problems": titles().items()}
    return render(request, "api/docs.html", context)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def keys(request: MemberRequest) -> HttpResponse:
    """All keys, and the form for a new one, which is shown once."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = time.now()
        days = form.cleaned_data["days"]
        key, text = services.create_key(
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            actor=request.user,
            now=now,
            expires_at=now + timedelta(days=int(days)) if days else None,
        )
        return render(request, "api/key.html", {"key": key, "text": text})
    rows = ApiKey.objects.select_related("created_by").order_by("revoked_at", "-pk")[:200]
    context = {"form": form, "keys": rows, "now": time.now()}
    return render(request, "api/keys.html", context, status=422 if form.errors else 200)


@administrator_required
@require_POST
def revoke(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Close a key."""
    key = get_object_or_404(ApiKey, public_id=public_id)
    services.revoke_key(key=key, actor=request.user, now=time.now())
    messages.success(request, _("The key %(name)s was revoked.") % {"name": key.name})
    return redirect("api:keys")
