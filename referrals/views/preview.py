"""Staff: a program as a customer of a chosen company would see it, in both languages, before it
opens.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.http import require_GET

from portal.accounts.models import Organization
from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from referrals.models import Program, ReferralLink
from referrals.rules import eligibility
from referrals.selectors.customer_pages import first_way
from referrals.text.program_card import terms_of
from referrals.text.share_texts import share_kit


def _in(language: str, program: Program, company: Organization | None) -> dict[str, Any]:
    """Return card, terms and share text in one language. The link exists on this page only."""
    with translation.override(language):
        link = ReferralLink(program=program, code="preview")
        kit, why = share_kit(link), eligibility.why_at(program, company, language, time.now())
        versions = list(program.terms.order_by("-number"))
        return {
            "language": language,
            "label": {"ja": "日本語", "en": "English"}[language],
            "why": eligibility.in_words(why),
            "shown_to_her": not why,
            "share": kit.texts[0].text,
            "way": first_way(program),
            **terms_of(program, versions[0] if versions else None, versions[:1]),
        }


@team_required
@require_GET
def program_preview(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the hub's card, the terms and the share text; nothing is made, counted or kept."""
    program = get_object_or_404(
        Program.objects.prefetch_related("rules", "organizations"), slug=slug
    )
    customers = Organization.objects.filter(is_own=False).exclude(
        lifecycle=Organization.Lifecycle.PROSPECT
    )
    wanted = request.GET.get("company", "")
    company = (
        customers.filter(name=wanted).first()
        if wanted
        else program.organizations.order_by("name").first()
    )
    company = company or (None if wanted else customers.order_by("name").first())
    context = {
        "program": program,
        "company": company,
        "wanted": wanted,
        "customers": customers.order_by("name").values_list("name", flat=True)[:300],
        "sides": [_in(language, program, company) for language in ("ja", "en")],
    }
    return render(request, "referrals/staff/program_preview.html", context)
