"""Articles: sato writes and publishes one, aki says whether it helped."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from community import services
from community.models import Article, ArticleVote
from tests.community.things import a_question, a_space, an_answer, an_article
from tests.pages import squeezed
from tests.people import NOW


def test_an_article_from_an_answer_to_a_reader(as_: Any, aki: Any, mio: Any, sato: Any) -> None:
    topic = a_question(aki)
    services.accept_answer(post=an_answer(topic, mio), actor=aki, now=NOW)
    page = as_(sato).get(reverse("community:new_article"), {"topic": topic.pk}).content.decode()
    assert "一覧で選んで一括承認できます。" in page
    sent = {
        "title": topic.title,
        "slug": "approve-many",
        "body": "## 手順\n\n選んで押します。",
        "space": topic.space_id,
        "tags": "請求書",
        "visibility": "public",
        "publish": "1",
    }
    as_(sato).post(f"{reverse('community:new_article')}?topic={topic.pk}", sent)
    page = as_(aki).get("/articles/approve-many/").content.decode()
    assert '<a href="#s-手順">手順</a>' in squeezed(page)
    assert topic.get_absolute_url() in page
    as_(aki).post("/articles/approve-many/judge/", {"helpful": "no", "why": "画面の写真がない"})
    assert ArticleVote.objects.get().why == "画面の写真がない"
    assert "approve-many" in as_().get("/articles/").content.decode()


def test_a_text_in_two_languages_is_listed_once(as_: Any, sato: Any, aki: Any) -> None:
    original = an_article(sato)
    english = {
        "body": "Sign in as an administrator and upload the new certificate.",
        "tags": ["SSO"],
    }
    an_article(
        sato, slug="renew-en", title="Renew the SSO certificate", translation_of=original, **english
    )
    an_article(sato, slug="only-en", title="Only in English", **english)
    for address in ("/articles/", "/"):
        listed = as_(aki).get(address).content.decode()
        assert "/articles/renew-sso-certificate/" in listed
        assert "/articles/renew-en/" not in listed
        assert "/articles/only-en/" in listed
        listed = as_().get(address, headers={"accept-language": "en"}).content.decode()
        assert "/articles/renew-sso-certificate/" not in listed
        assert "/articles/renew-en/" in listed


def test_a_draft_is_for_the_team(as_: Any, sato: Any, aki: Any) -> None:
    an_article(sato, published=False)
    assert as_(aki).get("/articles/renew-sso-certificate/").status_code == 404
    assert as_(sato).get("/articles/renew-sso-certificate/").status_code == 200
    assert "renew-sso-certificate" in as_(sato).get("/articles/?tab=drafts").content.decode()
    assert "renew-sso-certificate" not in as_(aki).get("/articles/?tab=drafts").content.decode()


def test_a_taken_address_is_said_beside_the_field(as_: Any, sato: Any) -> None:
    an_article(sato)
    sent = {
        "title": "別の記事",
        "slug": "renew-sso-certificate",
        "body": "本文",
        "space": a_space().pk,
        "visibility": "public",
    }
    response = as_(sato).post(reverse("community:new_article"), sent)
    assert response.status_code == 422
    assert Article.objects.count() == 1


def test_versions_and_the_way_back(as_: Any, sato: Any) -> None:
    article = an_article(sato)
    sent = {
        "title": article.title,
        "body": "書き直しました。",
        "space": article.space_id,
        "visibility": "public",
        "note": "短く",
    }
    as_(sato).post(f"/articles/{article.slug}/edit/", sent)
    page = as_(sato).get(f"/articles/{article.slug}/revisions/").content.decode()
    assert "+ 書き直しました。" in page
    as_(sato).post(f"/articles/{article.slug}/revisions/1/restore/")
    as_(sato).post(f"/articles/{article.slug}/publish/")
    article.refresh_from_db()
    assert article.published_number == 3


def test_a_translation_says_when_the_original_is_newer(as_: Any, sato: Any, daniel: Any) -> None:
    article = an_article(sato)
    sent = {
        "title": "Renew the SSO certificate",
        "slug": "renew-en",
        "body": "Upload, then test.",
        "space": article.space_id,
        "visibility": "public",
        "publish": "1",
    }
    as_(sato).post(f"{reverse('community:new_article')}?of={article.slug}", sent)
    page = as_(daniel).get("/articles/renew-en/").content.decode()
    assert "日本語で読む" in page
    assert "note yama" not in page
    services.save_article(
        article=article, editor=sato, title=article.title, body="変わりました。", now=NOW
    )
    services.publish_article(article=article, editor=sato, now=NOW)
    assert "note yama" in as_(daniel).get("/articles/renew-en/").content.decode()


def test_enter_in_the_text_field_says_what_was_missing(as_: Any, aki: Any, sato: Any) -> None:
    article = an_article(sato)
    page = LexborHTMLParser(as_(aki).get(article.get_absolute_url()).content.decode())
    form = page.css_first("#useful form")
    first = form.css("button")[0]
    assert (first.attributes["name"], first.attributes["value"]) == ("helpful", "no")
    action = str(form.attributes["action"])
    as_(aki).post(action, {first.attributes["name"]: "no", "why": "図がない"})
    vote = ArticleVote.objects.get()
    assert (vote.is_helpful, vote.why) == (False, "図がない")
