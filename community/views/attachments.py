"""Images: uploading one while writing, and serving it to whoever may read a text that shows it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from community.models import Attachment
from community.services import attachments
from portal.accounts.permissions import MemberRequest, member_required, public
from portal.core import time
from portal.core.web.images import InvalidImage
from portal.core.web.ratelimit import limited

KEPT_SECONDS = 600  # a browser checks again after ten minutes whether its user may still see it


@member_required
@require_POST
@limited("community.attachment", limit=60, seconds=3600)
def attach(request: MemberRequest) -> HttpResponse:
    """Take a picture in; answers its address and size, or a sentence about what is wrong with
    it.
    """
    file = request.FILES.get("file")
    if file is None or file.size is None:
        return _refused(_("No file came along."), 400)
    try:
        row = attachments.take_attachment(
            uploader=request.user,
            file=file,
            name=file.name or "",
            size=file.size,
            now=time.now(),
        )
    except attachments.TooLarge:
        megabytes = attachments.MOST_BYTES // (1024 * 1024)
        return _refused(_("A picture may have %(n)s MB at most.") % {"n": megabytes}, 413)
    except InvalidImage:
        return _refused(_("This is not a picture we can show. PNG, JPEG, WebP and GIF are."), 415)
    return JsonResponse({"url": row.get_absolute_url(), "name": row.name}, status=201)


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"detail": sentence}, status=status)


@public
@require_GET
def attachment(
    request: HttpRequest, public_id: UUID, width: int = 0, height: int = 0
) -> HttpResponse:
    """Show a picture.

    Its size in the address is for the page around it; only the id counts here.
    """
    row = get_object_or_404(Attachment.objects.visible_to(request.user), public_id=public_id)
    tag = f'"{row.public_id.hex}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    try:
        with row.file.open("rb") as file:
            response = HttpResponse(file.read(), content_type=row.content_type)
    except FileNotFoundError:
        return render(request, "404.html", status=404)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
