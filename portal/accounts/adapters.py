"""django-allauth adapters: sign-up, log-in and mail on our accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from portal.accounts.models import User
from portal.core.calendar.calendars import site_zone_name


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # no stubs
    """E-mail log-in, names as people write them, mail in the reader's language."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.display_name = form.cleaned_data.get("display_name") or user.email.split("@")[0]
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        user.time_zone = site_zone_name()
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """There are no user names."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        set_language_cookie(response, user.language)
        return response


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # no stubs
    """Names from the identity provider."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        full = " ".join(part for part in (data.get("last_name"), data.get("first_name")) if part)
        user.time_zone = site_zone_name()
        user.display_name = (data.get("name") or full or user.email.split("@")[0])[:60]
        return user


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Keep the language beside the session, so that choosing it costs no query."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SECURE_TLS,
    )
