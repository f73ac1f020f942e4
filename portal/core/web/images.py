"""Sanitises uploaded images: decoded with limits, rotated upright, resized, stripped of camera
metadata.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, ImageSequence

MOST_PIXELS = 50_000_000
MOST_FRAMES = 300
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


class InvalidImage(ValueError):
    """The file is no picture of a kind we read, or has more pixels or frames than we open."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept. Width and height are in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int


def open_image(file: Any) -> Image.Image:
    """Open a picture whose size is bearable; its pixels are not read yet. Raises NotAPicture."""
    try:
        picture = Image.open(file, formats=tuple(KINDS))
        frames = int(getattr(picture, "n_frames", 1))
    except (OSError, ValueError, SyntaxError, *BOMBS) as error:
        raise InvalidImage from error
    if picture.width * picture.height * frames > MOST_PIXELS or frames > MOST_FRAMES:
        raise InvalidImage
    return picture


def sanitise_image(file: Any, *, longest: int) -> Picture:
    """Return a picture in its own format, at most `longest` pixels either way, with nothing left of
    its metadata.

    A photograph says where it was taken; what people mean to show is only what can be seen. Raises
    NotAPicture.
    """
    picture = open_image(file)
    kind = str(picture.format)
    picture.draft(
        None, (longest, longest)
    )  # a photograph of 50 million pixels is decoded in the size it is needed in
    try:
        frames, waits = list[Image.Image](), list[int]()
        for frame in ImageSequence.Iterator(picture):
            frames.append(_fitted(frame, longest))
            waits.append(frame.info.get("duration", 0))
        made = BytesIO()
        frames[0].save(made, kind, **_how(kind, frames, waits))
    except (OSError, ValueError, SyntaxError, EOFError, *BOMBS) as error:
        raise InvalidImage from error
    return Picture(made.getvalue(), KINDS[kind], *frames[0].size)


def _fitted(frame: Image.Image, longest: int) -> Image.Image:
    upright = ImageOps.exif_transpose(frame)
    if upright.mode not in ("RGB", "RGBA", "L"):
        upright = upright.convert("RGBA" if upright.mode in ("P", "PA", "LA", "RGBa") else "RGB")
    upright.thumbnail((longest, longest))
    upright.info = {}
    return upright


def _how(kind: str, frames: list[Image.Image], waits: list[int]) -> dict[str, Any]:
    if kind == "JPEG":
        frames[0] = frames[0].convert("RGB")
        return {"quality": 88, "optimize": True, "progressive": True}
    if len(frames) > 1:
        return {"save_all": True, "append_images": frames[1:], "duration": waits, "loop": 0}
    return {"optimize": True} if kind == "PNG" else {"quality": 88} if kind == "WEBP" else {}
