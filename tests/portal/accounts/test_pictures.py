"""A user's picture: small, square, without camera metadata; what is not an image is refused."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.accounts.models import User
from portal.accounts.services import erase_user
from tests.people import NOW
from tests.pictures import a_picture


def sent(browser: Any, file: Any) -> Any:
    return browser.post("/settings/picture/", {"picture": file}, follow=True)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_shown_small_and_without_notes(as_: Any, aki: User, kind: str) -> None:
    page = sent(as_(aki), a_picture(kind, turned=kind == "JPEG"))
    aki.refresh_from_db()
    assert aki.avatar.url in page.content.decode()
    answer = as_().get(aki.avatar.url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    picture = Image.open(BytesIO(answer.content))
    assert picture.size == (256, 256)
    assert not picture.getexif()


def test_a_new_picture_replaces_the_old_file_and_can_be_taken_away(
    as_: Any, aki: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sent(as_(aki), a_picture())
    first = User.objects.get(pk=aki.pk).avatar.name
    with django_capture_on_commit_callbacks(execute=True):
        sent(as_(aki), a_picture())
    second = User.objects.get(pk=aki.pk).avatar.name
    assert first != second
    assert not default_storage.exists(first)
    with django_capture_on_commit_callbacks(execute=True):
        as_(aki).post("/settings/picture/", {"remove": "1"})
    assert not User.objects.get(pk=aki.pk).avatar
    assert not default_storage.exists(second)


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("me.png", b"<svg onload=alert(1)>", content_type="image/png"),
        SimpleUploadedFile("me.png", b"\x89PNG\r\n\x1a\nbroken", content_type="image/png"),
        SimpleUploadedFile(
            "me.png", a_picture(size=(9000, 9000)).getvalue(), content_type="image/png"
        ),
        SimpleUploadedFile("big.png", b"x" * 5_000_001, content_type="image/png"),
        "",
    ],
    ids=["svg", "broken", "too many pixels", "too large", "none"],
)
def test_what_is_not_an_image_is_refused(as_: Any, aki: User, file: Any) -> None:
    answer = as_(aki).post("/settings/picture/", {"picture": file})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert not User.objects.get(pk=aki.pk).avatar


def test_the_file_goes_with_its_person(as_: Any, aki: User) -> None:
    sent(as_(aki), a_picture())
    aki.refresh_from_db()
    name = aki.avatar.name
    erase_user(user=aki, now=NOW)
    assert not default_storage.exists(name)
    assert as_().get(f"/{name}").status_code == 404
