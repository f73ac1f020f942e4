"""The extra field of the sign-up form; allauth adds e-mail and password."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from portal.accounts.models import User
from portal.core.web.fields import NameField


class SignupForm(forms.Form):
    """Asks for one name in one field, as it is written."""

    display_name = NameField(widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth after the user is saved; the adapter has set the name already."""
