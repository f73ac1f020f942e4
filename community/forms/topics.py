"""Forms for asking, starting a discussion, answering, editing and reporting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.models import Flag, Space, Visibility
from community.permissions import Anyone
from community.rules.text import split_tags
from community.selectors import spaces
from community.topic_kinds import TopicKind
from portal.accounts.permissions import is_member, is_staff_member
from portal.core.db.ids import uuid7
from portal.core.web.forms import set_choices

BODY_LENGTH = 50_000


class Once(forms.Form):
    """A form with a key of its own: sent twice, it counts once."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_key", uuid7())


def body_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        max_length=BODY_LENGTH,
        widget=forms.Textarea,
        error_messages={"required": _("Please write something.")},
        **kwargs,
    )


class TagsField(forms.CharField):
    """Up to five tags in one line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"required": False, "max_length": 160, "label": _("Tags")}
        super().__init__(help_text=_("Up to five, separated by commas or spaces."), **kwargs)

    def clean(self, value: Any) -> Any:
        return split_tags(super().clean(value) or "")


class TopicForm(Once):
    """A topic of a kind that is posted at once."""

    title = forms.CharField(
        label=_("Title"),
        min_length=4,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = body_field()
    space = forms.TypedChoiceField(label=_("Where it belongs"), coerce=int)
    tags = TagsField()
    visibility = forms.ChoiceField(label=_("Who can read it"))

    def __init__(self, *args: Any, kind: TopicKind, user: Anyone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.writing is not None:
            self.fields["body"].label = str(kind.writing.body_label)
        self.spaces = {space.pk: space for space in spaces.spaces_to_post_in(user)}
        set_choices(self, "space", [(pk, space.name) for pk, space in self.spaces.items()])
        set_choices(self, "visibility", visibilities(user))

    @property
    def chosen_space(self) -> Space:
        return self.spaces[self.cleaned_data["space"]]


def visibilities(user: Anyone) -> list[tuple[str, str]]:
    """The degrees of openness this person can choose."""
    found = [Visibility.PUBLIC, Visibility.MEMBERS]
    if is_member(user) and user.organization_id is not None:
        found.append(Visibility.ORGANIZATION)
    if is_staff_member(user):
        found.append(Visibility.STAFF)
    return [(str(value), str(value.label)) for value in found]


class AnswerForm(Once):
    """An answer, a reply or a comment."""

    body = body_field(label=_("Your answer"))


class EditForm(forms.Form):
    """A new version of a post."""

    body = body_field(label=_("Text"))
    reason = forms.CharField(label=_("What you changed"), max_length=200, required=False)


class EditTopicForm(EditForm):
    """A new version of a topic's text, with its title and tags."""

    title = forms.CharField(label=_("Title"), min_length=4, max_length=120)
    tags = TagsField()
    field_order = ("title", "body", "tags", "reason")


class FlagForm(forms.Form):
    """Why a moderator should look."""

    reason = forms.ChoiceField(
        label=_("What is wrong"), choices=Flag.Reason, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What should we know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VerdictForm(forms.Form):
    """A moderator's decision."""

    verdict = forms.ChoiceField(
        choices=[("hide", _("Hide")), ("keep", _("Keep")), ("show", _("Show again"))]
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == "hide" and not (data.get("reason") or "").strip():
            self.add_error("reason", _("The author reads this reason. Please write one."))
        return data
