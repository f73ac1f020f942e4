"""Password requirements in our own wording. The checks themselves are Django's."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class MinimumLength(password_validation.MinimumLengthValidator):
    def get_help_text(self) -> str:
        return ngettext(
            "%(count)s character or more.", "%(count)s characters or more.", self.min_length
        ) % {"count": self.min_length}


class NotSimilarToName(password_validation.UserAttributeSimilarityValidator):
    def get_help_text(self) -> str:
        return _("Nothing close to your name or address.")


class NotCommonPassword(password_validation.CommonPasswordValidator):
    def get_help_text(self) -> str:
        return _("None that many people use.")
