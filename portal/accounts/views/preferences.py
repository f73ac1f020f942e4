"""The user's own settings: language, appearance, profile, privacy."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.files.storage import default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import privacy, services
from portal.accounts.adapters import set_language_cookie
from portal.accounts.forms.profile import EraseForm, PictureForm, ProfileForm
from portal.accounts.models import User
from portal.accounts.permissions import MemberRequest, is_member, member_required, public
from portal.accounts.services.people import LastAdministrator
from portal.core import time
from portal.core.web.ratelimit import limited

View = Callable[[HttpRequest], HttpResponseBase]


def _back(request: HttpRequest) -> str:
    """Return the page the switch was pressed on, when it is ours."""
    target = request.POST.get("next", "/")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/"


def checked_for_members(view: View) -> View:
    """Require a CSRF token of whoever has a session; an anonymous visitor's switch changes only
    their own cookie and needs none.

    So pages for anonymous visitors contain nothing personal, and one rendering serves them all.
    """
    strict = csrf_protect(view)

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        return strict(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else view(request)

    guarded.csrf_exempt = True  # type: ignore[attr-defined]  # the decision is made above
    return guarded


@checked_for_members
@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language and come back to the same page."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("This language is not available."))
    if is_member(request.user):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    response = redirect(_back(request))
    set_language_cookie(response, chosen)
    return response


@checked_for_members
@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Switch light, dark or as the device; stored on the account and, for anonymous visitors, in a
    cookie.
    """
    chosen = request.POST.get("theme", "")
    if chosen not in User.Theme.values:
        return HttpResponseBadRequest(_("This appearance is not available."))
    if is_member(request.user):
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    response = redirect(_back(request))
    response.set_cookie(
        "hz_theme", chosen, max_age=31_536_000, samesite="Lax", secure=settings.SECURE_TLS
    )
    return response


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    """Edit what others see of me."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = services.change_profile(user=request.user, changes=form.cleaned_data, now=time.now())
        with translation.override(user.language):
            messages.success(request, _("Your profile was saved."))
        response = redirect("accounts:profile")
        set_language_cookie(response, user.language)
        return response
    if form.errors:
        request.user.refresh_from_db()
    context = {"form": form, "picture_form": PictureForm()}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@member_required
@require_POST
@limited("accounts.picture", limit=20, seconds=600)
def picture(request: MemberRequest) -> HttpResponse:
    """Put a picture of myself in, or with `remove` take it away."""
    user = request.user
    if "remove" in request.POST:
        services.remove_picture(user=user)
        messages.success(request, _("Your picture is gone."))
        return redirect("accounts:profile")
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.set_picture(user=user, file=form.cleaned_data["picture"].file)
        except services.InvalidImage:
            form.add_error("picture", _("This file is not a picture we can read."))
        else:
            messages.success(request, _("Your picture was saved."))
            return redirect("accounts:profile")
    context = {"form": ProfileForm(instance=user), "picture_form": form}
    return render(request, "accounts/profile.html", context, status=422)


@public
@require_GET
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """A person's picture.

    Its name is made anew with every picture, so a browser may keep it for ever.
    """
    if not default_storage.exists(f"avatars/{name}"):
        raise Http404
    with default_storage.open(f"avatars/{name}") as file:  # some kilobytes: not worth a stream
        content = file.read()
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(content, content_type="image/webp", headers=headers)


@member_required
@require_GET
def privacy_page(request: MemberRequest) -> HttpResponse:
    """What is kept about me, and how to take it along or have it erased."""
    return render(request, "accounts/privacy.html", {"form": EraseForm(user=request.user)})


@member_required
@require_GET
def export(request: MemberRequest) -> HttpResponse:
    """Everything kept about me, machine-readable."""
    response = JsonResponse(
        privacy.export(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = 'attachment; filename="hazumi-export.json"'
    return response


@member_required
@require_POST
def erase(request: MemberRequest) -> HttpResponse:
    """Erase me."""
    form = EraseForm(request.POST, user=request.user)
    if not form.is_valid():
        return render(request, "accounts/privacy.html", {"form": form}, status=422)
    try:
        services.erase_user(user=request.user, now=time.now(), reason="asked by the person")
    except LastAdministrator:
        form.add_error(None, _("You are the only administrator. Make somebody else one first."))
        return render(request, "accounts/privacy.html", {"form": form}, status=422)
    logout(request)
    messages.success(request, _("Your account was erased."))
    return redirect("portal:home")
