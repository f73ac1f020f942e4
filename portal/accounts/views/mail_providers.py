"""The settings page of mail providers, whose domains stand for no company."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.domains import JAPANESE_PROVIDERS
from portal.accounts.forms.staff import ProviderForm
from portal.accounts.models import MailProvider
from portal.accounts.permissions import MemberRequest, administrator_required
from portal.accounts.services import mail_providers as services
from portal.core import time


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_providers(request: MemberRequest) -> HttpResponse:
    """Show the lists and add a domain."""
    form = ProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_provider(
                domain=form.cleaned_data["domain"], actor=request.user, now=time.now()
            )
        except services.AlreadyKnown:
            form.add_error("domain", _("This domain is on the list already."))
        except services.StandsForCompany as company:
            form.add_error(
                "domain", _("%(company)s has this domain, verified.") % {"company": company}
            )
        else:
            messages.success(request, _("The domain was added."))
            return redirect("accounts:mail_providers")
    context = {
        "form": form,
        "rows": MailProvider.objects.select_related("created_by").order_by("domain"),
        "known": sorted(JAPANESE_PROVIDERS),
    }
    return render(
        request, "accounts/mail_providers.html", context, status=422 if form.errors else 200
    )


@administrator_required
@require_POST
def remove(request: MemberRequest, provider_id: int) -> HttpResponse:
    """Take a domain off the list."""
    row = get_object_or_404(MailProvider, pk=provider_id)
    services.remove_provider(provider=row, actor=request.user, now=time.now())
    messages.success(request, _("The domain was taken away."))
    return redirect("accounts:mail_providers")
