"""The component page: every component in every state, in both themes and both languages side by
side.

Staff only, sample texts only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from re import findall
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from portal.core.web.forms import set_choices
from portal.dev.component_texts import WORDS

GROUPS = (
    ("actions", _("Actions")),
    ("words", _("Words, figures and marks")),
    ("people", _("People")),
    ("fields", _("Fields")),
    ("lists", _("Lists and tables")),
    ("states", _("States")),
    ("tracking", _("Progress of something")),
    ("talk", _("Conversation")),
    ("charts", _("Charts")),
)
PANES = (("ja", "light"), ("ja", "dark"), ("en", "light"), ("en", "dark"))
ICONS = tuple(
    findall(
        r'<symbol id="([a-z0-9-]+)"', (settings.BASE_DIR / "portal/static/icons.svg").read_text()
    )
)


@dataclass(frozen=True)
class SamplePerson:
    """Looks enough like a User for the tags."""

    pk: int
    display_name: str
    public_id: str = "00000000-0000-7000-8000-000000000000"
    avatar: None = None


class SampleForm(forms.Form):
    """One field of each kind; the second of them is wrong."""

    title = forms.CharField(help_text="")
    email = forms.EmailField()
    space = forms.ChoiceField(choices=())
    body = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    reason = forms.ChoiceField(choices=(), widget=forms.RadioSelect)
    agree = forms.BooleanField()
    locked = forms.CharField(disabled=True)
    picture = forms.FileField(required=False)


def _form(words: dict[str, Any], prefix: str) -> SampleForm:
    form = SampleForm(
        {
            f"{prefix}-email": "aki@",
            f"{prefix}-title": words["title"],
            f"{prefix}-locked": words["company"],
        },
        prefix=prefix,
    )
    for name, label in zip(form.fields, words["labels"], strict=True):
        form.fields[name].label = label
    form.fields["title"].help_text = words["help"]
    for name, choices in (("space", words["choices"]), ("reason", words["reasons"])):
        set_choices(form, name, list(enumerate(choices)))
    return form


def _charts(words: dict[str, Any]) -> dict[str, Any]:
    counts = (64, 51, 32, 21, 9, 6, 4)
    funnel = [
        {
            "label": label,
            "count": count,
            "of_first": f"{100 * count // counts[0]}%",
            "of_previous": f"{100 * count // counts[max(0, order - 1)]}%",
            "median_days": order * 3,
            "open_now": order % 3,
        }
        for order, (label, count) in enumerate(zip(words["funnel"], counts, strict=True))
    ]
    now = (31.2, 30.1, 32.4, 33.0, 31.9, 33.1, 35.2, 37.5)
    return {
        "axes": [
            {"label": label, "value": value, "weak": value == 48}
            for label, value in zip(words["axes"], (62, 81, 48), strict=True)
        ],
        "funnel": funnel,
        "series": [
            {"label": words["momentum"], "values": list(now), "tone": 1},
            {
                "label": words["before"],
                "values": [value - 4 for value in now],
                "tone": 2,
                "style": "before",
            },
        ],
        "weeks": ["9/28", "10/5", "10/12", "10/19", "10/26", "11/2", "11/9", "11/16"],
        "bars": [{"label": name, "value": 9 - order} for order, name in enumerate(words["people"])],
        "heat": [
            (month, 12 + order, [92, 71, 64, 58][: 4 - order] + [None] * order)
            for order, month in enumerate(words["months"])
        ],
    }


def _pane(language: str, theme: str) -> dict[str, Any]:
    words = WORDS[language]
    now = time.now()
    states = ("done", "done", "now", "", "", "")
    return {
        "language": language,
        "theme": theme,
        "key": f"{language}-{theme}",
        "s": words,
        "people": [
            SamplePerson(pk=order, display_name=name) for order, name in enumerate(words["people"])
        ],
        "form": _form(words, f"{language}-{theme}"),
        "steps": [
            {
                "label": label,
                "state": state,
                "note": words["due"] if state == "now" else ("11/12" if state else ""),
            }
            for label, state in zip(words["steps"], states, strict=True)
        ],
        "tabs": [
            {"url": "#lists", "label": words["all"], "current": True},
            {"url": "#lists", "label": words["open"], "count": 8},
            {"url": "#lists", "label": words["mine"]},
        ],
        "moments": [
            now - timedelta(minutes=3),
            now - timedelta(hours=5),
            now - timedelta(days=2),
            now - timedelta(days=90),
        ],
        **_charts(words),
    }


@team_required
@require_GET
def design(request: MemberRequest) -> HttpResponse:
    """Show the parts the pages are built from."""
    panes = [_pane(language, theme) for language, theme in PANES]
    return render(request, "design/design.html", {"groups": GROUPS, "panes": panes, "icons": ICONS})
