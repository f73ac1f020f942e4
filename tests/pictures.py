"""Test images as cameras and people make them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def a_picture(
    kind: str = "PNG", size: tuple[int, int] = (400, 300), *, turned: bool = False
) -> BytesIO:
    """A file in memory; `turned` as a phone held upright writes it, with a note of where it was
    taken.
    """
    image, file = Image.new("RGB", size, "orange"), BytesIO()
    notes = Image.Exif()
    if turned:
        notes[0x0112], notes[0x010F] = 6, "Camera of aki"
    image.save(file, kind, exif=notes)
    file.seek(0)
    file.name = f"me.{kind.lower()}"
    return file
