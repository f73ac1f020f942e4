"""Invitation form: addresses typed in, or a CSV file whose first column with an @ counts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Membership

LIMIT = 200
LONGEST = MaxLengthValidator(254)  # as long as the address of an account may be


class InviteForm(forms.Form):
    """Takes addresses however people paste them; a wrong one is reported with its line."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        required=False,
        help_text=_("One per line, or separated by commas."),
        widget=forms.Textarea(
            attrs={"rows": 3, "inputmode": "email", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    file = forms.FileField(label=_("Or a CSV file"), required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        text = data.get("emails") or ""
        upload = data.get("file")
        if upload is not None:
            if upload.size > 1_000_000:
                raise ValidationError(_("The file is larger than 1 MB."))
            text += "\n" + upload.read().decode("utf-8-sig", errors="replace")
        found: list[str] = []
        for number, line in enumerate(text.splitlines(), 1):
            for part in re.split(r"[,;\t\s、，]+", line):
                address = part.strip("<>\"'()").lower()
                if "@" not in address:
                    continue
                try:
                    validate_email(address)
                    LONGEST(address)
                except ValidationError as error:
                    message = _("Line %(line)s: %(address)s is not an e-mail address.")
                    raise ValidationError(
                        {"emails": message % {"line": number, "address": address}}
                    ) from error
                if address not in found:
                    found.append(address)
        if not found:
            raise ValidationError({"emails": _("Enter at least one e-mail address.")})
        if len(found) > LIMIT:
            raise ValidationError(
                {"emails": _("Invite at most %(limit)s people at once.") % {"limit": LIMIT}}
            )
        data["emails"] = found
        return data
