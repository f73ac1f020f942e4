"""Reference call forms of prospects, customers and staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.web.forms import set_queryset
from referrals.models import ReferenceOutcome, ReferenceRequest, Referral

S = Referral.State


class IntroductionField(forms.ModelChoiceField[Referral]):
    """Introductions by the company that was introduced."""

    def label_from_instance(self, obj: Referral) -> str:
        return (
            obj.organization.name if obj.organization else obj.referee_company or str(obj.public_id)
        )


class AskForm(forms.ModelForm[ReferenceRequest]):
    """A prospect asks for a reference call on their own page."""

    agrees = forms.BooleanField(
        label=_("When a customer says yes, they may have my name and e-mail address, and I theirs.")
    )

    class Meta:
        model = ReferenceRequest
        fields: tuple[str, ...] = (
            "topic",
            "question",
            "industry",
            "size_band",
            "language",
            "times",
            "name",
            "email",
        )
        widgets = {"question": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"times": _("For example: weekday mornings, 30 minutes.")}


class AskForThemForm(AskForm):
    """Staff ask on a prospect's behalf."""

    introduction = IntroductionField(
        label=_("Introduction"),
        queryset=Referral.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label=_("Not an introduction"),
    )
    agrees = forms.BooleanField(
        label=_(
            "They agreed that name and e-mail address may be passed on when a customer says yes"
        ),
        required=False,
    )

    class Meta(AskForm.Meta):
        fields = ("company", *AskForm.Meta.fields)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Referral.objects.filter(state__in=(S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY))
        rows = rows.select_related("organization").order_by("-introduced_at")
        set_queryset(self, "introduction", rows)


class OutcomeForm(forms.Form):
    """What came of a call, from one side."""

    happened = forms.TypedChoiceField(
        label=_("Did you speak?"),
        choices=[("yes", _("Yes, we spoke")), ("no", _("No, it did not take place"))],
        coerce=lambda value: value == "yes",
    )
    useful = forms.ChoiceField(
        label=_("Was it useful?"),
        choices=[("", "–"), *ReferenceOutcome.Useful.choices],
        required=False,
    )
    asked = forms.CharField(
        label=_("What was asked?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
