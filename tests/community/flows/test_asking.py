"""The main flow: aki asks, mio answers, aki accepts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from community import services
from community.models import Post, Topic
from portal.events.models import Event
from tests.community.things import a_question, a_space, an_answer
from tests.pages import squeezed
from tests.people import NOW

BODY = "証明書を更新したあと、**全員**がログインできません。"


def test_aki_asks_and_mio_answers_and_aki_accepts(as_: Any, aki: Any, mio: Any) -> None:
    space = a_space()
    asked = {
        "title": "SSO でログインできない",
        "body": BODY,
        "space": space.pk,
        "tags": "SSO、証明書",
        "visibility": "public",
    }
    response = as_(aki).post(
        reverse("community:ask"), asked | {"form_key": str(uuid4())}, follow=True
    )
    topic = Topic.objects.get()
    assert response.redirect_chain == [(f"/questions/{topic.pk}/", 302)]
    page = as_(mio).get(topic.get_absolute_url())
    assert "<strong>全員</strong>" in page.content.decode()
    response = as_(mio).post(
        f"/questions/{topic.pk}/answers/", {"body": "メタデータを読み直してください。"}
    )
    assert response["Location"] == f"/questions/{topic.pk}/#p2"
    post = Post.objects.get(number=2)
    assert "解決した回答はありますか" in as_(aki).get(topic.get_absolute_url()).content.decode()
    as_(aki).post(reverse("community:accept", args=[post.pk]))
    page = as_(mio).get(topic.get_absolute_url()).content.decode()
    assert 'class="post accepted" id="p2"' in squeezed(page)
    assert 'href="#p2"' in page


def test_the_same_form_sent_twice_posts_once(as_: Any, aki: Any, mio: Any) -> None:
    space, key, browser = a_space(), str(uuid4()), as_(aki)
    asked = {
        "title": "二度押し",
        "body": BODY,
        "space": space.pk,
        "visibility": "public",
        "form_key": key,
    }
    first, second = (browser.post(reverse("community:ask"), asked) for _ in range(2))
    assert first["Location"] == second["Location"]
    topic, sent = Topic.objects.get(), {"body": "答え", "form_key": str(uuid4())}
    for _ in range(2):
        assert as_(mio).post(f"/questions/{topic.pk}/answers/", sent)["Location"].endswith("#p2")
    assert Event.objects.filter(name__startswith="community.").count() == 2


def test_a_refused_question_keeps_every_value(as_: Any, aki: Any) -> None:
    space = a_space()
    response = as_(aki).post(
        reverse("community:ask"),
        {"title": "短", "body": BODY, "space": space.pk, "tags": "SSO", "visibility": "members"},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert all(
        piece in page for piece in ('value="短"', BODY, 'value="SSO"', 'aria-invalid="true"')
    )


def test_a_refused_answer_keeps_its_place(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    response = as_(mio).post(f"/questions/{topic.pk}/answers/", {"body": "  "})
    assert response.status_code == 422
    assert "何か書いてください" in response.content.decode()


def test_nobody_posts_for_a_company_without_being_in_one(as_: Any, aki: Any) -> None:
    aki.memberships.all().delete()
    space = a_space()
    sent = {"title": "自社だけに", "body": BODY, "space": space.pk, "visibility": "organization"}
    assert as_(aki).post(reverse("community:ask"), sent).status_code == 422


def test_nobody_posts_into_a_space_they_cannot_see(as_: Any, aki: Any) -> None:
    a_space()
    inside = a_space(slug="inside", visibility="staff")
    sent = {"title": "社内の話", "body": BODY, "space": inside.pk, "visibility": "public"}
    assert as_(aki).post(reverse("community:ask"), sent).status_code == 422


def test_similar_questions_appear_while_the_title_is_typed(
    as_: Any, aki: Any, mio: Any, ren: Any
) -> None:
    hers = a_question(aki, title="SSO の証明書を更新するとログインできない")
    secret = a_question(aki, title="SSO の証明書の期限", visibility="organization")
    a_question(aki, title="請求書の締め日を変えたい")
    page = as_(mio).get(reverse("community:similar"), {"title": "証明書の更新"}).content.decode()
    assert hers.get_absolute_url() in page
    assert secret.get_absolute_url() not in page
    assert "請求書" not in page


def test_a_comment_and_a_reaction(as_: Any, aki: Any, mio: Any) -> None:
    answer = an_answer(a_question(aki), mio)
    as_(aki).post(
        f"/questions/{answer.topic_id}/answers/", {"body": "助かりました", "parent": answer.pk}
    )
    assert Post.objects.get(kind="comment").parent_id == answer.pk
    url = reverse("community:react", args=[answer.pk, "up"])
    for _ in range(2):
        page = as_(aki).post(url, {"on": "1"}, headers={"hx-request": "true"}).content.decode()
    assert 'aria-pressed="true"' in page
    assert ">1</span>" in page
    assert as_(mio).post(url, {"on": "1"}).status_code == 403


@pytest.mark.parametrize("kind", ["question", "discussion"])
def test_the_written_address_is_the_router_s(aki: Any, kind: str) -> None:

    topic = services.post_topic(
        kind=kind, author=aki, space=a_space(), title="題", body="本文", now=NOW
    )
    assert topic.get_absolute_url() == reverse(f"community:{kind}", args=[topic.pk])
    assert topic.list_url == reverse(f"community:{kind}s")


def test_editing_shows_what_changed(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    post = topic.posts.get()
    assert as_(aki).get(reverse("community:edit", args=[post.pk])).status_code == 200
    as_(aki).post(
        reverse("community:edit", args=[post.pk]),
        {"title": topic.title, "body": "月末に80件届きます。", "tags": "請求書", "reason": "件数"},
    )
    assert as_(mio).get(reverse("community:history", args=[post.pk])).status_code == 403
    page = as_(aki).get(reverse("community:history", args=[post.pk])).content.decode()
    assert "+ 月末に80件届きます。" in page
    assert "件数" in page
    assert as_(mio).get(reverse("community:edit", args=[post.pk])).status_code == 403


def test_deleting_offers_to_take_it_back(as_: Any, aki: Any, mio: Any) -> None:
    answer = an_answer(a_question(aki), mio)
    page = (
        as_(mio).post(reverse("community:delete", args=[answer.pk]), follow=True).content.decode()
    )
    assert reverse("community:restore", args=[answer.pk]) in page
    assert as_(aki).get(reverse("community:post", args=[answer.pk])).status_code == 410
    assert as_(aki).post(reverse("community:restore", args=[answer.pk])).status_code == 403
    as_(mio).post(reverse("community:restore", args=[answer.pk]))
    assert as_(aki).get(reverse("community:post", args=[answer.pk]))["Location"].endswith("#p2")


def test_a_deleted_question_is_gone_with_words(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki)
    as_(aki).post(reverse("community:delete", args=[topic.posts.get().pk]))
    response = as_(mio).get(topic.get_absolute_url())
    assert response.status_code == 410
    assert "削除" in response.content.decode()


def test_the_language_of_a_foreign_piece_is_marked(as_: Any, aki: Any, daniel: Any) -> None:
    topic = a_question(
        daniel, title="How do we renew the certificate?", body="It expires on Friday.", tags=[]
    )
    assert 'lang="en"' in as_(aki).get(topic.get_absolute_url()).content.decode()
    assert 'lang="en"' in as_(aki).get("/questions/").content.decode()


def test_a_public_question_describes_itself_to_search_engines(as_: Any, aki: Any, mio: Any) -> None:
    topic = a_question(aki, title="</script><b>題</b>")
    page = as_().get(topic.get_absolute_url()).content.decode()
    assert '"@type": "QAPage"' in page
    assert "</script><b>" not in page
    hidden = a_question(aki, visibility="members")
    assert "QAPage" not in as_(mio).get(hidden.get_absolute_url()).content.decode()
    sitemap = as_().get("/sitemap.xml").content.decode()
    assert topic.get_absolute_url() in sitemap
    assert hidden.get_absolute_url() not in sitemap
