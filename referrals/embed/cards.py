"""The content of <hazumi-share>: the program in a sentence, one link, the text to send and the ways
to send it.
"""

from __future__ import annotations

from typing import Any

import qrcode
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from referrals.models import ReferralLink
from referrals.selectors.customer_pages import active_rules
from referrals.text import introductions
from referrals.text.share_texts import decorated, share_kit


def embedded_card(link: ReferralLink, language: str) -> dict[str, Any]:
    """Return a card in a language. Nothing in it reveals whose link it is."""
    with translation.override(language):
        rules = active_rules(link.program)
        kit = share_kit(link)
        url = decorated(link, "embed")
        text = next(row.text for row in kit.texts if row.language == language)
        return {
            "language": language,
            "title": link.program.name,
            "sentence": introductions.reward_sentence(link.program, rules),
            "fulfilment": introductions.fulfilment(link.program),
            "url": url,
            "text": text.replace(kit.url, url),
            "subject": kit.subject,
            "qr": _qr(decorated(link, "qr")),
            "labels": _labels(),
            "terms_url": settings.HAZUMI_BASE_URL
            + reverse("referrals:terms", args=[link.program.slug]),
            "ways": [
                {name: way[name] for name in ("channel", "label", "pattern", "shared")}
                for way in kit.ways
            ],
        }


def _labels() -> dict[str, str]:
    return {
        "link": _("My referral link"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "terms": _("Terms"),
        "by_hand": _("Press Ctrl+C to copy the selected text"),
        "words": _("Words to send along"),
        "copy_text": _("Copy the text"),
        "share_here": _("Share on this device"),
        "share_by": _("Share by"),
        "qr": _("QR code"),
        "disclosure": _("Please keep the [PR] line: Japanese law requires disclosing the reward."),
    }


def _qr(url: str) -> dict[str, Any]:
    """Return the code as one SVG path, so that a page with a strict policy needs to load no
    picture.
    """
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    made.add_data(url)
    rows = made.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return {"size": len(rows), "path": path}
