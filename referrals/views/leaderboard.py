"""The leaderboard for customers, and their choice to be on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.accounts.models import User
from portal.accounts.permissions import MemberRequest, member_required
from portal.core import time
from portal.core.web.forms import set_choices
from referrals.models import BoardChoice
from referrals.selectors import customer_pages
from referrals.selectors import leaderboard as reads
from referrals.services.programs.leaderboard import choose_to_be_shown


class ShownForm(forms.Form):
    """Whether and how a person is shown."""

    shown_as = forms.ChoiceField(
        label=gettext_lazy("On the leaderboard"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("I am not shown"))] + [
            (value, str(label))
            for value, label in BoardChoice.ShownAs.choices
            if value != BoardChoice.ShownAs.COMPANY or user.organization is not None
        ]
        set_choices(self, "shown_as", choices)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: MemberRequest) -> HttpResponse:
    """A quarter's board of one of the reader's programs."""
    user, now = request.user, time.now()
    programs = customer_pages.programs_for(user, now)
    wanted = request.GET.get("program") or request.POST.get("program")
    program = next(
        (row for row in programs if row.slug == wanted), programs[0] if programs else None
    )
    if program is None:
        if request.method == "POST":
            raise Http404
        return render(request, "referrals/board.html", {"program": None})
    quarter = reads.quarter_named(request.GET.get("quarter", ""), now)
    found = reads.board_for(program, quarter, user)
    form = ShownForm(
        request.POST or None,
        user=user,
        initial={"shown_as": found.choice.shown_as if found.choice else ""},
    )
    if request.method == "POST" and form.is_valid():
        shown_as = form.cleaned_data["shown_as"]
        choose_to_be_shown(user=user, program=program, shown_as=shown_as, now=now)
        messages.success(
            request, _("You are shown from now on.") if shown_as else _("You are not shown.")
        )
        return redirect(f"{reverse('referrals:board')}?program={program.slug}")
    context = {
        "program": program,
        "programs": programs,
        "board": found,
        "quarter": quarter,
        "form": form,
        "is_now": quarter == reads.quarter_of(now),
        "at_least": reads.AT_LEAST,
    }
    return render(request, "referrals/board.html", context, status=422 if form.errors else 200)
