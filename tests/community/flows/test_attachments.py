"""Images in texts: who may upload and see them, and what happens to unused ones."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from community import services
from community.models import Attachment, Topic, Visibility
from community.services import attachments
from community.services.attachments import MOST_BYTES
from portal.accounts import privacy
from portal.accounts.services.people import erase_user
from portal.core.web import images
from tests.community.things import a_question, a_space, an_answer, an_article
from tests.people import NOW
from tests.pictures import a_picture

pytestmark = pytest.mark.django_db


def sent(client: Any, file: Any = None) -> str:
    answer = client.post("/files/", {"file": file or a_picture()})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["url"])


def shown_in_question(author: Any, url: str, **fields: Any) -> Topic:
    return a_question(author, body=f"画面はこうです。\n\n![承認の画面]({url})", **fields)


def test_a_picture_is_seen_by_whoever_may_read_the_text_with_it(
    as_: Any, aki: Any, ren: Any, mio: Any, mori: Any
) -> None:
    url = sent(as_(aki))
    assert as_(aki).get(url).status_code == 200
    assert [as_(who).get(url).status_code for who in (ren, mio, None)] == [404, 404, 404], (
        "in no text yet"
    )
    topic = shown_in_question(aki, url, visibility=Visibility.ORGANIZATION)
    assert [as_(who).get(url).status_code for who in (ren, mori, mio, None)] == [200, 200, 404, 404]
    Topic.objects.filter(pk=topic.pk).update(visibility=Visibility.PUBLIC, organization=None)
    picture = as_().get(url)
    assert picture.status_code == 200
    assert picture["Content-Type"] == "image/png"
    assert picture["Cache-Control"].startswith("private")
    assert "sandbox" in picture["Content-Security-Policy"]
    assert as_().get(url, headers={"if-none-match": picture["ETag"]}).status_code == 304


def test_the_page_keeps_its_place_and_opens_it_in_full(as_: Any, aki: Any) -> None:
    url = sent(as_(aki))
    topic = shown_in_question(aki, url)
    page = as_().get(topic.get_absolute_url()).content.decode()
    assert (
        f'<a href="{url}" rel="nofollow ugc noopener"><img src="{url}" alt="承認の画面" '
        'width="400" height="300"' in page
    )
    assert url.endswith("/400x300/")


def test_an_address_alone_opens_nothing(as_: Any, aki: Any, mio: Any) -> None:
    """mio cannot make aki's unsent picture public by writing its address."""
    url = sent(as_(aki))
    a_question(mio, body=f"![?]({url})")
    assert as_(mio).get(url).status_code == 404
    assert as_().get(url).status_code == 404


def test_what_is_taken_out_hidden_or_deleted_is_out_of_sight(as_: Any, aki: Any, mio: Any) -> None:
    first, second = sent(as_(mio)), sent(as_(mio))
    topic = a_question(aki)
    post = an_answer(topic, mio, body=f"![一]({first}) ![二]({second})")
    services.edit_post(post=post, editor=mio, body=f"![二]({second})", now=NOW)
    assert [as_().get(url).status_code for url in (first, second)] == [404, 200]
    post.refresh_from_db()
    services.delete_post(post=post, actor=mio, now=NOW)
    assert as_(aki).get(second).status_code == 404
    assert as_(mio).get(second).status_code == 200, "her own"
    services.restore_post(post=post, actor=mio, now=NOW)
    assert as_(aki).get(second).status_code == 200


def test_an_article_shows_its_pictures_once_it_is_published(as_: Any, sato: Any, aki: Any) -> None:
    url = sent(as_(sato))
    article = an_article(sato, body=f"![手順]({url})", published=False)
    assert as_(aki).get(url).status_code == 404
    services.publish_article(article=article, editor=sato, now=NOW)
    assert as_().get(url).status_code == 200


@pytest.mark.parametrize(
    ("file", "status", "words"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            415,
            "表示できる画像ではありません",
        ),
        (b"GIF89a<script>alert(1)</script>", 415, "表示できる画像ではありません"),
        (b"x" * (MOST_BYTES + 1), 413, "10 MB"),
        (None, 400, "ファイルがありません"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(
    as_: Any, aki: Any, file: bytes | None, status: int, words: str
) -> None:
    named = BytesIO(file or b"")
    named.name = "a.png"
    answer = as_(aki).post("/files/", {"file": named} if file is not None else {})
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert not Attachment.objects.exists()


def test_an_anonymous_visitor_uploads_nothing(as_: Any) -> None:
    assert as_().post("/files/", {"file": a_picture()}).status_code in (302, 403)
    assert not Attachment.objects.exists()


def test_nothing_of_the_camera_is_kept_and_the_picture_stands_upright(as_: Any, aki: Any) -> None:
    url = sent(as_(aki), a_picture("JPEG", (3000, 1500), turned=True))
    kept = Image.open(BytesIO(as_(aki).get(url).content))
    assert kept.size == (1000, 2000)
    assert not kept.getexif()
    assert b"Camera of aki" not in as_(aki).get(url).content


def test_a_moving_picture_moves_on_and_a_bomb_is_not_opened() -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=[100, 200, 300])
    file.seek(0)
    kept = Image.open(BytesIO(images.sanitise_image(file, longest=20).content))
    assert (getattr(kept, "n_frames", 1), kept.size) == (3, (20, 15))
    bomb = BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    bomb.seek(0)
    with pytest.raises(images.InvalidImage):
        images.sanitise_image(bomb, longest=2_000)


def test_pictures_no_text_shows_go_after_a_week_except_from_drafts(
    as_: Any, aki: Any, django_capture_on_commit_callbacks: Any
) -> None:
    unused, drafted, used = (sent(as_(aki)) for _ in range(3))
    services.save_draft(user=aki, key="topic:question", data={"body": f"![]({drafted})"}, now=NOW)
    shown_in_question(aki, used)
    Attachment.objects.update(created_at=NOW - timedelta(days=8))
    files = {
        row.get_absolute_url(): Path(settings.MEDIA_ROOT, row.file.name)
        for row in Attachment.objects.all()
    }
    assert all(path.exists() for path in files.values())
    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.remove_unused(now=NOW) == 1
    assert {url: path.exists() for url, path in files.items()} == {
        unused: False,
        drafted: True,
        used: True,
    }


def test_an_export_lists_images_and_erasing_keeps_only_those_others_read(
    as_: Any, aki: Any, mio: Any, django_capture_on_commit_callbacks: Any
) -> None:
    unused, used = sent(as_(aki)), sent(as_(aki))
    shown_in_question(aki, used)
    assert {row["url"] for row in privacy.export(aki)["pictures"]} == {unused, used}
    with django_capture_on_commit_callbacks(execute=True):
        erase_user(user=aki, actor=aki, now=NOW)
    (left,) = Attachment.objects.all()
    assert (left.get_absolute_url(), left.uploader, left.name) == (used, None, "")


def test_the_page_knows_the_limit_the_server_keeps(as_: Any, aki: Any) -> None:
    a_space()
    assert f'data-attach-limit="{MOST_BYTES}"' in as_(aki).get("/questions/ask/").content.decode()
