"""Landing pages of introduced people: the page of a link, the check for a real person, and the page
behind a token.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.permissions import MemberRequest, is_member, member_required, public
from portal.core import time
from referrals.edge.redirect import COOKIE
from referrals.forms.introductions import IntroduceForm
from referrals.models import Program, ReferralLink
from referrals.rules import state_machine
from referrals.selectors import customer_pages as reads
from referrals.services.introductions import introductions, signups
from referrals.services.introductions.introductions import NotOpen, TooMany
from referrals.services.introductions.prospect_pages import (
    TokenClosed,
    find_by_token,
    is_token,
    new_token,
)
from referrals.services.links import clicks
from referrals.text import introductions as text_introductions
from referrals.views.own_introductions import page_to_pass_on
from referrals.views.own_pages import closed, remember


@public
@require_GET
def welcome(request: HttpRequest, code: str = "") -> HttpResponse:
    """Who introduces whom to what, what both get, and where to begin."""
    link = (
        ReferralLink.objects.select_related("program", "user")
        .filter(code=code.lower()[:32], program__state=Program.State.OPEN)
        .first()
        if code
        else None
    )
    context: dict[str, object] = {"link": link}
    if link is not None and link.user is not None:
        company = link.user.organization if link.user.company_visible else None
        rules = reads.active_rules(link.program)
        context |= {
            "referrer": link.user,
            "company": company,
            "program": link.program,
            "sentence": text_introductions.reward_sentence(link.program, rules, side="referee"),
            "is_own": is_member(request.user) and request.user.pk == link.user_id,
        }
    return render(request, "referrals/welcome.html", context)


@public
@require_POST
def landed(request: HttpRequest) -> HttpResponse:
    """The landing page runs in a browser: the click was a person's.

    The click id comes from our own cookie.
    """
    click_id = (*request.COOKIES.get(COOKIE, "").split("."), "", "")[1][:22]
    if len(click_id) == 22:
        clicks.confirm(click_id, now=time.now())
    return HttpResponse(status=204)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def introduce(request: MemberRequest) -> HttpResponse:
    """Introduce somebody by name. The referrer writes and sends the message; we never mail people
    who did not sign up.
    """
    user = request.user
    programs = reads.programs_for(user, time.now())
    wanted = request.GET.get("program") or request.POST.get("program")
    program = next(
        (row for row in programs if row.slug == wanted), programs[0] if programs else None
    )
    form = IntroduceForm(request.POST or None)
    if request.method == "POST" and program and form.is_valid():
        try:
            referral, token = introductions.introduce_person(
                program=program,
                referrer=user,
                now=time.now(),
                own=request.POST.get("own", ""),
                **form.cleaned_data,
            )
        except TooMany:
            form.add_error(None, _("Ten introductions a day are enough. Please go on tomorrow."))
        except NotOpen:
            form.add_error(None, _("The program is closed at the moment."))
        else:
            return page_to_pass_on(request, referral, token)
    own = request.POST.get("own", "")
    context = {
        "form": form,
        "program": program,
        "programs": programs,
        "own": own if is_token(own) else new_token(),
    }
    return render(request, "referrals/introduce.html", context, status=422 if form.errors else 200)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def introduction(request: HttpRequest, token: str) -> HttpResponse:
    """The referee's own page: who introduces them, what is known about them, confirm, decline,
    erase.
    """
    now = time.now()
    try:
        row = find_by_token(token, now)
        if request.POST.get("answer") in introductions.ANSWERS:
            return _answered(request, token, request.POST["answer"], now)
    except TokenClosed:
        return closed(request, token=token, view="referrals:introduction")
    if request.method == "POST":
        return redirect("referrals:introduction", token=token)
    context = {
        "referral": row,
        "company": row.referrer_organization if row.referrer.company_visible else None,
        "token": token,
        "can_call": row.state in state_machine.STAGES,
        "own": new_token(),
        "may_agree": row.name_consent_at is None
        and row.state in (*state_machine.OPEN, *state_machine.STAGES),
        "may_decline": state_machine.REFERRAL.allows(
            row.state, row.State.DECLINED, state_machine.PROSPECT
        ),
        "declined": row.state == row.State.DECLINED,
    }
    return render(request, "referrals/introduction.html", context)


def _answered(request: HttpRequest, token: str, answer: str, now: datetime) -> HttpResponse:
    row, page = introductions.answer_by_token(
        token=token, answer=answer, own=request.POST.get("own", ""), now=now
    )
    if page and page != token:
        remember(request, sent=token, own=page)
    if answer == "confirm" and row.state not in state_machine.STAGES:
        return redirect("referrals:introduction", token=page)
    context = {
        "answer": answer,
        "can_call": row.state in state_machine.STAGES,
        "token": page,
        "url": settings.HAZUMI_BASE_URL + reverse("referrals:introduction", args=[page])
        if page
        else "",
    }
    return render(request, "referrals/introduction_answered.html", context)


@member_required
@require_POST
def consent(request: MemberRequest) -> HttpResponse:
    """A newcomer decides whether the referrer may see their name and company."""
    row = request.user.referrals_received.order_by("-pk").first()
    if row is not None:
        agrees = request.POST.get("agrees") == "yes"
        signups.consent_to_name(referral=row, user=request.user, agrees=agrees, now=time.now())
        messages.success(
            request, _("Thank you, noted.") if agrees else _("Your name stays with us.")
        )
    return redirect("portal:home")
