"""The customer's referral pages: the hub, one introduction, sharing, the code, terms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.models import User
from portal.accounts.permissions import MemberRequest, is_staff_member, member_required, public
from portal.core import time
from referrals.forms.introductions import BeneficiaryForm, CodeForm, DisputeForm
from referrals.models import Program, Referral, ReferralLink
from referrals.rules import state_machine
from referrals.selectors import customer_pages as reads
from referrals.services.introductions import staff_actions
from referrals.services.introductions.prospect_pages import may_renew
from referrals.services.links import links
from referrals.services.links.links import BadCode
from referrals.text import introductions, referrer_notes
from referrals.text.program_card import card_of, terms_of
from referrals.text.share_texts import share_kit
from referrals.views.qr import answer_with_qr


def _program(request: HttpRequest, user: User) -> Program | None:
    programs = reads.programs_for(user, time.now())
    wanted = request.GET.get("program") or request.POST.get("program")
    return next(
        (program for program in programs if program.slug == wanted),
        programs[0] if programs else None,
    )


def _others(user: User, program: Program | None) -> list[dict[str, Any]]:
    """Return the other programs open to the user, each with its reward in one sentence."""
    return [
        {"program": row, "sentence": introductions.reward_sentence(row, reads.active_rules(row))}
        for row in reads.programs_for(user, time.now())
        if program is not None and row.pk != program.pk
    ]


def _link(user: User, program: Program | None) -> ReferralLink | None:
    if program is None:
        return None
    return (
        ReferralLink.objects.select_related("program", "user")
        .filter(user=user, program=program, retired_at=None, content_url="")
        .first()
    )


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def hub(request: MemberRequest) -> HttpResponse:
    """Everything a customer needs to introduce somebody, and what became of it."""
    user = request.user
    program = _program(request, user)
    if request.method == "POST":
        if program is None:
            raise Http404
        links.link_for(user=user, program=program, now=time.now())
        return redirect(f"{reverse('referrals:hub')}?program={program.slug}")
    link = _link(user, program)
    only = request.GET.get("show", "")
    rows, page = reads.tracked(user, only=only, cursor=request.GET.get("after"))
    context: dict[str, Any] = {
        "program": program,
        "others": _others(user, program),
        "link": link,
        "counts": reads.counts_for(user),
        "figures": reads.figures_for(user),
        "rows": rows,
        "page": page,
        "only": only,
        "days": reads.clicks_by_day(user) if only == "opened" else None,
    }
    if program is not None:
        context |= {**card_of(program), "way": reads.way_for(user, program)}
    if link is not None:
        kit = share_kit(link)
        context |= {"kit": kit, "url": kit.url}
    return render(request, "referrals/hub.html", context)


def _mine(request: MemberRequest, public_id: str) -> Referral:
    """Return the reader's own introduction; 404 for anybody else's."""
    return get_object_or_404(
        Referral.objects.select_related("program", "organization", "handler", "referee", "terms"),
        public_id=public_id,
        referrer=request.user,
    )


@member_required
@require_GET
def referral(request: MemberRequest, public_id: str) -> HttpResponse:
    """One introduction as its referrer sees it: timeline, what comes next, why credited or not.

    Staff have their own page.
    """
    if (
        is_staff_member(request.user)
        and not Referral.objects.filter(public_id=public_id, referrer_id=request.user.pk).exists()
    ):
        get_object_or_404(Referral, public_id=public_id)
        return redirect("referrals:desk_referral", public_id=public_id)
    return _page_of(request, _mine(request, public_id), DisputeForm())


def _page_of(
    request: HttpRequest, row: Referral, form: DisputeForm, status: int = 200
) -> HttpResponse:
    named = row.kind == Referral.Kind.NAMED
    context = {
        "row": reads.track([row])[0],
        "referral": row,
        "form": form,
        **reads.explanation(row),
        "notes": referrer_notes.shown(row.notes.order_by("-at", "-pk")[:100]),
        "is_ended": row.state in state_machine.ENDED,
        "may_renew": named and may_renew(row, time.now()),
        "may_take_back": named
        and state_machine.REFERRAL.allows(row.state, row.State.WITHDRAWN, state_machine.REFERRER),
    }
    return render(request, "referrals/referral.html", context, status=status)


@member_required
@require_POST
def dispute(request: MemberRequest, public_id: str) -> HttpResponse:
    """Ask to look again at who is credited."""
    row = _mine(request, public_id)
    form = DisputeForm(request.POST)
    if not form.is_valid():
        return _page_of(request, row, form, status=422)
    opened = staff_actions.open_dispute(
        referral=row, user=request.user, text=form.cleaned_data["text"], now=time.now()
    )
    messages.success(
        request,
        _("We will review it and answer by %(day)s.") % {"day": introductions.day(opened.due_at)},
    )
    return redirect("referrals:referral", public_id=public_id)


@member_required
@require_POST
def share(request: MemberRequest) -> HttpResponse:
    """Log one act of sharing; called in the background when a share button is pressed."""
    link = _link(request.user, _program(request, request.user))
    if link is None:
        raise Http404
    try:
        links.share_link(link=link, channel=request.POST.get("channel", ""), now=time.now())
    except ValueError:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: MemberRequest) -> HttpResponse:
    """Choose a code of one's own and who gets the rewards."""
    user = request.user
    link = _link(user, _program(request, user))
    if link is None:
        return redirect("referrals:hub")
    here = f"?program={link.program.slug}"
    company = user.organization
    personal_allowed = company is None or not company.is_public_sector
    choices = [
        (value, str(label))
        for value, label in ReferralLink.Beneficiary.choices
        if (personal_allowed or value != "person") and (company is not None or value != "company")
    ]
    form = CodeForm(initial={"code": link.code})
    who = BeneficiaryForm(initial={"beneficiary": link.beneficiary}, choices=choices)
    if request.method == "POST" and "beneficiary" in request.POST:
        who = BeneficiaryForm(request.POST, choices=choices)
        if who.is_valid():
            links.choose_beneficiary(link=link, beneficiary=who.cleaned_data["beneficiary"])
            messages.success(request, _("Saved. It counts for rewards from now on."))
            return redirect(reverse("referrals:code") + here)
    elif request.method == "POST":
        form = CodeForm(request.POST)
        if form.is_valid() and _choose(form, link):
            messages.success(request, _("Your new link is ready. The old one keeps working."))
            return redirect(reverse("referrals:hub") + here)
    context = {"form": form, "who": who, "link": link, "personal_allowed": personal_allowed}
    return render(
        request, "referrals/code.html", context, status=422 if form.errors or who.errors else 200
    )


def _choose(form: CodeForm, link: ReferralLink) -> bool:
    try:
        links.choose_code(link=link, wish=form.cleaned_data["code"], now=time.now())
    except BadCode as error:
        said = {
            "shape": _(
                "Use 3 to 24 letters, digits or hyphens, beginning and ending with a letter or "
                "digit."
            ),
            "reserved": _("This word is reserved. Try another one."),
            "offensive": _("This code could offend somebody. Try another one."),
            "taken": _("Somebody has this code, or one that looks like it."),
        }
        form.add_error("code", said[error.why])
        return False
    return True


@member_required
@require_GET
def qr(request: MemberRequest, kind: str) -> HttpResponse:
    """One's own link as a QR code, PNG or SVG."""
    link = _link(request.user, _program(request, request.user))
    if link is None:
        raise Http404
    return answer_with_qr(request, link, kind)


@public
@require_GET
def terms(request: HttpRequest, slug: str) -> HttpResponse:
    """A program's terms, every version, and its rules in words."""
    program = get_object_or_404(Program.objects.exclude(state=Program.State.DRAFT), slug=slug)
    versions = list(program.terms.order_by("-number"))
    wanted = request.GET.get("version", "")
    shown = next(
        (row for row in versions if str(row.number) == wanted), versions[0] if versions else None
    )
    context = {**terms_of(program, shown, versions), "language": translation.get_language()}
    return render(request, "referrals/terms.html", context)
