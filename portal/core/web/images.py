"""Sanitises uploaded images: decoded with limits, rotated upright, resized, stripped of camera
metadata.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence

MOST_PIXELS = 50_000_000
MOST_FRAMES = 300
SLENDER = 2.5  # longer than so many times its width, an image is a strip
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
    """Return a picture in its own format, at most `longest` pixels either way (a strip: its short
    side), with nothing left of its metadata.

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
    upright = in_srgb(ImageOps.exif_transpose(frame))
    size = fitting_size(upright.width, upright.height, longest)
    if size != upright.size:
        upright = upright.resize(size, Image.Resampling.LANCZOS)
    upright.info = {}
    return upright


def fitting_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return the size an image is kept in. Of a long strip, such as a screenshot of a whole page,
    the short side counts: its words stay readable.
    """
    short, long = sorted((width, height))
    if long <= SLENDER * short:
        scale = min(1.0, longest / long)
    else:
        area = 4 * longest * longest
        scale = min(1.0, longest / short, 8 * longest / long, (area / (width * height)) ** 0.5)
    return max(1, round(width * scale)), max(1, round(height * scale))


def in_srgb(frame: Image.Image) -> Image.Image:
    """Return an image as browsers show it without a profile: eight bits, sRGB, RGB(A) or grey."""
    profile, has_alpha = frame.info.get("icc_profile"), "transparency" in frame.info
    if frame.mode.startswith("I") or frame.mode == "F":
        # Sixteen bits of grey; a plain conversion cuts everything above 255 off to white.
        frame = frame.convert("I").point(lambda value: value * (1 / 257)).convert("L")
        has_alpha = False
    if frame.mode in ("P", "PA", "LA", "La", "RGBa") or has_alpha:
        frame = frame.convert("RGBA")
    elif frame.mode not in ("RGB", "RGBA", "L", "CMYK"):
        frame = frame.convert("RGB")
    if profile:
        frame = _without_profile(frame, profile)
    return frame.convert("RGB") if frame.mode == "CMYK" else frame


def _without_profile(frame: Image.Image, profile: bytes) -> Image.Image:
    """A profile that cannot be read, or is for another kind of image, says nothing."""
    wanted = "RGB" if frame.mode in ("CMYK", "L") else frame.mode
    try:
        made = ImageCms.profileToProfile(
            frame, ImageCms.ImageCmsProfile(BytesIO(profile)), _srgb(), outputMode=wanted
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return frame
    return made or frame


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _how(kind: str, frames: list[Image.Image], waits: list[int]) -> dict[str, Any]:
    if kind == "JPEG":
        frames[0] = frames[0].convert("RGB")
        return {"quality": 88, "optimize": True, "progressive": True}
    if len(frames) > 1:
        return {"save_all": True, "append_images": frames[1:], "duration": waits, "loop": 0}
    return {"optimize": True} if kind == "PNG" else {"quality": 88} if kind == "WEBP" else {}
