"""HTML snippets a company copies onto its own pages, filled in for one program."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from referrals.models import Program

SCRIPT = (
    '<script src="{home}/embed/hazumi.js" data-consent="pending" data-days="{days}" '
    'data-touch="{touch}" defer></script>'
)
CONSENT = 'hazumi.consent("granted")  // "denied" forgets everything'
CURL = """curl {home}/api/v1/share-tokens/ \\
  -H "Authorization: Bearer $HAZUMI_KEY" -H "Content-Type: application/json" \\
  -d '{{"email": "aki@acme.example", "program": "{slug}", "origin": "https://app.example.com"}}'"""
ELEMENT = """<script type="module" src="{home}/embed/share.js"></script>
<hazumi-share token="…" lang="ja" theme="auto"></hazumi-share>"""


def snippets_for(program: Program) -> dict[str, Any]:
    """Return the lines by name."""
    values = {
        "home": settings.HAZUMI_BASE_URL,
        "days": program.window_days,
        "touch": program.touch,
        "slug": program.slug,
    }
    return {
        "script": SCRIPT.format(**values),
        "consent": CONSENT,
        "token": CURL.format(**values),
        "element": ELEMENT.format(**values),
        "home": settings.HAZUMI_BASE_URL,
    }
