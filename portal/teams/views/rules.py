"""Rules with their backtests, and the teams' working agreements."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.models import TeamName, User
from portal.accounts.permissions import (
    MemberRequest,
    administrator_required,
    team_required,
)
from portal.accounts.views.calendars import Page, calendar_page
from portal.core import time
from portal.core.calendar.upcoming import hours_in_words
from portal.teams import registry, selectors, services
from portal.teams.forms.rules import RuleForm, TeamForm
from portal.teams.models import Signal, SignalRule, Team


@team_required
@require_GET
def rules(request: MemberRequest) -> HttpResponse:
    """Every rule: what it looks for, who answers for it, what it would have done."""
    now = time.now()
    rows = [
        {
            "rule": row,
            "trigger": registry.trigger(row.trigger),
            "backtest": selectors.backtest(row, now),
        }
        for row in SignalRule.objects.select_related("team__lead", "stand_in")
    ]
    return render(request, "teams/rules.html", {"rows": rows})


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: MemberRequest, code: str) -> HttpResponse:
    """Tune a rule; the change is kept with its reason."""
    row = get_object_or_404(SignalRule.objects.select_related("team", "stand_in"), code=code)
    form = RuleForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        services.change_rule(rule=row, actor=request.user, now=time.now(), **form.cleaned_data)
        messages.success(request, _("The rule was changed."))
        return redirect("teams:rules")
    context = {
        "rule": row,
        "form": form,
        "trigger": registry.trigger(row.trigger),
        "backtest": selectors.backtest(row, time.now()),
    }
    return render(request, "teams/rule.html", context, status=422 if form.errors else 200)


@team_required
@require_GET
def teams(request: MemberRequest) -> HttpResponse:
    """What each team has promised, and how it keeps it."""
    rows = [
        {
            "team": team,
            "members": members,
            "hours": hours_in_words(team.calendar),
            "open": Signal.objects.waiting().filter(team=team).count(),
        }
        for team in Team.objects.select_related("lead", "stand_in").order_by("pk")
        for members in [_members(team)]
    ]
    return render(request, "teams/teams.html", {"rows": rows})


def _members(team: Team) -> list[str]:

    people = User.objects.filter(is_active=True, team_memberships__team=team.name).order_by(
        "display_name"
    )
    return list(people.values_list("display_name", flat=True))


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: MemberRequest, name: str) -> HttpResponse:
    """Change a team's lead, stand-in and agreement."""
    if name not in TeamName.values:
        raise Http404
    row = get_object_or_404(Team, name=name)
    form = TeamForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        services.change_team(team=row, actor=request.user, now=time.now(), **form.cleaned_data)
        messages.success(request, _("The agreement was changed."))
        return redirect("teams:teams")
    return render(
        request, "teams/team.html", {"team": row, "form": form}, status=422 if form.errors else 200
    )


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: MemberRequest, name: str) -> HttpResponse:
    """A team's own working hours, where it does not keep the site's."""
    row = get_object_or_404(Team, name=name)
    page = Page(
        row.calendar_name,
        _("Working hours of %(team)s") % {"team": row},
        reverse("teams:calendar", args=[row.name]),
        reverse("teams:teams"),
        _("Working agreements"),
    )
    return calendar_page(request, page)
