"""Forms for writing an article and for saying whether it helped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.forms.topics import Once, TagsField, body_field, visibilities
from community.models import Space
from community.permissions import Anyone
from community.selectors import spaces
from portal.core.web.forms import set_choices


class ArticleForm(Once):
    """A version of an article."""

    title = forms.CharField(label=_("Title"), min_length=4, max_length=120)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=70,
        required=False,
        help_text=_("Latin letters, for example renew-certificate."),
    )
    body = body_field(label=_("Text"))
    space = forms.TypedChoiceField(label=_("Where it belongs"), coerce=int)
    tags = TagsField()
    visibility = forms.ChoiceField(label=_("Who can read it"))
    note = forms.CharField(label=_("What you changed"), max_length=200, required=False)

    def __init__(self, *args: Any, user: Anyone, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = {space.pk: space for space in spaces.spaces_to_post_in(user)}
        set_choices(self, "space", [(pk, space.name) for pk, space in self.spaces.items()])
        set_choices(self, "visibility", visibilities(user))
        if not is_new:
            del self.fields["slug"]

    @property
    def chosen_space(self) -> Space:
        return self.spaces[self.cleaned_data["space"]]


class JudgeForm(forms.Form):
    """Whether an article helped."""

    helpful = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))])
    why = forms.CharField(label=_("What was missing"), max_length=400, required=False)
