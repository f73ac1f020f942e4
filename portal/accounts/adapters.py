"""django-allauth adapters: sign-up, log-in and mail on our accounts."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from portal.accounts.login_limits import audit_failure, count_try, remember_device
from portal.accounts.models import User
from portal.accounts.names import usable_name
from portal.accounts.reauthentication import recently_authenticated
from portal.core.calendar.calendars import site_zone_name
from portal.core.db import secrets
from portal.core.web.next_page import own_page


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # no stubs
    """E-mail log-in, names as people write them, mail in the reader's language."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        _name(user, form.cleaned_data.get("display_name") or "", user.email.split("@")[0])
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        user.time_zone = site_zone_name()
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def is_safe_url(self, url: str | None) -> bool:
        """Lead only to pages of ours; an address that cannot be read is none."""
        return bool(url and own_page(self.request, url))

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """There are no user names."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        set_language_cookie(response, user.language)
        remember_device(request, response, user)
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; see login_limits. The middleware adds Retry-After to the page."""
        email = str(credentials.get("email") or "")
        self._counted, wait = count_try(request, email)
        if wait:
            for limit in self._counted:
                limit.refund()
            cast(Any, request).retry_after = wait  # read by GuardMiddleware
            raise ValidationError(
                _("Too many wrong passwords. Please try again in %(seconds)s seconds."),
                params={"seconds": wait},
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:  # only wrong passwords count
            for limit in self._counted:
                limit.refund()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        audit_failure(request, str(credentials.get("email") or ""))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own counters are not used."""

    def send_account_already_exists_mail(self, email: str) -> None:
        """A taken address costs as much time as a new one: there a password is hashed."""
        make_password(get_random_string(16))
        super().send_account_already_exists_mail(email)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Links in mails lead to the configured address, whatever host was asked for."""
        return on_site(reverse("account_reset_password_from_key", args=key.split("-", 1)))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return on_site(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(
            template_prefix, email, {"home_url": f"{settings.HAZUMI_BASE_URL}/", **context}
        )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """One rule for allauth's pages and ours."""
        return not recently_authenticated(self.request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return how somebody can prove who they are: where there is neither a password nor a
        second factor, by a code we mail.
        """
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods:
            return methods
        url = reverse("accounts:reauthenticate")
        return [{"id": "code", "description": _("Confirm with a mailed code"), "url": url}]


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # no stubs
    """Names from the identity provider."""

    def get_app(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        """Return the settings of a provider; the pages of one that is not set up do not exist."""
        try:
            return super().get_app(request, provider=provider, client_id=client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        full = " ".join(part for part in (data.get("last_name"), data.get("first_name")) if part)
        user.time_zone = site_zone_name()
        _name(user, data.get("name") or "", full, user.email.split("@")[0])
        return user


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # no stubs
    """Secrets of second factors are encrypted in the database."""

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text)


def on_site(path: str) -> str:
    """Return the address of one of our pages for a mail."""
    return f"{settings.HAZUMI_BASE_URL}{path}"


def _name(user: User, *candidates: str) -> None:
    """Call a new user by the first name that may be used, else neutrally, and ask for another."""
    found = usable_name(*candidates)
    user.display_name = found or _("New member")
    user.is_name_provisional = found is None


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Keep the language beside the session, so that choosing it costs no query."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SECURE_TLS,
    )
