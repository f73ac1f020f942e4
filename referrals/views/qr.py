"""A link as a QR code."""

from __future__ import annotations

import io

import qrcode
import qrcode.image.svg
from django.http import HttpRequest, HttpResponse

from referrals.models import ReferralLink
from referrals.text.share_texts import decorated


def answer_with_qr(request: HttpRequest, link: ReferralLink, kind: str) -> HttpResponse:
    """Answer with the QR code of a link, `kind` png or svg; `?download` names it as a file."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=12, border=4)
    made.add_data(decorated(link, "qr"))
    out = io.BytesIO()
    if kind == "svg":
        made.make_image(image_factory=qrcode.image.svg.SvgPathFillImage).save(out)
    else:
        made.make_image().save(out)
    response = HttpResponse(
        out.getvalue(), content_type="image/svg+xml" if kind == "svg" else "image/png"
    )
    response["Cache-Control"] = "private, max-age=300"
    if "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="hazumi-{link.code}.{kind}"'
    return response
