"""`manage.py administrator EMAIL`: creates the first administrator of a new installation and prints
a link to choose a password.
"""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.services import bootstrap_host
from portal.core.time import now


class Command(BaseCommand):
    help = "Make somebody an administrator and print a link to choose their password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="e-mail address to log in with")
        parser.add_argument(
            "--name", default="", help="display name (default: the part before the @)"
        )
        parser.add_argument(
            "--company",
            default="",
            help="the company that runs this Hazumi (default: HAZUMI_COMPANY_NAME)",
        )

    def handle(self, *args: Any, email: str, name: str, company: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address.") from None
        person, is_new = bootstrap_host(
            email=email,
            display_name=(name.strip() or email.split("@")[0])[:60],
            company=(company.strip() or settings.HAZUMI_COMPANY_NAME)[:120],
            now=now(),
        )
        self.stdout.write(
            f"{person.email} is an "
            f"administrator{' now' if is_new else '; the account was there before'}."
        )
        if not person.has_usable_password():
            self.stdout.write(f"Choose a password within four hours: {password_url(person)}")


def password_url(person: User) -> str:
    """Return the address at which a person without a password chooses one, good for
    PASSWORD_RESET_TIMEOUT.
    """
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    arguments = {"uidb36": user_pk_to_url_str(person), "key": key}
    return (
        f"{settings.HAZUMI_BASE_URL}{reverse('account_reset_password_from_key', kwargs=arguments)}"
    )
