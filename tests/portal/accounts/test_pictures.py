"""A person's picture: drawn anew, shown, changed, taken away, erased; and what only says it is a picture."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from portal.accounts.models import User
from portal.accounts.services import erase_user
from tests import people

pytestmark = pytest.mark.django_db

PROFILE = {"display_name": "秋山 秋", "language": "ja", "time_zone": "Asia/Tokyo", "theme": "dark"}


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo(kind: str = "JPEG", size: tuple[int, int] = (800, 600)) -> SimpleUploadedFile:
    """A picture that says where it was taken."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "GPS 35.68 139.76 canary"
    Image.new("RGB", size, "teal").save(file, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return SimpleUploadedFile("../../etc/passwd.svg", file.getvalue(), content_type="text/html")


def sent(browser: Client, **more: Any) -> Any:
    return browser.post("/settings/profile/", PROFILE | more)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_drawn_anew_and_shown(
    kind: str, aki: User, as_: Any, own_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    browser = as_(aki)
    assert sent(browser, picture=photo(kind)).status_code == 302
    aki.refresh_from_db()
    assert aki.avatar.url in browser.get("/settings/profile/").content.decode()
    answer = Client().get(aki.avatar.url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    content = answer.getvalue()
    assert b"canary" not in content
    assert Image.open(io.BytesIO(content)).size == (256, 256)
    first = aki.avatar.url
    with django_capture_on_commit_callbacks(execute=True):
        assert sent(browser, picture=photo(kind)).status_code == 302
    assert Client().get(first).status_code == 404
    assert len(list(own_folder.rglob("*.webp"))) == 1


def test_it_is_taken_away_and_erased(
    aki: User, as_: Any, own_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    browser = as_(aki)
    sent(browser, picture=photo())
    with django_capture_on_commit_callbacks(execute=True):
        sent(browser, remove_picture="on")
    aki.refresh_from_db()
    assert not aki.avatar
    assert not list(own_folder.rglob("*.webp"))
    sent(browser, picture=photo())
    aki.refresh_from_db()
    erase_user(user=aki, now=people.NOW)
    assert not list(own_folder.rglob("*.webp"))


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"<?php ?>", b"", b"GIF89a",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"BM" + b"\0" * 60, b"%PDF-1.7", b"x" * (5 * 1024 * 1024 + 1),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_words(content: bytes, aki: User, as_: Any) -> None:
    answer = sent(as_(aki), picture=SimpleUploadedFile("a.png", content, content_type="image/png"))
    assert answer.status_code == 422
    assert "picture" in answer.context["form"].errors
    aki.refresh_from_db()
    assert not aki.avatar


def test_a_small_file_that_unfolds_into_too_much_is_refused(aki: User, as_: Any) -> None:
    assert sent(as_(aki), picture=photo("PNG", (9_000, 9_000))).status_code == 422


@pytest.mark.parametrize("name", ["../secret-key", "0" * 31, "0" * 32])
def test_no_other_file_is_served(name: str, db: Any) -> None:
    assert Client().get(f"/media/avatars/{name}.webp").status_code == 404
