"""Images keep their look: sixteen bits, CMYK, palettes, orientation, profiles, strips, motion."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from portal.core.web.images import Picture, fitting_size, sanitise_image


def taken(image: Image.Image, kind: str, **how: Any) -> tuple[Picture, Image.Image]:
    file = BytesIO()
    image.save(file, kind, **how)
    file.seek(0)
    picture = sanitise_image(file, longest=2_000)
    return picture, Image.open(BytesIO(picture.content))


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((1200, 9000), (1200, 9000)),
        ((9000, 1200), (9000, 1200)),
        ((3000, 9000), (2000, 6000)),
        ((4000, 3000), (2000, 1500)),
        ((800, 600), (800, 600)),
        ((2000, 20_000), (1265, 12649)),
        ((100, 40_000), (40, 16_000)),
        ((1, 50_000), (1, 16_000)),
    ],
)
def test_a_strip_stays_readable(size: tuple[int, int], kept: tuple[int, int]) -> None:
    assert fitting_size(*size, 2_000) == kept


def test_a_tall_screenshot_keeps_its_pixels() -> None:
    picture, _ = taken(Image.new("L", (1200, 9000), 200), "PNG")
    assert (picture.width, picture.height) == (1200, 9000)


def test_sixteen_bits_of_grey_keep_their_tone() -> None:
    image = Image.new("I;16", (3, 1))
    for place, value in enumerate((0, 32_896, 65_535)):
        image.putpixel((place, 0), value)
    _, made = taken(image, "PNG")
    assert [made.convert("L").getpixel((place, 0)) for place in range(3)] == [0, 128, 255]


def _png(width: int, height: int, bits: int, kind: int, row: bytes) -> BytesIO:
    """A PNG of equal rows, made by hand: Pillow writes no sixteen bits of colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    body = zlib.compress((b"\0" + row) * height)
    return BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "row", "colour"),
    [
        (2, b"\x40\x00\x80\x00\xc0\x00", (64, 128, 192, 255)),
        (6, b"\x40\x00\x80\x00\xc0\x00\x80\x00", (64, 128, 192, 128)),
        (4, b"\x80\x00\xff\xff", (128, 128, 128, 255)),
        (0, b"\x80\x00", (128, 128, 128, 255)),
    ],
)
def test_sixteen_bits_of_colour(kind: int, row: bytes, colour: tuple[int, ...]) -> None:
    picture = sanitise_image(_png(1, 1, 16, kind, row), longest=2_000)
    made = Image.open(BytesIO(picture.content)).convert("RGBA").getpixel((0, 0))
    assert isinstance(made, tuple)
    assert all(abs(one - other) <= 1 for one, other in zip(made, colour, strict=True))


def test_cmyk_becomes_rgb() -> None:
    _, made = taken(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG")
    red, green, blue = made.convert("RGB").getpixel((4, 4))
    assert made.mode == "RGB"
    assert red > 200
    assert max(green, blue) < 60


def test_a_palette_keeps_what_is_transparent() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    _, made = taken(image, "PNG", transparency=0)
    clear = made.convert("RGBA")
    assert clear.getchannel("A").getpixel((0, 0)) == 0
    assert clear.getpixel((1, 0)) == (0, 0, 255, 255)


def test_one_transparent_colour_stays_transparent() -> None:
    image = Image.new("RGB", (2, 1), (255, 255, 255))
    image.putpixel((1, 0), (1, 2, 3))
    _, made = taken(image, "PNG", transparency=(255, 255, 255))
    assert made.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0
    assert made.convert("RGBA").getpixel((1, 0)) == (1, 2, 3, 255)


def test_a_turned_photograph_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture, made = taken(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif)
    assert (picture.width, picture.height) == (20, 40)
    assert not made.getexif()


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_motion_stays(kind: str) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "lime", "blue")]
    _, made = taken(frames[0], kind, save_all=True, append_images=frames[1:], duration=120)
    assert getattr(made, "n_frames", 1) == 3
    made.seek(1)
    red, green, blue = made.convert("RGB").getpixel((5, 5))
    assert green > 200
    assert max(red, blue) < 60


def test_a_profile_is_applied_before_it_is_dropped() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    image = Image.new("RGB", (4, 4), (255, 128, 0))
    same, made = taken(image, "PNG", icc_profile=lab.tobytes())
    assert made.getpixel((0, 0)) == (255, 128, 0)
    assert "icc_profile" not in made.info
    assert same.content_type == "image/png"


def test_a_wide_gamut_changes_the_numbers() -> None:
    wide = _wide_profile()
    _, made = taken(Image.new("RGB", (4, 4), (100, 200, 100)), "PNG", icc_profile=wide)
    red, green, _blue = made.getpixel((0, 0))
    assert red < 90
    assert green > 200
    assert "icc_profile" not in made.info


def test_a_broken_profile_says_nothing() -> None:
    _, made = taken(Image.new("RGB", (4, 4), (9, 8, 7)), "PNG", icc_profile=b"no profile")
    assert made.getpixel((0, 0)) == (9, 8, 7)


def _wide_profile() -> bytes:
    """Display P3, D50-adapted, with the curve of 2.2: the smallest profile that says so."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + bytes(2)
    tags = [
        (b"wtpt", b"XYZ " + bytes(4) + fixed(0.9642, 1.0, 0.8249)),
        (b"rXYZ", b"XYZ " + bytes(4) + fixed(0.51512, 0.2412, -0.00105)),
        (b"gXYZ", b"XYZ " + bytes(4) + fixed(0.29198, 0.69225, 0.04189)),
        (b"bXYZ", b"XYZ " + bytes(4) + fixed(0.1571, 0.06657, 0.78407)),
        *((name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")),
        (b"desc", b"desc" + bytes(4) + struct.pack(">I", 3) + b"P3\0" + bytes(79)),
    ]
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags:
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content
    head = struct.pack(">I", start + len(data)) + b"lcms" + bytes([2, 0x40, 0, 0])
    head += b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + table + data
