"""Administrators: inbound systems, their secrets and mappings, and the messages of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.permissions import MemberRequest, administrator_required
from portal.core import time
from portal.core.db.pagination import page_by_key
from referrals.forms.inbound import MappingForm, SecretForm, SourceForm
from referrals.models import Fact, InboundMessage, InboundSource
from referrals.selectors.staff_queue import tab_counts
from referrals.services.intake import sources as services
from referrals.services.intake import webhooks
from referrals.text.inbound import REFUSALS, fact_in_words, in_words
from referrals.views.staff_queue import tabs

TONES = {
    "processed": "matsu",
    "ignored": "",
    "unusable": "akane",
    "failed": "yama",
    "received": "ai",
}


def _tone(message: InboundMessage) -> str:
    return "yama" if message.note in InboundMessage.OTHER_MODE else TONES[message.state]


def address_of(source: InboundSource) -> str:
    """Return the address a system sends to."""
    return f"{settings.HAZUMI_BASE_URL}{reverse('referrals:inbound', args=[source.public_id])}"


@administrator_required
@require_GET
def sources(request: MemberRequest) -> HttpResponse:
    """Every inbound system."""
    now = time.now()
    rows = InboundSource.objects.select_related("program").order_by("disabled_at", "name", "pk")
    context = {"rows": rows, "now": now, "tabs": tabs(request, "sources", tab_counts(now))}
    return render(request, "referrals/staff/sources.html", context)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def source_new(request: MemberRequest) -> HttpResponse:
    """Add a system; its secret is shown once, on the page that follows."""
    kind = request.GET.get("kind", "")
    form = SourceForm(
        request.POST or None, initial={"kind": kind} if kind in InboundSource.Kind.values else None
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made, secret = services.add_source(
            kind=data["kind"],
            name=data["name"],
            program=data["program"],
            secret=data["secret"],
            mode=data["mode"] or InboundSource.Mode.LIVE,
            actor=request.user,
            now=time.now(),
        )
        return _secret_page(request, made, secret, given=bool(data["secret"]))
    return render(
        request,
        "referrals/staff/source_form.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def _secret_page(
    request: HttpRequest, made: InboundSource, secret: str, *, given: bool, rotated: bool = False
) -> HttpResponse:
    if given:  # whoever pasted it has it
        messages.success(request, _("Saved."))
        return redirect("referrals:source", made.public_id)
    context = {"source": made, "secret": secret, "address": address_of(made), "rotated": rotated}
    return render(request, "referrals/staff/source_secret.html", context)


def _source(public_id: UUID) -> InboundSource:
    return get_object_or_404(InboundSource.objects.select_related("program"), public_id=public_id)


@administrator_required
@require_GET
def source(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One system: its address, what came, and what became of it."""
    return _page(request, _source(public_id))


def _page(
    request: HttpRequest, row: InboundSource, *, form: SecretForm | None = None, status: int = 200
) -> HttpResponse:
    log = InboundMessage.objects.filter(source=row).defer("body")
    state = request.GET.get("state", "")
    if state in InboundMessage.State.values:
        log = log.filter(state=state)
    page = page_by_key(log, order=("-pk",), cursor=request.GET.get("after"), size=30)
    chips = [{"url": "?", "label": _("All"), "current": not state}] + [
        {"url": f"?state={value}", "label": label, "current": value == state}
        for value, label in InboundMessage.State.choices
    ]
    context: dict[str, Any] = {
        "source": row,
        "address": address_of(row),
        "page": page,
        "chips": chips,
        "state": state,
        "refusal": REFUSALS.get(row.refused_reason, ""),
        "rotates": row.rotates(time.now()),
        "rows": [
            {"message": one, "note": in_words(one.note), "tone": _tone(one)} for one in page.items
        ],
        "secret_form": form or SecretForm(kind=row.kind),
    }
    return render(request, "referrals/staff/source.html", context, status=status)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def source_edit(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Change the name, the program, and the mapping of a CRM."""
    row = _source(public_id)
    form = MappingForm(request.POST or None, source=row)
    if request.method == "POST" and form.is_valid():
        services.change_source(
            source=row,
            name=form.cleaned_data["name"],
            program=form.cleaned_data["program"],
            mapping=form.mapping(),
            mode=form.cleaned_data["mode"],
            actor=request.user,
            now=time.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("referrals:source", row.public_id)
    context = {"form": form, "source": row}
    return render(
        request, "referrals/staff/source_form.html", context, status=422 if form.errors else 200
    )


@administrator_required
@require_POST
@never_cache
def source_act(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Take a new secret, switch off or on, or try again what was not understood."""
    row, actor, now = _source(public_id), request.user, time.now()
    what = request.POST.get("act", "")
    if what == "rotate":
        form = SecretForm(request.POST, kind=row.kind)
        if not form.is_valid():
            return _page(request, row, form=form, status=422)
        given = form.cleaned_data["secret"]
        secret = services.rotate_secret(source=row, secret=given, actor=actor, now=now)
        return _secret_page(request, row, secret, given=bool(given), rotated=True)
    if what == "switch":
        services.switch_source(source=row, on=row.disabled_at is not None, actor=actor, now=now)
        messages.success(request, _("Switched off.") if row.disabled_at else _("Switched on."))
    if what == "again":
        count = webhooks.try_again(source=row, now=now)
        text = ngettext(
            "%(count)s message was understood this time.",
            "%(count)s messages were understood this time.",
            count,
        )
        messages.success(request, text % {"count": count})
    return redirect("referrals:source", row.public_id)


@administrator_required
@require_GET
def message(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One message as it came, and the facts made of it."""
    row = get_object_or_404(InboundMessage.objects.select_related("source"), public_id=public_id)
    facts = {
        str(one.public_id): one
        for one in Fact.objects.filter(public_id__in=[told["id"] for told in row.facts])
    }
    told = [
        {
            "fact": facts[one["id"]],
            "status": one["status"],
            "why": fact_in_words(
                facts[one["id"]].state, facts[one["id"]].waits_for, facts[one["id"]].result
            ),
        }
        for one in row.facts
        if one["id"] in facts
    ]
    body = bytes(row.body).decode(errors="replace")[:20_000]
    context = {
        "message": row,
        "told": told,
        "body": body,
        "note": in_words(row.note),
        "tone": _tone(row),
    }
    return render(request, "referrals/staff/inbound_message.html", context)
