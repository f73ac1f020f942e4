"""Texts of the demo's customer updates: they fit the signal's subject, in the customer's
language.
"""

from __future__ import annotations

from typing import Final

# (what the title speaks of, Japanese, English), the first that fits
ANSWERS: Final[tuple[tuple[tuple[str, ...], str, str], ...]] = (
    (
        ("SSO", "証明書", "ログイン", "二段階", "OneLogin", "sign in", "Sign-in", "certificate"),
        "ログインの手順を見直し、証明書の期限が近づくと管理者の画面でお知らせするようにしました。",
        (
            "We now warn administrators before a certificate runs out, and the guide shows how to "
            "switch without an outage."
        ),
    ),
    (
        ("請求", "領収", "見積", "適格", "外貨", "invoice", "Invoice"),
        "請求書の設定画面に説明を加え、締め日を変えたときの反映日を表示するようにしました。",
        "The invoice settings now say from which day a change counts.",
    ),
    (
        ("API", "Webhook", "Salesforce", "Power BI", "429"),
        "連携の上限と再送の間隔をドキュメントに載せました。設定画面からも確かめられます。",
        "Limits and retry times are in the documentation now, and visible on the integration page.",
    ),
    (
        ("CSV", "仕訳", "会計", "月次", "zeros"),
        "CSVの列の並びと先頭のゼロの扱いを直した版を本日公開しました。",
        "Today's release keeps the order of the columns and the leading zeros.",
    ),
    (
        (
            "承認",
            "ワークフロー",
            "フロー",
            "代理",
            "申請",
            "approv",
            "Delegat",
            "request",
            "travel",
        ),
        "承認フローの設定例をナレッジ記事にまとめました。組織変更のときの手順も載せています。",
        (
            "We wrote an article with worked examples of approval flows, including what to do when "
            "an organization changes."
        ),
    ),
    (
        ("スマートフォン", "モバイル", "画面", "mobile", "phone"),
        "スマートフォンで画面が白くなる不具合を直しました。アプリを一度閉じて開き直してください。",
        "The blank screen on phones is mended; please close the app once and open it again.",
    ),
)
OTHER: Final = (
    "ご意見をもとにヘルプの説明を書き直しました。わかりにくい点があれば、またお知らせください。",
    "We rewrote the help page after your question. Please tell us if anything is still unclear.",
)
# What a signal of another rule is about: no question, so nothing was mended.
BY_RULE: Final[dict[str, tuple[str, str]]] = {
    "R03": (
        (
            "初めてのご投稿、ありがとうございます。ご質問にはお客さま同士でも、"
            "私たちからもお答えします。"
        ),
        "Thank you for your first post. Other customers and our team are here to help.",
    ),
    "R04": (
        (
            "貴社からの初めてのご投稿、ありがとうございます。"
            "導入を担当した者からもご案内を差し上げます。"
        ),
        (
            "Thank you for your company's first post. The colleague who set you up will be in "
            "touch as well."
        ),
    ),
    "R05": (
        "お変わりありませんか。以前ご相談いただいた設定の新しい手順を、記事にしてお届けします。",
        "How have you been? The settings you once asked about have a new guide; here it is.",
    ),
    "R14": (
        "ご紹介をありがとうございます。営業の担当者が本日ご連絡を差し上げました。",
        "Thank you for the introduction. Our sales colleague wrote to them today.",
    ),
    "R16": (
        "ご紹介いただいた会社とのご契約が決まりました。特典は保留期間のあとに確定します。",
        "The company you introduced has signed. Your reward becomes final after the hold.",
    ),
}


def said(rule: str, title: str, language: str) -> str:
    """Return the text of the customer update for a signal of this rule with this title."""
    english = language == "en"
    if rule in BY_RULE:
        return BY_RULE[rule][english]
    for words, ja, en in ANSWERS:
        if any(word in title for word in words):
            return en if english else ja
    return OTHER[english]
