"""Organizations as staff see them; every app adds its panel."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import services
from portal.accounts.forms.invitations import InviteForm
from portal.accounts.forms.staff import DomainForm, OrganizationForm
from portal.accounts.models import Organization
from portal.accounts.permissions import MemberRequest, administrator_required, team_required
from portal.accounts.services.organizations import DomainInUse, DomainTaken, FreeMailDomain
from portal.accounts.views import inviting
from portal.core import time
from portal.core.web.panels import panels_for


@team_required
@require_GET
def organizations(request: MemberRequest) -> HttpResponse:
    """All customer organizations by stage, found by name."""
    text = request.GET.get("q", "").strip()[:80]
    stage = request.GET.get("stage", "")
    rows = Organization.objects.filter(is_own=False).select_related("owner")
    rows = rows.annotate(
        member_count=Count("memberships", filter=Q(memberships__ended_at=None))
    ).order_by("name", "pk")
    if text:
        rows = rows.filter(name__icontains=text)
    if stage in Organization.Lifecycle.values:
        rows = rows.filter(lifecycle=stage)
    context = {
        "organizations": rows[:200],
        "q": text,
        "stage": stage,
        "stages": Organization.Lifecycle.choices,
    }
    return render(request, "accounts/organizations.html", context)


@team_required
@require_GET
def organization(request: MemberRequest, public_id: str) -> HttpResponse:
    """One organization: facts, people, and what every app knows of it."""
    row = get_object_or_404(Organization.objects.select_related("owner"), public_id=public_id)
    return _organization_page(request, row, DomainForm())


@team_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, public_id: str | None = None) -> HttpResponse:
    """Make an organization or change its facts, its stage (with history) included."""
    row = get_object_or_404(Organization, public_id=public_id) if public_id else None
    form = OrganizationForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = _save(request, row, form)
        if saved is not None:
            messages.success(request, _("%(company)s was saved.") % {"company": saved.name})
            return redirect("accounts:organization", public_id=saved.public_id)
    context = {"form": form, "organization": row}
    return render(
        request, "accounts/organization_edit.html", context, status=422 if form.errors else 200
    )


def _save(
    request: MemberRequest, row: Organization | None, form: OrganizationForm
) -> Organization | None:
    """Save a company with its new domain; None, and the reason in the form, when it cannot have
    it.
    """
    now, data = time.now(), form.cleaned_data
    try:
        with transaction.atomic():
            saved = services.save_organization(
                organization=row,
                fields={name: data[name] for name in OrganizationForm.Meta.fields},
                stage=data["lifecycle"],
                reason=data["reason"],
                actor=request.user,
                now=now,
            )
            known = saved.email_domains.filter(domain=data["domain"]).exists()
            if data["domain"] and not known:
                services.bind_domain(
                    organization=saved,
                    domain=data["domain"],
                    actor=request.user,
                    now=now,
                    from_prospect=data["move"],
                )
    except DOMAIN_ERRORS as error:
        form.add_error("domain", _why_not(error))
        if isinstance(error, DomainTaken) and error.is_movable:
            form.offer_move()
        return None
    return saved


DOMAIN_ERRORS = (FreeMailDomain, DomainTaken, DomainInUse)


def _why_not(error: ValueError) -> str:
    """Return in words why a company cannot have a domain."""
    if isinstance(error, FreeMailDomain):
        return _("Anybody can have an address there, so it cannot stand for a company.")
    if isinstance(error, DomainInUse):
        return _("Members of %(company)s have addresses of this domain.") % {"company": error}
    if isinstance(error, DomainTaken) and error.is_movable:
        return _("The prospect %(company)s has this domain, unverified. You can move it here.") % {
            "company": error
        }
    return _("%(company)s has this domain already.") % {"company": error}


@team_required
@require_POST
def add_domain(request: MemberRequest, public_id: str) -> HttpResponse:
    """Bind a mail domain, so that colleagues join by themselves."""
    row = get_object_or_404(Organization, public_id=public_id)
    form, movable = DomainForm(request.POST), False
    if form.is_valid():
        try:
            services.bind_domain(
                organization=row,
                domain=form.cleaned_data["domain"],
                actor=request.user,
                now=time.now(),
                from_prospect="move" in request.POST,
            )
        except DOMAIN_ERRORS as error:
            form.add_error("domain", _why_not(error))
            movable = isinstance(error, DomainTaken) and error.is_movable
        else:
            messages.success(request, _("The domain was added."))
            return redirect("accounts:organization", public_id=row.public_id)
    return _organization_page(request, row, form, movable=movable, status=422)


@team_required
@require_POST
def remove_domain(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take a mail domain away."""
    row = get_object_or_404(Organization, public_id=public_id)
    domain = request.POST.get("domain", "")[:253]
    if not services.unbind_domain(
        organization=row, domain=domain, actor=request.user, now=time.now()
    ):
        raise Http404
    messages.success(request, _("The domain was taken away. Who joined through it stays."))
    return redirect("accounts:organization", public_id=row.public_id)


@administrator_required
@require_POST
def invite(request: MemberRequest, public_id: str) -> HttpResponse:
    """Invite people into a customer's company, its first administrator above all."""
    row = get_object_or_404(Organization, public_id=public_id)
    form = InviteForm(request.POST, request.FILES)
    if not form.is_valid():
        return _organization_page(request, row, DomainForm(), invite_form=form, status=422)
    inviting.invite_all(request, row, form)
    return redirect("accounts:organization", public_id=row.public_id)


@administrator_required
@require_POST
def make_link(request: MemberRequest, public_id: str) -> HttpResponse:
    """Open a link into a customer's company for ten days."""
    row = get_object_or_404(Organization, public_id=public_id)
    services.invite_member(organization=row, invited_by=request.user, now=time.now())
    return redirect("accounts:organization", public_id=row.public_id)


def _organization_page(
    request: HttpRequest,
    row: Organization,
    form: DomainForm,
    *,
    invite_form: InviteForm | None = None,
    movable: bool = False,
    status: int = 200,
) -> HttpResponse:
    members = (
        row.memberships.filter(ended_at=None)
        .select_related("user")
        .order_by("started_at", "pk")[:100]
    )
    context = {
        "organization": row,
        "members": members,
        "changes": row.lifecycle_changes.order_by("-at", "-pk")[:10],
        "domains": row.email_domains.order_by("domain"),
        "form": form,
        "movable": movable,
        "panels": panels_for("organization", request, row),
        **inviting.context(request, row, invite_form or InviteForm(), time.now()),
    }
    return render(request, "accounts/organization.html", context, status=status)
