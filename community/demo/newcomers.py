"""The end of the demo timeline: people of introduced companies join and post for the first time."""

from __future__ import annotations

from datetime import timedelta

from community import services
from community.models import Space
from portal.accounts.models import Organization
from portal.accounts.services import create_user
from portal.dev.demo_registry import DemoWorld

# (name, part of the address, title, text): what one asks in the first weeks.
FIRST_POSTS = (
    (
        "新谷 翼",
        "araya",
        "はじめまして。最初の承認フローは部署ごとに分けるべきでしょうか",
        "先月から使い始めました。総務と製造で承認者が違います。**最初から分けて**おくほうがよいか、後から分けられるか教えてください。",
    ),
    (
        "土井 奏",
        "doi",
        "導入初月に、現場へ何から伝えましたか",
        "紹介してくださった会社から便利だと聞いて導入しました。現場の30人に何から案内したか、経験を伺いたいです。",
    ),
    (
        "真壁 紬",
        "makabe",
        "勘定科目の初期設定をそのまま使って困ったことはありますか",
        "初期設定のまま1か月運用しています。後で直すと過去の仕訳に影響しますか。",
    ),
    (
        "Nora Lindqvist",
        "nora",
        "First month with approvals: what would you set up differently?",
        "We signed last month after a partner company recommended it. Which settings do you wish you had changed on day one?",
    ),
    (
        "瀬尾 結",
        "seo",
        "スマートフォンからの承認を全員に広げる順番",
        "まず管理職だけで試しています。全員へ広げるとき、つまずいた点があれば教えてください。",
    ),
)


def create(world: DemoWorld) -> None:
    """Let somebody of each introduced company that signed join a few days later, and ask a first question."""
    space = Space.objects.filter(slug="general").first()
    rows = Organization.objects.filter(
        is_sample=True, is_own=False, memberships=None, became_customer_at__gt=world.start
    ).order_by("became_customer_at", "pk")
    for number, company in enumerate(rows):
        domain = company.email_domains.first()
        signed = company.became_customer_at
        if space is None or domain is None or signed is None:
            continue
        name, address, title, body = FIRST_POSTS[number % len(FIRST_POSTS)]
        joined = signed + timedelta(days=2, hours=1)
        asked = joined + timedelta(days=1 + number % 3, hours=2)
        if asked >= world.end:
            continue
        person = create_user(
            email=f"{address}@{domain.domain}",
            display_name=name,
            organization=company,
            now=joined,
            is_sample=True,
            language="en" if name.isascii() else "ja",
        )
        services.post_topic(
            kind="question",
            author=person,
            space=space,
            title=title,
            body=body,
            now=asked,
            is_sample=True,
        )
