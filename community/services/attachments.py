"""Uploading images, recording which texts show them, and deleting those no text shows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from community.models import Article, Attachment, AttachmentUse, Draft, Post
from portal.accounts.models import User
from portal.core.web import images

LONGEST = 2_000  # pixels; a page shows about 760, on a dense screen twice that
MOST_BYTES = 10 * 1024 * 1024
KEPT_UNUSED = timedelta(days=7)
ADDRESS = re.compile(r"/files/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


class TooLarge(ValueError):
    """The file has more bytes than are taken."""


def take_attachment(
    *, uploader: User, file: Any, name: str, size: int, now: datetime
) -> Attachment:
    """Store an image for a text being written; `size` is in bytes.

    Raises TooLarge or NotAPicture.
    """
    if size > MOST_BYTES:
        raise TooLarge(name)
    picture = images.sanitise_image(file, longest=LONGEST)
    row = Attachment(
        uploader=uploader,
        name=PurePath(name).stem[:120],
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        size=len(picture.content),
        created_at=now,
    )
    ending = images.ENDINGS[picture.content_type]
    row.file.save(f"{row.public_id}.{ending}", ContentFile(picture.content), save=False)
    try:
        row.save()
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


def addresses_in(text: str) -> set[UUID]:
    """Return the ids of the pictures a Markdown text shows."""
    return {UUID(found) for found in ADDRESS.findall(text)} if "/files/" in text else set()


def note_uses(
    *, writer: User, text: str, post: Post | None = None, article: Article | None = None
) -> None:
    """Record which images a text shows, so that its readers may see them; for an article, those of
    any version.

    Only images the author may see: knowing an address grants nobody access. Runs inside the
    caller's transaction.
    """
    wanted = addresses_in(text)
    if wanted:
        rows = Attachment.objects.visible_to(writer).filter(public_id__in=wanted)
        AttachmentUse.objects.bulk_create(
            [AttachmentUse(attachment=row, post=post, article=article) for row in rows],
            ignore_conflicts=True,
        )


def forget_uses(*, post: Post, text: str) -> None:
    """A picture taken out of a post is out of its readers' sight."""
    AttachmentUse.objects.filter(post=post).exclude(
        attachment__public_id__in=addresses_in(text)
    ).delete()


def remove_unused(*, now: datetime, limit: int = 500) -> int:
    """Delete pictures a week old that no text shows and no draft names; return how many."""
    rows = (
        Attachment.objects.unused()
        .filter(created_at__lt=now - KEPT_UNUSED)
        .order_by("created_at")[:limit]
    )
    gone = [
        row for row in rows if row.uploader_id is None or not _is_in_a_draft(row.uploader_id, row)
    ]
    return remove_attachments(gone)


def _is_in_a_draft(writer_id: int, row: Attachment) -> bool:
    return Draft.objects.filter(user_id=writer_id, data__icontains=str(row.public_id)).exists()


def remove_attachments(rows: list[Attachment]) -> int:
    """Delete these that are still unused, their files after the commit."""
    with transaction.atomic():
        gone = list(
            Attachment.objects.unused()
            .select_for_update(of=("self",))
            .filter(pk__in=[row.pk for row in rows])
        )
        Attachment.objects.filter(pk__in=[row.pk for row in gone]).delete()
        for row in gone:
            transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
    return len(gone)
