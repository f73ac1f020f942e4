"""One's own profile."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.pictures import LARGEST_FILE, NotAPicture, drawn_anew


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person may say about herself; rights and membership are not among the fields."""

    picture = forms.FileField(
        label=_("Picture"), required=False, help_text=_("JPEG, PNG, WebP or GIF, up to 5 MB. It is shown as a square."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )  # fmt: skip
    remove_picture = forms.BooleanField(label=_("Show no picture any more"), required=False)
    field_order = ("display_name", "furigana", "picture", "remove_picture")

    class Meta:
        model = User
        fields = (
            "display_name", "furigana", "job_title", "bio", "language", "time_zone", "theme", "company_visible",
        )  # fmt: skip
        widgets = {"bio": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.avatar:
            del self.fields["remove_picture"]

    def clean_picture(self) -> ContentFile[bytes] | None:
        """Return the picture drawn anew; what was sent is not kept."""
        sent = self.cleaned_data["picture"]
        if sent is None:
            return None
        if sent.size > LARGEST_FILE:
            raise ValidationError(_("The picture is larger than 5 MB."))
        try:
            return drawn_anew(sent)
        except NotAPicture:
            raise ValidationError(_("This cannot be read as a picture.")) from None

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
