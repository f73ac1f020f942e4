"""Receivers of allauth's signals about newcomers."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_signed_up
from django.dispatch import receiver
from django.http import HttpRequest

from portal.accounts.models import User
from portal.core import time
from referrals.edge.redirect import COOKIE
from referrals.services.introductions.signups import apply_claim, remember_link


@receiver(user_signed_up)
def remember_referral_source(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Keep the link the browser remembers; single sign-on has confirmed the address already."""
    cookie = request.COOKIES.get(COOKIE, "")[:120]
    if cookie and remember_link(user=user, cookie=cookie, now=time.now()) is not None:
        verified = EmailAddress.objects.filter(user=user, verified=True).first()
        if verified is not None:
            apply_claim(user=user, email=verified.email, now=time.now())


@receiver(email_confirmed)
def introduce(request: HttpRequest, email_address: Any, **kwargs: Any) -> None:
    """A confirmed address proves the company: the claim becomes an introduction, on whichever
    device it was.
    """
    apply_claim(user=email_address.user, email=email_address.email, now=time.now())
