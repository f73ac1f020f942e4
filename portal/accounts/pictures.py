"""Pictures of people: whatever was sent is drawn anew, small and square, so that nothing else comes along with it."""

from __future__ import annotations

import io
import warnings
from typing import IO

from django.core.files.base import ContentFile

SIDE = 256
LARGEST_FILE = 5 * 1024 * 1024
LARGEST_PICTURE = 40_000_000  # pixels: a small file may unfold into gigabytes
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class NotAPicture(ValueError):
    """It cannot be read as one of the formats, or unfolds into too much."""


def drawn_anew(file: IO[bytes]) -> ContentFile[bytes]:
    """Return the picture as a square WebP without anything but its pixels (no place, no camera). Raises NotAPicture."""
    from PIL import Image, ImageOps  # loaded when first needed: most processes never draw

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as sent:
                if sent.width * sent.height > LARGEST_PICTURE:
                    raise NotAPicture
                sent.draft("RGB", (SIDE * 2, SIDE * 2))  # a large photograph is read small at once
                upright = ImageOps.exif_transpose(sent).convert("RGBA")
        square = ImageOps.fit(upright, (SIDE, SIDE))
        paper = Image.new("RGB", square.size, "white")
        paper.paste(square, mask=square.getchannel("A"))
        made = io.BytesIO()
        paper.save(made, "WEBP", quality=85)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise NotAPicture from problem
    return ContentFile(made.getvalue())
