"""The component page: every part in every state, in both themes and both languages side by side. Staff only, sample words only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from re import findall
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from portal.accounts.permissions import team_required
from portal.core import time

GROUPS = (
    ("actions", _("Actions")),
    ("words", _("Words, figures and marks")),
    ("people", _("People")),
    ("fields", _("Fields")),
    ("lists", _("Lists and tables")),
    ("states", _("States")),
    ("tracking", _("Progress of something")),
    ("talk", _("Conversation")),
    ("charts", _("Charts")),
)
PANES = (("ja", "light"), ("ja", "dark"), ("en", "light"), ("en", "dark"))
ICONS = tuple(findall(r'<symbol id="([a-z0-9-]+)"', (settings.BASE_DIR / "portal/static/icons.svg").read_text()))


@dataclass(frozen=True)
class SamplePerson:
    """Looks enough like a User for the tags."""

    pk: int
    display_name: str
    public_id: str = "00000000-0000-7000-8000-000000000000"
    avatar: None = None


class SampleForm(forms.Form):
    """One field of each kind; the second of them is wrong."""

    title = forms.CharField(help_text="")
    email = forms.EmailField()
    space = forms.ChoiceField(choices=())
    body = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    reason = forms.ChoiceField(choices=(), widget=forms.RadioSelect)
    agree = forms.BooleanField()
    locked = forms.CharField(disabled=True)
    picture = forms.FileField(required=False)


WORDS: dict[str, dict[str, Any]] = {
    "ja": {
        "ask": "質問する", "share": "紹介リンクを使う", "cancel": "やめる", "remove": "削除する", "save": "保存する", "sending": "送信しています",
        "all": "すべて", "open": "未解決", "mine": "自分の質問", "helpful": "役に立った", "follow": "フォロー",
        "title": "月次締めのあとに仕訳を直す、いちばん安全な手順は？", "title2": "Webhook の再送間隔を自分で決められますか",
        "people": ("秋", "木村", "Daniel", "澪", "佐藤", "Mori"), "company": "アクメ精機", "role": "サポートチーム", "tag": "会計", "answers": "回答", "new": "新着 2",
        "steps": ("ご紹介", "同意", "面談", "商談", "契約", "特典"), "due": "11/27まで",
        "states": (("ai", "面談調整中"), ("matsu", "契約"), ("yama", "保留中"), ("akane", "未連絡"), ("", "下書き"), ("kaki", "いま動いています")),
        "body": "**「締め処理」**のあとでも、`修正仕訳` として登録すれば元の記録は残ります。\n\n1. 期間を開く\n2. 赤黒で直す\n3. 期間を閉じる",
        "empty": "まだ質問がありません", "empty_why": "最初の質問を書くと、同じ製品を使う人たちに届きます。",
        "nothing": "条件に合う質問がありません", "nothing_why": "条件を減らすと見つかるかもしれません。", "clear": "条件をはずす",
        "failed": "読み込めませんでした", "failed_why": "こちらの不具合です。しばらくしてからもう一度お試しください。", "retry": "もう一度試す",
        "note": "この質問は社内のメンバーだけに表示されます。", "saved": "お知らせを既読にしました", "lost": "接続できません。書いた内容は残っています。",
        "import": "3,339行中1,240行を取り込みました", "importing": "取り込み 2/5 メンバー",
        "labels": ("題名", "メールアドレス", "スペース", "本文", "通報の理由", "規約に同意します", "会社", "写真"), "choices": ("会計", "連携・API"),
        "reasons": ("広告・宣伝", "失礼な言葉"), "help": "20文字くらいで、困っていることを書いてください。",
        "kpi": ("紹介からの契約", "2", "社", "紹介経由の12か月継続 94%", "n=17, 73–99%"), "tiles": (("人が開いた", 128), ("登録", 9), ("契約", 3)),
        "axes": ("獲得", "関係", "価値"), "momentum": "はずみ", "change": "先月 +4.2",
        "funnel": ("ご紹介", "開いた", "登録", "有望", "面談", "契約", "特典"), "finding": "いま詰まっているのは「面談」", "period": "2026年8月–11月のご紹介 · 件",
        "line": "はずみは3週続けて上がっています", "weeks": "週ごと · 日本時間", "before": "前の期間", "helpers": "上位5人が受理された回答の41%",
        "months": ("8月", "9月", "10月", "11月"), "facts": (("担当", "営業 佐藤"), ("次の連絡", "11月27日まで"), ("更新日", "2027年3月31日")),
        "accepted": "ベストアンサー", "del": "手順を確認してください。", "ins": "手順を確認し、先に期間を開いてください。", "cohort": "参加した月", "active": "月のあいだに1回以上書いた会社の割合",
    },
    "en": {
        "ask": "Ask a question", "share": "Use my referral link", "cancel": "Cancel", "remove": "Delete", "save": "Save", "sending": "Sending",
        "all": "All", "open": "Unanswered", "mine": "My questions", "helpful": "Helpful", "follow": "Follow",
        "title": "What is the safest way to correct a journal entry after the monthly close?", "title2": "Can we set the retry interval of webhooks?",
        "people": ("Aki", "Kimura", "Daniel", "Mio", "Sato", "Mori"), "company": "Acme Precision", "role": "Support team", "tag": "Accounting", "answers": "answers", "new": "2 new",
        "steps": ("Introduced", "Consent", "Meeting", "Negotiation", "Contract", "Reward"), "due": "by 27 Nov",
        "states": (("ai", "Arranging a meeting"), ("matsu", "Won"), ("yama", "On hold"), ("akane", "Not contacted"), ("", "Draft"), ("kaki", "Moving now")),
        "body": "Post a **correcting entry**: the original record stays, and `audit` shows both.\n\n1. Open the period\n2. Reverse and repost\n3. Close it again",
        "empty": "No questions yet", "empty_why": "Your first question reaches everybody who uses the same product.",
        "nothing": "No question matches", "nothing_why": "Fewer conditions may find one.", "clear": "Clear the conditions",
        "failed": "This could not be loaded", "failed_why": "The fault is on our side. Please try again in a moment.", "retry": "Try again",
        "note": "Only members of your company see this question.", "saved": "Notifications marked as read", "lost": "No connection. What you wrote is kept.",
        "import": "1,240 of 3,339 rows imported", "importing": "Import 2/5 Members",
        "labels": ("Title", "E-mail address", "Space", "Text", "Reason", "I agree to the terms", "Company", "Picture"), "choices": ("Accounting", "Integrations"),
        "reasons": ("Advertising", "Rude words"), "help": "Say what you are stuck on, in about ten words.",
        "kpi": ("Contracts from referrals", "2", "", "12-month retention of referred customers 94%", "n=17, 73–99%"), "tiles": (("People opened", 128), ("Signed up", 9), ("Won", 3)),
        "axes": ("Acquisition", "Engagement", "Value"), "momentum": "Momentum", "change": "+4.2 since October",
        "funnel": ("Introduced", "Opened", "Signed up", "Qualified", "Meeting", "Won", "Rewarded"), "finding": "The meeting is where it sticks", "period": "Introductions of August to November 2026",
        "line": "Momentum has risen three weeks in a row", "weeks": "By week, Japan time", "before": "Period before", "helpers": "Five people wrote 41% of the accepted answers",
        "months": ("Aug", "Sep", "Oct", "Nov"), "facts": (("Owner", "Sato, Sales"), ("Next contact", "by 27 November"), ("Renewal", "31 March 2027")),
        "accepted": "Accepted answer", "del": "Please check the procedure.", "ins": "Check the procedure, and open the period first.", "cohort": "Joined in", "active": "Companies that wrote at least once in the month",
    },
}  # fmt: skip


def _form(words: dict[str, Any], prefix: str) -> SampleForm:
    form = SampleForm(
        {f"{prefix}-email": "aki@", f"{prefix}-title": words["title"], f"{prefix}-locked": words["company"]},
        prefix=prefix,
    )
    for name, label in zip(form.fields, words["labels"], strict=True):
        form.fields[name].label = label
    form.fields["title"].help_text = words["help"]
    for name, choices in (("space", words["choices"]), ("reason", words["reasons"])):
        form.fields[name].choices = list(enumerate(choices))  # type: ignore[attr-defined]
    return form


def _charts(words: dict[str, Any]) -> dict[str, Any]:
    counts = (64, 51, 32, 21, 9, 6, 4)
    funnel = [
        {
            "label": label,
            "count": count,
            "of_first": f"{100 * count // counts[0]}%",
            "of_previous": f"{100 * count // counts[max(0, order - 1)]}%",
            "median_days": order * 3,
            "open_now": order % 3,
        }
        for order, (label, count) in enumerate(zip(words["funnel"], counts, strict=True))
    ]
    now = (31.2, 30.1, 32.4, 33.0, 31.9, 33.1, 35.2, 37.5)
    return {
        "axes": [
            {"label": label, "value": value, "weak": value == 48}
            for label, value in zip(words["axes"], (62, 81, 48), strict=True)
        ],
        "funnel": funnel,
        "series": [
            {"label": words["momentum"], "values": list(now), "tone": 1},
            {"label": words["before"], "values": [value - 4 for value in now], "tone": 2, "style": "before"},
        ],
        "weeks": ["9/28", "10/5", "10/12", "10/19", "10/26", "11/2", "11/9", "11/16"],
        "bars": [{"label": name, "value": 9 - order} for order, name in enumerate(words["people"])],
        "heat": [
            (month, 12 + order, [92, 71, 64, 58][: 4 - order] + [None] * order)
            for order, month in enumerate(words["months"])
        ],
    }


def _pane(language: str, theme: str) -> dict[str, Any]:
    words = WORDS[language]
    now = time.now()
    states = ("done", "done", "now", "", "", "")
    return {
        "language": language,
        "theme": theme,
        "key": f"{language}-{theme}",
        "s": words,
        "people": [SamplePerson(pk=order, display_name=name) for order, name in enumerate(words["people"])],
        "form": _form(words, f"{language}-{theme}"),
        "steps": [
            {"label": label, "state": state, "note": words["due"] if state == "now" else ("11/12" if state else "")}
            for label, state in zip(words["steps"], states, strict=True)
        ],
        "tabs": [
            {"url": "#lists", "label": words["all"], "current": True},
            {"url": "#lists", "label": words["open"], "count": 8},
            {"url": "#lists", "label": words["mine"]},
        ],
        "moments": [
            now - timedelta(minutes=3),
            now - timedelta(hours=5),
            now - timedelta(days=2),
            now - timedelta(days=90),
        ],
        **_charts(words),
    }


@team_required
@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """Show the parts the pages are built from."""
    panes = [_pane(language, theme) for language, theme in PANES]
    return render(request, "design/design.html", {"groups": GROUPS, "panes": panes, "icons": ICONS})
