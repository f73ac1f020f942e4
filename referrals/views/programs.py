"""Staff: programs and their settings; administrators edit them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.permissions import MemberRequest, administrator_required, team_required
from portal.core import time
from portal.core.templatetags.display import money
from referrals.forms.programs import MoveProgramForm, SettingsForm, TermsForm
from referrals.forms.rules import rule_forms
from referrals.models import Program
from referrals.rules import state_machine
from referrals.selectors import asks
from referrals.selectors.customer_pages import active_rules
from referrals.selectors.programs import difference, rule_rows, versions_of
from referrals.selectors.staff_queue import tab_counts
from referrals.services.programs import programs as services
from referrals.services.programs.reward_rules import LastRule, Overspent, save_rules
from referrals.text import introductions
from referrals.views.staff_queue import tabs


def _program(slug: str) -> Program:
    return get_object_or_404(Program.objects.prefetch_related("rules", "organizations"), slug=slug)


def missing_words(missing: list[str]) -> list[str]:
    """Return what a program lacks before it may open, in words."""
    said = {
        "names": _("a name in both languages"),
        "rule": _("at least one reward"),
        "terms": _("terms in both languages"),
        "over": _("an end that is not past"),
    }
    return [said[name] for name in missing]


@team_required
@require_GET
def programs(request: MemberRequest) -> HttpResponse:
    """All programs, with what each promises."""
    rows = [
        {"program": row, "sentence": introductions.reward_sentence(row, active_rules(row))}
        for row in Program.objects.prefetch_related("rules").order_by("-is_default", "pk")
    ]
    return render(
        request,
        "referrals/staff/programs.html",
        {"rows": rows, "tabs": tabs(request, "programs", tab_counts(time.now()))},
    )


@team_required
@require_GET
def program(request: MemberRequest, slug: str) -> HttpResponse:
    """One program: its state, promises, terms, who may join, and whether asking helps."""
    row, now = _program(slug), time.now()
    context: dict[str, Any] = {
        "program": row,
        "sentence": introductions.reward_sentence(row, active_rules(row)),
        "rules": rule_rows(row),
        "moves": [str(to) for to in state_machine.PROGRAM.allowed(row.state)],
        "missing": missing_words(services.missing_of(row, now)),
        "versions": versions_of(row),
        "changes": row.changes.order_by("-at", "-pk"),
        "organizations": row.organizations.order_by("name"),
        "asks": asks.lift(row, now),
    }
    arms = (
        (_("Asked"), context["asks"].asked),
        (_("Held out, never asked"), context["asks"].held_out),
    )
    context["arms"] = [
        {
            "label": label,
            "arm": arm,
            **dict(zip(("low", "high"), arm.interval or (None, None), strict=True)),
        }
        for label, arm in arms
    ]
    return render(request, "referrals/staff/program.html", context)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def program_edit(request: MemberRequest, slug: str = "") -> HttpResponse:
    """Make a program (a draft), or change who may join, links, money and asks."""
    row = _program(slug) if slug else None
    initial = (
        SettingsForm.initial_of(row) if row else {"review_threshold": 100_000, "asks_enabled": True}
    )
    form = SettingsForm(request.POST or None, program=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = services.save_settings(
            program=row,
            actor=request.user,
            now=time.now(),
            fields=form.cleaned_data,
            organizations=form.cleaned_data["companies"],
        )
        messages.success(request, _("Saved."))
        return redirect("referrals:program", slug=saved.slug)
    status = 422 if form.errors else 200
    return render(
        request, "referrals/staff/program_edit.html", {"form": form, "program": row}, status=status
    )


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def program_rules(request: MemberRequest, slug: str) -> HttpResponse:
    """What each side gets for each milestone."""
    row = _program(slug)
    found = rule_forms(row, request.POST or None)
    if request.method == "POST" and all([form.is_valid() for form in found]):  # noqa: C419  every form shows its errors
        try:
            save_rules(
                program=row,
                wishes=[form.wish() for form in found],
                actor=request.user,
                now=time.now(),
            )
        except Overspent as error:
            at = next(
                form
                for form in found
                if (form.milestone, form.side) == (error.wish.milestone, error.wish.side)
            )
            spent = money(error.spent, row.currency)
            at.add_error("budget", _("%(spent)s was granted of it already.") % {"spent": spent})
        except LastRule:
            found[0].add_error(
                "kind", _("An open program needs at least one reward. Pause it first.")
            )
        else:
            messages.success(request, _("Saved. Rewards granted before keep what was promised."))
            return redirect("referrals:program", slug=row.slug)
    context = {
        "program": row,
        "forms": found,
        "pairs": [found[index : index + 2] for index in (0, 2, 4)],
    }
    status = 422 if any(form.errors for form in found) else 200
    return render(request, "referrals/staff/program_rules.html", context, status=status)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def program_terms(request: MemberRequest, slug: str) -> HttpResponse:
    """Write the next version of the terms; the difference to the last is shown before it is
    published.
    """
    row = _program(slug)
    last = row.terms.order_by("-number").first()
    initial = {"text_ja": last.text_ja, "text_en": last.text_en} if last else {}
    form = TermsForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {"program": row, "form": form, "last": last}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if "publish" in request.POST:
            made = services.publish_terms(
                program=row,
                ja=data["text_ja"],
                en=data["text_en"],
                actor=request.user,
                now=time.now(),
            )
            messages.success(
                request,
                _("Version %(number)s is published.") % {"number": made.number}
                if made
                else _("Nothing changed."),
            )
            return redirect("referrals:program", slug=row.slug)
        old = (last.text_ja, last.text_en) if last else ("", "")
        context |= {
            "ja": difference(old[0], data["text_ja"]),
            "en": difference(old[1], data["text_en"]),
        }
    status = 422 if form.errors else 200
    return render(request, "referrals/staff/program_terms.html", context, status=status)


@administrator_required
@require_POST
def program_move(request: MemberRequest, slug: str) -> HttpResponse:
    """Open, pause or end a program."""
    row, form = _program(slug), MoveProgramForm(request.POST)
    try:
        if not form.is_valid():
            raise services.BadState
        moved = services.move_program(
            program=row,
            to=form.cleaned_data["to"],
            actor=request.user,
            now=time.now(),
            reason=form.cleaned_data["reason"],
        )
    except services.BadState:
        messages.error(
            request, _("A program goes from draft to open, may pause, and ends for good.")
        )
    except services.NotReady as error:
        messages.error(
            request,
            _("Before it opens it needs: %(what)s.")
            % {"what": _(", ").join(missing_words(error.missing))},
        )
    else:
        messages.success(
            request,
            {
                "open": _("The program is open. Customers see it from now on."),
                "paused": _(
                    "Paused. Links keep working; new introductions are not taken, those under "
                    "way continue."
                ),
                "ended": _("Ended for good. Introductions under way continue."),
            }[str(moved.state)],
        )
    return redirect("referrals:program", slug=row.slug)
