"""Texts for the generated data set: paragraphs in Japanese and English, rendered once and
recombined.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from portal.core.text import markdown

JA_WHO = (
    "経理チーム",
    "情報システム部",
    "営業事務",
    "現場の担当者",
    "弊社の管理者",
    "新任のメンバー",
    "海外拠点",
    "購買部門",
    "代理店の方",
    "監査の担当",
    "工場の班長",
    "人事の担当者",
)
JA_WHAT = (
    "承認フロー",
    "通知の設定",
    "権限の割り当て",
    "月次レポート",
    "取引先マスタ",
    "データの連携",
    "証明書の更新",
    "検索の条件",
    "ダッシュボード",
    "CSV の取り込み",
    "API の利用枠",
    "シングルサインオン",
    "添付ファイル",
    "監査ログ",
    "テンプレート",
)
JA_DID = (
    "を見直したところ、作業時間が半分になりました",
    "がうまく動かず、毎回手作業で直しています",
    "について、よい運用があれば知りたいです",
    "を一度に変更できると助かります",
    "は管理画面の設定から切り替えられます",
    "の手順をまとめて、社内に共有しました",
    "で同じ警告が繰り返し表示されます",
    "を試験環境で確かめてから本番に入れました",
    "が締め日の前後だけ遅くなります",
    "を担当者ごとに分けて、責任がはっきりしました",
)
JA_THEN = (
    "まず小さな範囲で試すことをおすすめします。",
    "詳しい画面の名前を教えていただけますか。",
    "同じ状況の方がいれば、ぜひ経験を聞かせてください。",
    "弊社では週に一度、十五分だけ確認の時間を取っています。",
    "設定を戻しても結果は変わりませんでした。",
    "これで翌月から問い合わせがなくなりました。",
    "手元の記録では三か月前から続いています。",
    "サポートに確認した内容もあとで追記します。",
)
EN_WHO = (
    "our finance team",
    "the administrators",
    "a new colleague",
    "the sales desk",
    "our auditors",
    "the plant managers",
    "one of our partners",
    "the support crew",
    "two of our offices",
    "the purchasing group",
)
EN_WHAT = (
    "the approval flow",
    "notification rules",
    "role assignments",
    "the monthly report",
    "the vendor list",
    "the data sync",
    "certificate renewal",
    "saved searches",
    "the dashboard",
    "CSV uploads",
    "the API quota",
    "single sign-on",
    "attachments",
    "the audit log",
)
EN_DID = (
    "changed and it now takes half the time",
    "keeps failing so we repair it by hand",
    "could use a better routine",
    "should be editable in bulk",
    "can be switched in the settings page",
    "is documented for everybody in the company",
    "shows the same warning again and again",
    "was tried in the sandbox before going live",
    "gets slow around the closing date",
)
EN_THEN = (
    "I would start with a small group.",
    "Which screen do you see it on?",
    "Has anybody else run into this?",
    "We look at it for fifteen minutes every week.",
    "Setting it back did not change the result.",
    "Since then there were no more questions about it.",
    "Our records show it began three months ago.",
)
JA_TITLES = (
    "{what}をまとめて変えたい",
    "{what}が{who}に表示されない",
    "{who}向けに{what}を整えるには",
    "{what}の運用を教えてください",
)
EN_TITLES = (
    "How do you change {what} in bulk",
    "{what} is not shown to {who}",
    "Setting up {what} for {who}",
)
JA_EXTRA = (
    (
        "**「{what}」**は次の順に確かめてください。\n\n1. 設定を開く\n2. 対象を選ぶ\n3. "
        "保存して結果を見る"
    ),
    "> {what}の画面に表示された文です\n\nこの文が出るのは{who}の権限だけでした。",
    "```\nstatus: retry\ntarget: {n}\nlimit: 30\n```",
    "- {what}\n- 権限の割り当て\n- `export-{n}` の設定",
)
EN_EXTRA = (
    (
        "Please check **{what}** in this order.\n\n1. open the settings\n2. choose the target\n3. "
        "save and look"
    ),
    "> a sentence shown in {what}\n\nOnly {who} could see it.",
    "```\nstatus: retry\ntarget: {n}\nlimit: 30\n```",
)
# Words whose frequency the search scenarios rely on.
FREQUENT = {"ja": "請求書", "en": "invoice"}
RARE = {"ja": "鳳凰木", "en": "zephyrium"}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a post: paragraphs of Markdown with their HTML and plain text.

    Blocks joined render joined.
    """

    markdown: str
    html: str
    text: str


@dataclass
class Texts:
    """Everything posts are made of, from one seeded RNG."""

    dice: random.Random
    plain: dict[str, list[Block]] = field(default_factory=dict)
    extra: dict[str, list[Block]] = field(default_factory=dict)
    frequent: dict[str, list[Block]] = field(default_factory=dict)
    rare: dict[str, list[Block]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for language in ("ja", "en"):
            self.plain[language] = [_block(self._paragraph(language)) for _ in range(600)]
            patterns = JA_EXTRA if language == "ja" else EN_EXTRA
            self.extra[language] = [
                _block(self._filled(self.dice.choice(patterns), language)) for _ in range(120)
            ]
            self.frequent[language] = [
                _block(self._with_word(language, FREQUENT[language])) for _ in range(150)
            ]
            self.rare[language] = [
                _block(self._with_word(language, RARE[language])) for _ in range(20)
            ]

    def title(self, language: str) -> str:
        pattern = self.dice.choice(JA_TITLES if language == "ja" else EN_TITLES)
        title = self._filled(pattern, language)
        return f"{title[:1].upper()}{title[1:]}"

    def body(self, language: str) -> list[Block]:
        """Return the blocks of one post: one to four paragraphs, at most one of them a list, a
        quote or code.
        """
        dice, roll = self.dice, self.dice.random()
        blocks = [dice.choice(self.plain[language]) for _ in range(1 + int(3 * dice.random()))]
        if dice.random() < 0.25:
            blocks.insert(1, dice.choice(self.extra[language]))
            blocks.append(dice.choice(self.plain[language]))  # two lists in a row would become one
        if roll < 0.166:
            blocks.append(dice.choice(self.frequent[language]))
        elif roll < 0.168:
            blocks.append(dice.choice(self.rare[language]))
        return blocks

    def _filled(self, pattern: str, language: str) -> str:
        who, what = (JA_WHO, JA_WHAT) if language == "ja" else (EN_WHO, EN_WHAT)
        return pattern.format(
            who=self.dice.choice(who), what=self.dice.choice(what), n=self.dice.randrange(10_000)
        )

    def _sentence(self, language: str) -> str:
        if language == "ja":
            who, what, did = (
                self.dice.choice(JA_WHO),
                self.dice.choice(JA_WHAT),
                self.dice.choice(JA_DID),
            )
            return f"{who}では、{what}{did}。"
        who, what, did = (
            self.dice.choice(EN_WHO),
            self.dice.choice(EN_WHAT),
            self.dice.choice(EN_DID),
        )
        return f"For {who}, {what} {did}. "

    def _paragraph(self, language: str) -> str:
        then = self.dice.choice(JA_THEN if language == "ja" else EN_THEN)
        return "".join(self._sentence(language) for _ in range(self.dice.randrange(1, 4))) + then

    def _with_word(self, language: str, word: str) -> str:
        if language == "ja":
            return f"{self._sentence(language)}{word}の扱いも合わせて確認しています。"
        return f"{self._sentence(language)}The {word} is part of it too."


def joined(blocks: list[Block]) -> Block:
    """Put blocks together as if their Markdown had been rendered as one text."""
    return Block(
        "\n\n".join(block.markdown for block in blocks),
        "\n".join(block.html for block in blocks),
        "\n".join(block.text for block in blocks),
    )


def _block(source: str) -> Block:
    rendered = markdown.render(source)
    return Block(source, rendered.html, rendered.text)
