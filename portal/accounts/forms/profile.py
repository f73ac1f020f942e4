"""One's own profile."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person may say about herself; rights and membership are not among the fields."""

    class Meta:
        model = User
        fields = (
            "display_name", "furigana", "job_title", "bio", "language", "time_zone", "theme", "company_visible",
        )  # fmt: skip
        widgets = {"bio": forms.Textarea(attrs={"rows": 4})}

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise ValidationError(_("Choose a time zone such as Asia/Tokyo."))
        return zone


class EraseForm(forms.Form):
    """Cannot be undone, so it asks to type the address."""

    email = forms.EmailField(label=_("Type your e-mail address to confirm"))

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email != self.user.email:
            raise ValidationError(_("That is not the address of this account."))
        return email
