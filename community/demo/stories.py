"""Success stories of the demo: four published, one waiting for staff, one draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from community import services
from community.models import Space, Story
from community.rules.story_metrics import Measured
from portal.accounts.models import User
from portal.dev.demo_registry import DemoWorld

Figure = tuple[str, str, str, str]


@dataclass(frozen=True)
class Told:
    """A story's author and content; `ends` is its final state: published, submitted or draft. Days
    count back from today.
    """

    who: str  # a named person, or the domain of their company
    space: str
    days: int
    title: str
    problem: str
    action: str
    outcome: str
    figures: tuple[Figure, ...]
    ends: str = "published"
    audience: str = "public"
    naming: str = "company"
    replies: tuple[tuple[str, str], ...] = ()


STORIES = (
    Told(
        "mio",
        "workflow",
        74,
        "紙の稟議をやめて、承認にかかる日数が6日から1日になりました",
        "拠点が5つあり、稟議書を社内便で回していました。**課長の出張と重なると1週間**止まり、現場は口頭の了解で進めて、"
        "あとから書類を合わせていました。",
        "最初の月は、物流センターの備品購入だけに絞りました。全社で一度に始めなかったのがよかったと思います。\n\n"
        "1. 承認の段階を5つから3つに減らす（ここが一番もめました）\n2. スマートフォンでの承認を課長全員と一緒に一度やってみる\n"
        "3. 2週間は紙も残し、どちらが早いかを壁に貼り出す",
        "承認は平均1日で終わり、「今どこで止まっていますか」という電話がなくなりました。現場から「早く全部こちらにしてほしい」と"
        "言われたのが、何よりうれしかったです。",
        (("承認にかかる日数", "6", "1", "日"), ("月の問い合わせの電話", "85", "12", "件")),
        replies=(
            (
                "ren",
                "段階を減らすときの、もめたところを詳しく伺いたいです。うちも今そこで止まっています。",
            ),
            (
                "mio",
                "「承認ではなく共有でよい人」を一覧から外しました。通知は届くので、実際に困った人はいませんでした。",
            ),
        ),
    ),
    Told(
        "daniel",
        "accounting",
        51,
        "Month-end closing went from nine days to four",
        "Two of us closed the books for three entities. Every month we waited for receipts, retyped them, and found the "
        "same mismatches **after** the report had gone out.",
        "We moved the expense deadline to the 25th, wrote 40 matching rules for the suppliers that repeat, and let the "
        "rest arrive as questions to the person who spent the money. The first month was slower. We nearly gave up in week three.",
        "We now close on day four, and the last two audits had no finding on expenses. My colleague took her first "
        "holiday in a month-end week.",
        (("Days to close", "9", "4", "days"), ("Entries typed by hand", "1,150", "240", "a month")),
        replies=(
            ("harbour", "Which suppliers did you begin with? We have hundreds."),
            ("daniel", "The twenty with the most invoices. They were 70 % of the typing."),
        ),
    ),
    Told(
        "wakaba-clinic",
        "mobile",
        33,
        "夜勤明けの申請を、更衣室で3分で終わらせています",
        "看護師の交通費と時間外の申請が月末に集中し、事務が2人がかりで3日残業していました。申請する側も、休みの日に紙を書いていました。",
        "スマートフォンの申請画面を、1つの病棟の12名だけで試しました。撮った領収書から日付と金額が入るので、手で打つのは行き先だけです。"
        "使い方は、説明会ではなく**更衣室の貼り紙1枚**にしました。",
        "締め日の残業がほぼなくなり、申請の遅れも減りました。紙のほうがよいという方が2名いて、今もその方々は紙で受け取っています。",
        (("締め日の残業", "46", "5", "時間/月"), ("期限後の申請", "31", "8", "件/月")),
        naming="industry",
    ),
    Told(
        "kyushu-plant",
        "integration",
        19,
        "基幹システムとの二重入力をやめ、請求の差し戻しが月40件から3件に",
        "受注は基幹システム、請求はこちらと、同じ取引先と金額を二度打っていました。1文字違いで差し戻しになり、営業が謝りに行くこともありました。",
        "情報システムは1名です。API の連携は、まず**読むだけ**から始めました。取引先の名寄せに2週間、そのあと夜間の自動連携に切り替えました。"
        "コミュニティで教わった再試行の間隔がそのまま使えました。",
        "差し戻しは月3件になりました。残りは取引先側の変更によるものです。浮いた時間で、次は発注の連携に取りかかっています。",
        (
            ("請求の差し戻し", "40", "3", "件/月"),
            ("入力にかかる時間", "52", "9", "時間/月"),
            ("連携した取引先", "0", "318", "社"),
        ),
        replies=(
            (
                "eastriver",
                "読むだけから始める、というのがよいですね。名寄せは何を手がかりにしましたか。",
            ),
        ),
    ),
    Told(
        "sapporo-reiki",
        "billing",
        2,
        "請求書の電子化で、郵送の月末がなくなりました",
        "月末の2日間は、4名で請求書を印刷し、三つ折りにして封をしていました。雪で集配が遅れると、支払いも遅れました。",
        "取引先180社に「電子でよいか」を一枚の案内で尋ねました。7割がすぐ切り替えてくださり、残りは郵送代行に任せています。",
        "月末の2日間がまるごと空きました。入金も平均で4日早くなっています。",
        (("郵送する請求書", "180", "52", "通/月"), ("入金までの日数", "38", "34", "日")),
        ends="submitted",
    ),
    Told(
        "aki",
        "workflow",
        4,
        "現場の改善提案が、月に2件から20件になりました",
        "改善提案の用紙が事務所にしかなく、思いついたときには帰りの時間でした。",
        "申請の型を1つ作り、現場のタブレットから3行で出せるようにしました。返事は必ず1週間以内、と決めています。",
        "（数字を先週分まで足してから出します）",
        (("改善提案", "2", "20", "件/月"),),
        ends="draft",
    ),
)


def create(world: DemoWorld) -> None:
    """Write the customers' stories through the services; marketing and the community team publish
    them.
    """
    editors = [world.made["staff"][key] for key in ("ueda", "mori") if key in world.made["staff"]]
    for number, told in enumerate(STORIES):
        author, space = _person(world, told.who), Space.objects.filter(slug=told.space).first()
        if author is None or space is None or not editors:
            continue
        _tell(world, told, author, space, editors[number % len(editors)])


def _person(world: DemoWorld, who: str) -> User | None:
    people: dict[str, User] = world.made["people"]
    if who in people:
        return people[who]
    early = [person for key, person in people.items() if key.startswith(f"{who}-")]
    return next(
        (person for person in early if person.date_joined < world.start),
        early[0] if early else None,
    )


def _tell(world: DemoWorld, told: Told, author: User, space: Space, editor: User) -> None:
    begun = max(
        world.end - timedelta(days=told.days, hours=5), author.date_joined + timedelta(hours=1)
    )
    story = services.save_story(
        author=author,
        title=told.title,
        problem=told.problem,
        action=told.action,
        outcome=told.outcome,
        space=space,
        results=[
            Measured(what, Decimal(before.replace(",", "")), Decimal(after.replace(",", "")), unit)
            for what, before, after, unit in told.figures
        ],
        now=begun,
        is_sample=True,
    )
    if told.ends == "draft":
        return
    at = begun + timedelta(minutes=50)
    services.submit_story(
        story=story, author=author, audience=told.audience, naming=told.naming, now=at
    )
    if told.ends == "published":
        at = min(at + timedelta(hours=26), world.end - timedelta(hours=3))
        shown = services.publish_story(story=story, editor=editor, now=at)
        _talk(world, told, shown)


def _talk(world: DemoWorld, told: Told, story: Story) -> None:
    """Others ask how, and some mark it as helpful."""
    topic = story.topic
    assert topic is not None
    for number, (who, text) in enumerate(told.replies, start=1):
        person = _person(world, who)
        when = story.published_at and story.published_at + timedelta(hours=7 * number)
        if person is not None and when is not None and when < world.end:
            services.post_answer(topic=topic, author=person, body=text, now=when)
    readers = [
        person for person in world.made["people"].values() if person.language == topic.language
    ]
    for person in world.dice.sample(readers, min(len(readers), 5)):
        post = topic.posts.select_related("topic").get(number=1)
        if person.pk != story.author_id and person.date_joined < world.start:
            services.react(post=post, user=person, kind="up", now=world.end - timedelta(hours=2))
