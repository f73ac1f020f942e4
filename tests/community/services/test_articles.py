"""Articles: a saved revision is not shown, a published one is; reverting; one vote per reader."""

from __future__ import annotations

from typing import Any

import pytest

from community import services
from community.models import Article
from portal.events.models import Event
from tests.community.things import an_article
from tests.people import NOW


def test_what_is_saved_is_seen_after_publishing(sato: Any, aki: Any) -> None:
    article = an_article(sato, published=False)
    assert not Article.objects.visible_to(aki).exists()
    assert services.publish_article(article=article, editor=sato, now=NOW)
    assert not services.publish_article(article=article, editor=sato, now=NOW)
    article.refresh_from_db()
    assert [row["text"] for row in article.contents] == ["準備", "手順"]
    assert Event.objects.get(name="community.article.published").payload["is_first"] is True
    services.save_article(article=article, editor=sato, title="新しい題", body="新しい文", now=NOW)
    article.refresh_from_db()
    assert (article.title, article.has_unpublished_changes) == ("SSO の証明書を更新する", True)


def test_an_earlier_version_comes_back_as_a_new_one(sato: Any) -> None:
    article = an_article(sato)
    services.save_article(article=article, editor=sato, title="別", body="別の文", now=NOW)
    services.restore_revision(article=article, number=1, editor=sato, now=NOW)
    assert list(article.revisions.order_by("number").values_list("number", "title")) == [
        (1, "SSO の証明書を更新する"),
        (2, "別"),
        (3, "SSO の証明書を更新する"),
    ]


def test_an_address_is_taken_once(sato: Any) -> None:
    an_article(sato)
    with pytest.raises(services.articles.SlugTaken):
        an_article(sato)


def test_a_reader_has_one_voice(sato: Any, aki: Any) -> None:
    article = an_article(sato)
    services.judge_article(article=article, user=aki, is_helpful=True, now=NOW)
    services.judge_article(article=article, user=aki, is_helpful=False, why="画面が違う", now=NOW)
    services.judge_article(article=article, user=aki, is_helpful=False, why="画面が違う", now=NOW)
    article.refresh_from_db()
    assert (article.helpful_count, article.unhelpful_count) == (0, 1)


def test_archiving_takes_it_away(sato: Any, aki: Any) -> None:
    article = an_article(sato)
    assert services.archive_article(article=article, editor=sato, now=NOW)
    assert not services.archive_article(article=article, editor=sato, now=NOW)
    assert not Article.objects.visible_to(aki).exists()
