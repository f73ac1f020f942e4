"""Topics and articles for the community's tests, created through the services."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from community import services
from community.models import Article, Post, Space, Story, Topic
from community.rules.story_metrics import Measured
from portal.accounts.models import User
from tests.people import NOW


def a_space(**fields: Any) -> Space:
    fields = {"slug": "billing", "name_ja": "請求", "name_en": "Billing"} | fields
    return services.create_space(**fields)


def a_question(
    author: User, *, now: datetime = NOW, title: str = "請求書をまとめて承認したい", **fields: Any
) -> Topic:
    given: dict[str, Any] = {
        "space": None,
        "body": "月末に**50件**ほど届きます。",
        "tags": ["請求書", "承認"],
    } | fields
    given["space"] = given["space"] or a_space()
    return services.post_topic(kind="question", author=author, title=title, now=now, **given)


def a_discussion(
    author: User,
    *,
    now: datetime = NOW,
    title: str = "月次締めの工夫を教えてください",
    **fields: Any,
) -> Topic:
    given: dict[str, Any] = {"space": a_space(), "body": "うちでは3営業日かかっています。"} | fields
    return services.post_topic(kind="discussion", author=author, title=title, now=now, **given)


def an_answer(
    topic: Topic, author: User, *, now: datetime = NOW, body: str = "一覧で選んで一括承認できます。"
) -> Post:
    return services.post_answer(topic=topic, author=author, body=body, now=now)


def an_article(
    editor: User, *, now: datetime = NOW, published: bool = True, **fields: Any
) -> Article:
    given: dict[str, Any] = {
        "title": "SSO の証明書を更新する",
        "slug": "renew-sso-certificate",
        "space": a_space(),
        "tags": ["SSO"],
        "body": "## 準備\n\n管理者で入ります。\n\n## 手順\n\n1. 証明書を上げる\n2. 試す",
    } | fields
    article = services.save_article(editor=editor, now=now, **given)
    if published:
        services.publish_article(article=article, editor=editor, now=now)
    article.refresh_from_db()
    return article


def a_story(
    author: User,
    *,
    now: datetime = NOW,
    title: str = "稟議にかかる日数が6日から1日に",
    **fields: Any,
) -> Story:
    given: dict[str, Any] = {
        "space": a_space(),
        "problem": "社内便で回していました。",
        "action": "**承認の段階**を減らしました。",
        "outcome": "**電話**がなくなりました。",
        "results": [Measured("承認の日数", Decimal(6), Decimal(1), "日")],
    } | fields
    return services.save_story(author=author, title=title, now=now, **given)


def a_submitted_story(
    author: User,
    *,
    now: datetime = NOW,
    audience: str = "public",
    naming: str = "company",
    **fields: Any,
) -> Story:
    story = a_story(author, now=now, **fields)
    services.submit_story(story=story, author=author, audience=audience, naming=naming, now=now)
    story.refresh_from_db()
    return story


def a_published_story(author: User, editor: User, *, now: datetime = NOW, **fields: Any) -> Story:
    return services.publish_story(
        story=a_submitted_story(author, now=now, **fields), editor=editor, now=now
    )
