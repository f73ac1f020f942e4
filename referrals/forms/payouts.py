"""Staff forms of payments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.delivery.channels import signed
from portal.delivery.models import Destination


class RouteForm(forms.Form):
    """Which signed webhook carries payments out."""

    destination = forms.ModelChoiceField(
        label=_("Payments are carried out by"),
        queryset=Destination.objects.none(),
        required=False,
        empty_label=_("Manually, with a file"),
        help_text=_("Only webhooks can be chosen: they are signed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["destination"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Destination.objects.filter(kind__in=signed(), deleted_at=None).order_by(
            "name"
        )
