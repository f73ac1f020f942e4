"""Topics and articles the community's tests talk about, made through the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from community import services
from community.models import Article, Post, Space, Topic
from portal.accounts.models import User
from tests.people import NOW


def a_space(**fields: Any) -> Space:
    fields = {"slug": "billing", "name_ja": "請求", "name_en": "Billing"} | fields
    return services.create_space(**fields)


def a_question(author: User, *, now: datetime = NOW, title: str = "請求書をまとめて承認したい", **fields: Any) -> Topic:
    given: dict[str, Any] = {"space": None, "body": "月末に**50件**ほど届きます。", "tags": ["請求書", "承認"]} | fields
    given["space"] = given["space"] or a_space()
    return services.post_topic(kind="question", author=author, title=title, now=now, **given)


def a_discussion(
    author: User, *, now: datetime = NOW, title: str = "月次締めの工夫を教えてください", **fields: Any
) -> Topic:
    given: dict[str, Any] = {"space": a_space(), "body": "うちでは3営業日かかっています。"} | fields
    return services.post_topic(kind="discussion", author=author, title=title, now=now, **given)


def an_answer(topic: Topic, author: User, *, now: datetime = NOW, body: str = "一覧で選んで一括承認できます。") -> Post:
    return services.post_answer(topic=topic, author=author, body=body, now=now)


def an_article(editor: User, *, now: datetime = NOW, published: bool = True, **fields: Any) -> Article:
    given: dict[str, Any] = {"title": "SSO の証明書を更新する", "slug": "renew-sso-certificate", "space": a_space(), "tags": ["SSO"],
              "body": "## 準備\n\n管理者で入ります。\n\n## 手順\n\n1. 証明書を上げる\n2. 試す"} | fields  # fmt: skip
    article = services.save_article(editor=editor, now=now, **given)
    if published:
        services.publish_article(article=article, editor=editor, now=now)
    article.refresh_from_db()
    return article
