"""Forms for writing a success story, consenting to it, and reviewing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community.forms.topics import Once
from community.models import Space, Story, StoryConsent, Visibility
from community.models.stories import RESULTS
from community.permissions import Anyone
from community.rules import consent
from community.rules.story_metrics import Measured, read_number
from community.selectors import spaces
from portal.core.web.forms import set_choices

PART_LENGTH = 8_000
ROWS = range(1, RESULTS + 1)


def part(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        min_length=10,
        max_length=PART_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please write something.")},
    )


class NumberField(forms.CharField):
    """A figure as people type it: full-width digits and thousands separators are read too."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, max_length=24, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        number = read_number(text)
        if number is None:
            raise forms.ValidationError(_("A number, such as 3.5"))
        return number


class StoryForm(Once):
    """A story in three parts with up to three figures."""

    title = forms.CharField(
        label=_("Title"),
        min_length=4,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "What you achieved, in one line. Example: Month-end closing went from five days to two."
        ),
    )
    problem = part(_("The problem"), _("What was difficult, for whom, and since when?"))
    action = part(
        _("What we did"), _("Who began with what? What was hard, and how did you get past it?")
    )
    outcome = part(_("The result"), _("What is different today? What do people say?"))
    space = forms.TypedChoiceField(label=_("Where it belongs"), coerce=int)

    def __init__(self, *args: Any, user: Anyone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = {
            row.pk: row
            for row in spaces.spaces_to_post_in(user)
            if row.visibility in (Visibility.PUBLIC, Visibility.MEMBERS)
        }
        set_choices(self, "space", [(pk, row.name) for pk, row in self.spaces.items()])
        for n in ROWS:
            self.fields[f"what_{n}"] = forms.CharField(
                label=_("What was measured"), max_length=60, required=False
            )
            self.fields[f"before_{n}"] = NumberField(label=_("Before"))
            self.fields[f"after_{n}"] = NumberField(label=_("After"))
            self.fields[f"unit_{n}"] = forms.CharField(
                label=_("Unit"), max_length=12, required=False
            )

    @property
    def chosen_space(self) -> Space:
        return self.spaces[self.cleaned_data["space"]]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The figures as the page shows them; later ones are folded away until they are used."""
        found = []
        for n in ROWS:
            fields = [self[f"{name}_{n}"] for name in ("what", "before", "after", "unit")]
            used = any(field.value() or field.errors for field in fields)
            found.append({"number": n, "fields": fields, "is_open": n == 1 or used})
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in ROWS:
            given = {name: data.get(f"{name}_{n}") for name in ("what", "before", "after")}
            if not any(
                value not in (None, "") for value in (*given.values(), data.get(f"unit_{n}"))
            ):
                continue
            for name, value in given.items():
                if value in (None, "") and f"{name}_{n}" not in self.errors:
                    self.add_error(f"{name}_{n}", _("This one too, please."))
        return data

    @property
    def results(self) -> list[Measured]:
        data = self.cleaned_data
        return [
            Measured(
                data[f"what_{n}"].strip(),
                data[f"before_{n}"],
                data[f"after_{n}"],
                data[f"unit_{n}"].strip(),
            )
            for n in ROWS
            if data.get(f"what_{n}")
        ]


def begun(story: Story) -> dict[str, Any]:
    """Return what the form of a saved story begins with."""
    data: dict[str, Any] = {
        name: getattr(story, name) for name in ("title", "problem", "action", "outcome")
    }
    data["space"] = story.space_id
    for row in story.results.all():
        n = row.position
        data |= {
            f"what_{n}": row.what,
            f"before_{n}": row.before_text,
            f"after_{n}": row.after_text,
            f"unit_{n}": row.unit,
        }
    return data


class ConsentForm(forms.Form):
    """Audience, attribution and agreement for a story.

    The choices are the very sentences stored with the consent.
    """

    audience = forms.ChoiceField(
        label=_("Who may read it"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one.")},
    )
    naming = forms.ChoiceField(
        label=_("Under which name"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one.")},
    )
    agreed = forms.BooleanField(
        label=_("I agree to this"),
        error_messages={"required": _("Without your consent the story is not shown to anybody.")},
    )

    def __init__(self, *args: Any, story: Story, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences: Any = self.fields["audience"]
        audiences.choices = [
            (each.value, consent.audience_words(each)) for each in StoryConsent.Audience
        ]
        namings: Any = self.fields["naming"]
        namings.choices = [
            (each.value, consent.naming_words(each, story.organization, story.author))
            for each in StoryConsent.Naming
        ]


class StoryVerdictForm(forms.Form):
    """What staff decide about a submitted story."""

    verdict = forms.ChoiceField(choices=[("publish", _("Publish")), ("return", _("Return"))])
    consent = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("What should change"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == "return" and not (data.get("reason") or "").strip():
            self.add_error("reason", _now("The author reads this reason. Please write one."))
        return data
