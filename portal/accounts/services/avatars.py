"""A user's picture: resized, square, stripped of camera metadata."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import ImageOps

from portal.accounts.models import User
from portal.core.db.ids import uuid7
from portal.core.web import images
from portal.core.web.images import InvalidImage

SIDE = 256  # pixels; the largest a page shows is 96, on a dense screen twice that


def square(file: BinaryIO) -> bytes:
    """Return the middle of a picture as WebP of 256 pixels, the right way up.

    Raises NotAPicture.
    """
    picture = images.open_image(file)
    try:
        upright = ImageOps.exif_transpose(picture)
        small = ImageOps.fit(images.in_srgb(upright).convert("RGBA"), (SIDE, SIDE))
    except (OSError, ValueError, SyntaxError, *images.BOMBS) as error:
        raise InvalidImage from error
    made = BytesIO()
    small.save(made, "WEBP", quality=85)
    return made.getvalue()


def set_picture(*, user: User, file: BinaryIO) -> None:
    """Show this picture of a person from now on. Raises NotAPicture."""
    content = square(file)
    _replace(user, f"{uuid7()}.webp", content)


def remove_picture(*, user: User) -> None:
    """Show the first letter of the name again."""
    _replace(user, "", b"")


@transaction.atomic
def _replace(user: User, name: str, content: bytes) -> None:
    row = User.objects.select_for_update().get(pk=user.pk)
    storage, earlier = row.avatar.storage, row.avatar.name
    row.avatar = ContentFile(content, name) if name else ""
    row.save(update_fields=["avatar"])
    user.avatar = row.avatar
    if earlier:
        transaction.on_commit(lambda: storage.delete(earlier))
