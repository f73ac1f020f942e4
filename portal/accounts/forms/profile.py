"""Forms of the user's own profile."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.core.calendar.calendars import site_zone_name

MOST_BYTES = 5_000_000


class ProfileForm(forms.ModelForm[User]):
    """What people may say about themselves; permissions and membership are not among the fields."""

    class Meta:
        model = User
        fields = (
            "display_name",
            "furigana",
            "job_title",
            "bio",
            "language",
            "time_zone",
            "theme",
            "company_visible",
        )
        widgets = {"bio": forms.Textarea(attrs={"rows": 4})}

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise ValidationError(
                _("Choose a time zone such as %(zone)s."), params={"zone": site_zone_name()}
            )
        return zone


class PictureForm(forms.Form):
    """A user's own picture; the service checks the file's content."""

    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or GIF, up to 5 MB. We show the middle of it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        error_messages={"required": _("Choose a file first.")},
    )

    def clean_picture(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["picture"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(_("The file is larger than 5 MB."))
        return file


class EraseForm(forms.Form):
    """Cannot be undone, so it asks to type the address."""

    email = forms.EmailField(label=_("Type your e-mail address to confirm"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email != self.user.email:
            raise ValidationError(_("That is not the address of this account."))
        return email
