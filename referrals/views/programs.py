"""Staff: programs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.permissions import administrator_required, is_staff_member, team_required
from portal.core import time
from referrals import words
from referrals.forms.desk import ProgramForm
from referrals.models import Program
from referrals.selectors.desk import tab_counts
from referrals.selectors.hub import active_rules
from referrals.services.programs import BadState, NothingPromised, save_program
from referrals.views.desk import tabs


@team_required
@require_GET
def programs(request: HttpRequest) -> HttpResponse:
    """All programs, with what each promises."""
    rows = [
        {"program": row, "sentence": words.reward_sentence(row, active_rules(row))}
        for row in Program.objects.prefetch_related("rules").order_by("-is_default", "pk")
    ]
    return render(
        request,
        "referrals/staff/programs.html",
        {"rows": rows, "tabs": tabs(request, "programs", tab_counts(time.now()))},
    )


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def program_edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Make or change a program; draft → open → paused → ended."""
    program = get_object_or_404(Program, slug=slug) if slug else None
    initial: dict[str, object] = {}
    if program is not None:
        rules = {rule.side: rule for rule in active_rules(program) if rule.milestone == "won"}
        terms = program.terms.order_by("-number").first()
        initial = {
            "hosts_text": "\n".join(program.hosts),
            "referrer_amount": rules["referrer"].amount if "referrer" in rules else None,
            "referee_amount": rules["referee"].amount if "referee" in rules else None,
            "budget": rules["referrer"].budget if "referrer" in rules else None,
            "terms_ja": terms.text_ja if terms else "", "terms_en": terms.text_en if terms else "",
        }  # fmt: skip
    form = ProgramForm(request.POST or None, instance=program, initial=initial)
    if request.method == "POST" and form.is_valid() and _save(request, form, slug):
        return redirect("referrals:programs")
    context = {"form": form, "program": program}
    return render(request, "referrals/staff/program.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: ProgramForm, slug: str) -> bool:
    assert is_staff_member(request.user)
    data = form.cleaned_data
    kept = (
        "slug", "name_ja", "name_en", "state", "currency", "fulfilment", "target_url", "hosts", "touch", "window_days",
        "hold_days", "review_threshold",
    )  # fmt: skip
    try:
        save_program(
            program=Program.objects.get(slug=slug) if slug else None, actor=request.user, now=time.now(),
            fields={name: data[name] for name in kept},
            amounts={"referrer": data["referrer_amount"], "referee": data["referee_amount"]}, budget=data["budget"],
            terms=(data["terms_ja"], data["terms_en"]),
        )  # fmt: skip
    except BadState:
        form.add_error("state", _("A program goes from draft to open, may pause, and ends for good."))
        return False
    except NothingPromised:
        form.add_error("state", _("Before it opens it needs a reward and terms."))
        return False
    messages.success(request, _("Saved."))
    return True
