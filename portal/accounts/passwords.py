"""Password requirements in our own wording. The checks themselves are Django's."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import EmailDomain, Organization
from portal.core.text.folding import fold
from portal.core.web.site_name import company_name

PRODUCT_NAMES = ("hazumi", "はずみ", "ハズミ")


LEET = str.maketrans("4@310$57", "aaeiosst")


def _core(text: str) -> str:
    """Return the letters of a password, with digits at its ends and signs away, 4 read as a."""
    plain = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", fold(text))
    return re.sub(r"[\W\d_]+", "", plain.translate(LEET))


def _site_names() -> set[str]:
    own = Organization.objects.filter(is_own=True).values_list("name", flat=True)
    domains = EmailDomain.objects.filter(organization__is_own=True).values_list("domain", flat=True)
    named = (*PRODUCT_NAMES, company_name(), *own, *(each.partition(".")[0] for each in domains))
    return {core for each in named if len(core := _core(each)) >= 3}


class MinimumLength(password_validation.MinimumLengthValidator):
    def get_help_text(self) -> str:
        return ngettext(
            "%(count)s character or more.", "%(count)s characters or more.", self.min_length
        ) % {"count": self.min_length}


class NotSimilarToName(password_validation.UserAttributeSimilarityValidator):
    def get_help_text(self) -> str:
        return _("Nothing close to your name or address.")


class NotCommonPassword(password_validation.CommonPasswordValidator):
    """Also refuses the names of this site and of the company, with digits or a common word added:
    whoever guesses tries these first.
    """

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        core = _core(password)
        if len(core) >= 4 and core in self.passwords and len(password) < len(core) + 6:
            raise ValidationError(self.get_error_message(), code="password_too_common")
        rest = core
        for name in sorted(_site_names(), key=len, reverse=True):
            rest = rest.replace(name, "")
        if rest != core and (len(rest) <= 2 or rest in self.passwords):
            raise ValidationError(
                _("This password is too easy to guess: it is made of this site's name."),
                code="password_of_site",
            )

    def get_help_text(self) -> str:
        return _("None that many people use.")
