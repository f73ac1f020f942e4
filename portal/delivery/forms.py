"""The form of a destination."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.web import http_client
from portal.delivery.channels import choices, webhook
from portal.delivery.models import Destination
from portal.events.registry import types


def event_choices() -> list[tuple[str, str]]:
    """Return every fact there is by name, each app's led by all of its facts."""
    choices = [("*", str(_("Everything")))]
    for name in sorted(types()):
        every = name.partition(".")[0] + ".*"
        if choices[-1][0].partition(".")[0] != name.partition(".")[0]:
            choices.append((every, every))
        choices.append((name, name))
    return choices


class DestinationForm(forms.ModelForm[Destination]):
    """Name, place, team and facts. The kind cannot change later."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices, initial=webhook.CHANNEL.name)
    event_names = forms.MultipleChoiceField(
        label=_("Events"),
        choices=event_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Which events are sent there. Signals of a team reach only destinations of that team."
        ),
    )

    class Meta:
        model = Destination
        fields = ["kind", "name", "url", "team"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].widget = forms.URLInput(attrs={"placeholder": "https://"})
        if self.instance.pk:
            del self.fields["kind"]
            self.initial["event_names"] = self.instance.events

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            http_client.check_url(url)
        except http_client.Unsafe as error:
            message = _(
                "This address cannot be used: only public web addresses on the ports 80 and 443."
            )
            raise forms.ValidationError(message) from error
        return url
