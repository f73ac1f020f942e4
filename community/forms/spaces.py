"""Forms for creating and editing spaces."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.models import Space, Visibility
from portal.accounts.models import Organization
from portal.core.web.forms import set_queryset


class SpaceForm(forms.Form):
    """Names and place of a space.

    Who sees it is chosen when it is made: what was written inside counts on it.
    """

    name_ja = forms.CharField(label=_("Name in Japanese"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=40)
    position = forms.IntegerField(
        label=_("Place in the list"),
        min_value=0,
        max_value=1_000,
        initial=0,
        help_text=_("Small numbers come first."),
    )

    @classmethod
    def of(cls, space: Space, data: Any = None) -> SpaceForm:
        """Return the form of a space that is there."""
        return cls(
            data,
            initial={
                "name_ja": space.name_ja,
                "name_en": space.name_en,
                "position": space.position,
            },
        )


class NewSpaceForm(SpaceForm):
    """A space that is not there yet."""

    visibility = forms.ChoiceField(
        label=_("Who can read it"),
        choices=Visibility.choices,
        initial=Visibility.PUBLIC,
        help_text=_("This cannot be changed later."),
    )
    organization = forms.ModelChoiceField(
        label=_("The company, when only one may read it"),
        queryset=Organization.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "organization", Organization.objects.order_by("name", "pk"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("visibility") != Visibility.ORGANIZATION:
            data["organization"] = None
        elif data.get("organization") is None:
            self.add_error("organization", str(_("Choose the company.")))
        return data
