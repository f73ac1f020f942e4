"""The demo timeline: a plan of acts in order of time, carried out through the services."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from community import services
from community.demo import english, japanese, japanese_talks
from community.demo.scenarios import Guide, Scenario, Talk
from community.models import Article, Post, Space, Tag, Topic
from community.models import Story as SuccessStory
from community.permissions import can_read
from community.selectors import spaces
from portal.accounts.models import User
from portal.core.calendar.calendars import site_calendar
from portal.core.time import is_business_day
from portal.dev.demo_registry import DemoWorld

SPACES = (
    ("general", "全般", "General"),
    ("login", "ログイン・SSO", "Sign-in & SSO"),
    ("billing", "請求・支払", "Billing"),
    ("workflow", "承認・ワークフロー", "Approvals"),
    ("accounting", "会計", "Accounting"),
    ("integration", "連携・API", "Integrations & API"),
    ("mobile", "モバイル", "Mobile"),
)
QUESTIONS = 420


@dataclass
class Story:
    """The plan, and what has been made of it so far."""

    world: DemoWorld
    spaces: dict[str, Space]
    acts: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)

    @property
    def dice(self) -> random.Random:
        return self.world.dice

    def at(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        """Plan an act; what would happen after the end of the story never happens."""
        if self.world.start < moment < self.world.end:
            self.acts.append((moment, len(self.acts), act))

    def run(self) -> None:
        for moment, _order, act in sorted(self.acts, key=lambda row: row[:2]):
            act(moment)


def create(world: DemoWorld) -> None:
    """Make spaces, articles, four months of topics, what moderators saw. Fills made["topics"] and ["articles"]."""
    made = {
        slug: services.create_space(slug=slug, name_ja=ja, name_en=en, position=n)
        for n, (slug, ja, en) in enumerate(SPACES)
    }
    spaces.forget()
    story, cast = Story(world, made), Cast(world)
    world.made["topics"], world.made["articles"] = [], []
    _plan_questions(story, cast)
    for talk in (*japanese_talks.TALKS, *english.TALKS):
        _plan_talk(story, cast, talk, "ja" if talk in japanese_talks.TALKS else "en")
    for guide in japanese_talks.GUIDES:
        _plan_guide(story, cast, guide)
    _plan_aki(story, cast)
    story.run()
    _moderate(world)


class Cast:
    """Who asks and who answers: most people ask once or twice, a few help a lot."""

    def __init__(self, world: DemoWorld) -> None:
        self.world, dice = world, world.dice
        people: dict[str, User] = world.made["people"]
        self.staff: dict[str, User] = world.made["staff"]
        self.named = people
        self.everybody: dict[str, list[User]] = {
            code: [p for p in people.values() if p.language == code] for code in ("ja", "en")
        }
        early = {
            code: [p for p in group if p.date_joined < world.start]
            for code, group in self.everybody.items()
        }
        self.helpers: dict[str, list[User]] = {
            code: dice.sample(group, min(len(group), 26 if code == "ja" else 9))
            for code, group in early.items()
        }
        for key, code in (("mio", "ja"), ("ren", "ja"), ("daniel", "en")):
            if key in people:
                self.helpers[code] += [people[key]] * 5
        self.support: list[User] = [
            self.staff[key] for key in ("sato", "ono", "mori") if key in self.staff
        ] or list(self.staff.values())

    def asker(self, language: str, moment: datetime) -> User:
        found = [p for p in self.everybody[language] if p.date_joined < moment]
        return self.world.dice.choice(found)

    def answerer(self, language: str, moment: datetime, *others: User | None) -> User:
        """Somebody who was there and has not spoken yet: a helper, any customer, or support."""
        dice = self.world.dice
        for _ in range(20):
            roll = dice.random()
            group = (
                self.helpers[language]
                if roll < 0.62
                else self.support
                if roll < 0.84
                else self.everybody[language]
            )
            person = dice.choice(group)
            if person.date_joined < moment and person not in others:
                return person
        return dice.choice(self.support)


def some(dice: random.Random, people: list[User], count: int) -> list[User]:
    """Draw that many people, or all there are."""
    return dice.sample(people, min(count, len(people)))


def working_hour(dice: random.Random, moment: datetime) -> datetime:
    """Move a moment to office hours here; now and then somebody writes in the evening."""
    site = site_calendar()
    local = moment.astimezone(site.zone)
    while not is_business_day(local.date(), site) and dice.random() < 0.9:
        local += timedelta(days=1)
    hour = dice.choices(range(8, 23), (3, 9, 12, 11, 5, 9, 11, 10, 9, 7, 4, 2, 2, 2, 1))[0]
    return local.replace(hour=hour, minute=dice.randrange(60), second=dice.randrange(60))


def _plan_questions(story: Story, cast: Cast) -> None:
    dice, world = story.dice, story.world
    pool = [
        (scenario, title, value, code)
        for code, group in (("ja", japanese.SCENARIOS), ("en", english.SCENARIOS))
        for scenario in group
        for title in range(2)
        for value in scenario.values
    ]
    dice.shuffle(pool)
    span = world.end - world.start
    for scenario, title, value, code in pool[:QUESTIONS]:
        share = dice.random() ** 0.8  # a little more each month: the wheel takes up speed
        _plan_question(
            story,
            cast,
            scenario,
            title,
            value,
            code,
            working_hour(dice, world.start + span * share),
        )


def _plan_question(
    story: Story,
    cast: Cast,
    scenario: Scenario,
    variant: int,
    value: str,
    code: str,
    moment: datetime,
) -> None:
    dice, box = story.dice, {}  # type: random.Random, dict[str, Any]
    if not story.world.start < moment < story.world.end:
        return
    asker = cast.asker(code, moment)
    visibility = dice.choices(("public", "members", "organization"), (82, 13, 5))[0]

    def ask(now: datetime) -> None:
        box["topic"] = services.post_topic(
            kind="question",
            author=asker,
            space=story.spaces[scenario.space],
            now=now,
            tags=scenario.tags,
            title=scenario.titles[variant].replace("{x}", value),
            body=scenario.bodies[variant].replace("{x}", value),
            visibility=visibility,
            is_sample=True,
        )
        story.world.made["topics"].append(box["topic"])

    story.at(moment, ask)
    age = (story.world.end - moment) / timedelta(days=1)
    count = dice.choices((0, 1, 2, 3), (9, 34, 37, 20) if age > 3 else (48, 34, 14, 4))[0]
    order = list(scenario.answers)
    solving = variant if variant < 2 and len(order) > 1 and _fits_second(scenario) else 0
    order.insert(0, order.pop(solving))
    if dice.random() < 0.25:
        order = [*order[1:], order[0]]
    _plan_answers(
        story,
        cast,
        scenario,
        box,
        asker,
        code,
        moment,
        [text.replace("{x}", value) for text in order[:count]],
    )


def _fits_second(scenario: Scenario) -> bool:
    """Where there are two titles with a text each, the second answer is the one for the second title."""
    return len(scenario.bodies) == 2


def _plan_answers(
    story: Story,
    cast: Cast,
    scenario: Scenario,
    box: dict[str, Any],
    asker: User,
    code: str,
    moment: datetime,
    texts: list[str],
) -> None:
    dice, at, spoke = story.dice, moment, [asker]
    best = dice.randrange(len(texts)) if texts and dice.random() < 0.3 else 0
    for number, text in enumerate(texts):
        at = (
            at
            + timedelta(hours=dice.lognormvariate(1.3, 1.1))
            + timedelta(minutes=dice.randrange(3, 40))
        )
        person = cast.answerer(code, at, *spoke)
        spoke.append(person)
        story.at(at, _answering(box, number, person, text))
        for reader in some(dice, cast.everybody[code], dice.choice((0, 0, 1, 1, 2, 3))):
            if reader not in (person, asker) and reader.date_joined < at:
                story.at(
                    at + timedelta(hours=dice.uniform(1, 60)), _marking(box, number, reader, "up")
                )
        if number == 0 and scenario.back and dice.random() < 0.5:
            story.at(
                at + timedelta(minutes=dice.randrange(8, 200)),
                _commenting(box, number, asker, scenario.back),
            )
    if texts and dice.random() < 0.76:
        solved = at + timedelta(hours=dice.lognormvariate(1.6, 1.0))
        if scenario.then and dice.random() < 0.6:
            story.at(solved - timedelta(minutes=2), _commenting(box, best, asker, scenario.then))
        story.at(solved, _accepting(box, best, asker))
    for person in some(dice, cast.everybody[code], dice.choice((0, 0, 0, 1, 2))):
        if person is not asker and person.date_joined < moment:
            story.at(
                moment + timedelta(hours=dice.uniform(2, 90)), _marking(box, -1, person, "same")
            )


def _reachable(box: dict[str, Any], person: User) -> Topic | None:
    """The topic as it stands, if it was asked and this person may read it."""
    topic: Topic | None = box.get("topic")
    if topic is None:
        return None
    return topic if can_read(person, topic) else None


def _answering(
    box: dict[str, Any], number: int, person: User, text: str
) -> Callable[[datetime], None]:
    def act(now: datetime) -> None:
        topic = _reachable(box, person)
        if topic is not None:
            box[f"answer{number}"] = services.post_answer(
                topic=topic, author=person, body=text, now=now
            )

    return act


def _commenting(
    box: dict[str, Any], number: int, person: User, text: str
) -> Callable[[datetime], None]:
    def act(now: datetime) -> None:
        parent: Post | None = box.get(f"answer{number}")
        if parent is not None:
            services.post_comment(parent=parent, author=person, body=text, now=now)

    return act


def _marking(
    box: dict[str, Any], number: int, person: User, kind: str
) -> Callable[[datetime], None]:
    def act(now: datetime) -> None:
        topic = _reachable(box, person)
        post = (
            box.get(f"answer{number}")
            if number >= 0
            else topic and topic.posts.select_related("topic").get(number=1)
        )
        if topic is not None and post:
            services.react(post=post, user=person, kind=kind, now=now)

    return act


def _accepting(box: dict[str, Any], number: int, person: User) -> Callable[[datetime], None]:
    def act(now: datetime) -> None:
        post: Post | None = box.get(f"answer{number}")
        if post is not None:
            services.accept_answer(post=post, actor=person, now=now)

    return act


def _plan_talk(story: Story, cast: Cast, talk: Talk, code: str) -> None:
    dice, box = story.dice, {}  # type: random.Random, dict[str, Any]
    moment = working_hour(
        dice, story.world.start + (story.world.end - story.world.start) * dice.uniform(0.05, 0.95)
    )
    author = cast.asker(code, moment)

    def begin(now: datetime) -> None:
        box["topic"] = services.post_topic(
            kind="discussion",
            author=author,
            space=story.spaces[talk.space],
            now=now,
            tags=talk.tags,
            title=talk.title,
            body=talk.body,
            is_sample=True,
        )
        story.world.made["topics"].append(box["topic"])

    story.at(moment, begin)
    spoke = [author]
    for number, text in enumerate(talk.replies):
        moment += timedelta(hours=dice.lognormvariate(2.2, 0.9))
        person = cast.answerer(code, moment, *spoke)
        spoke.append(person)
        story.at(moment, _answering(box, number, person, text))
        for reader in some(dice, cast.everybody[code], dice.randrange(1, 5)):
            if reader is not person and reader.date_joined < moment:
                story.at(
                    moment + timedelta(hours=dice.uniform(1, 80)),
                    _marking(box, number, reader, "up"),
                )


def _plan_guide(story: Story, cast: Cast, guide: Guide) -> None:
    dice = story.dice
    editor = dice.choice(cast.support)
    moment = working_hour(
        dice, story.world.start + (story.world.end - story.world.start) * dice.uniform(0.05, 0.8)
    )

    def write(now: datetime) -> None:
        article = services.save_article(
            editor=editor,
            title=guide.title,
            body=guide.body,
            now=now,
            space=story.spaces[guide.space],
            slug=guide.slug,
            tags=guide.tags,
            note="初版",
            is_sample=True,
        )
        services.publish_article(article=article, editor=editor, now=now)
        article.refresh_from_db()
        story.world.made["articles"].append(article)
        if guide.english:
            other = services.save_article(
                editor=editor,
                title=guide.english[0],
                body=guide.english[1],
                now=now,
                space=story.spaces[guide.space],
                slug=f"{guide.slug}-en",
                tags=guide.tags,
                note="Translation",
                translation_of=article,
                is_sample=True,
            )
            services.publish_article(article=other, editor=editor, now=now)
        for reader in some(dice, cast.everybody["ja"], 9):
            helpful = dice.random() < 0.85
            services.judge_article(
                article=article, user=reader, is_helpful=helpful, now=now + timedelta(days=1)
            )

    story.at(moment, write)


def _plan_aki(story: Story, cast: Cast) -> None:
    """Plan what aki sees after signing in: an answer to accept, one to wait for, thanks for aki's
    own.
    """
    aki, mio, ren = (cast.named.get(key) for key in ("aki", "mio", "ren"))
    if aki is None or mio is None:
        return
    end = story.world.end
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}

    def asking(
        box: dict[str, Any], space: str, tags: tuple[str, ...], title: str, body: str
    ) -> Callable[[datetime], None]:
        def act(now: datetime) -> None:
            box["topic"] = services.post_topic(
                kind="question",
                author=aki,
                space=story.spaces[space],
                now=now,
                tags=tags,
                title=title,
                body=body,
                is_sample=True,
            )
            story.world.made["topics"].append(box["topic"])

        return act

    story.at(
        end - timedelta(hours=26),
        asking(
            first,
            "login",
            ("SSO", "証明書"),
            "SSO の証明書を更新するとログインできなくなる",
            "証明書の期限が近いので更新したところ、テスト用の1名がログインできなくなりました。\n\n"
            "- 表示: `invalid_signature`\n- 戻すと入れます\n\n本番の全員に広げる前に、原因を知りたいです。",
        ),
    )
    text = japanese.SCENARIOS[0].answers[0].replace("{x}", "認証基盤")
    story.at(end - timedelta(hours=2), _answering(first, 0, mio, text))
    story.at(
        end - timedelta(hours=5),
        asking(
            second,
            "billing",
            ("請求書", "海外"),
            "外貨の請求書を円換算するときのレート日を選びたい",
            "請求書の日付ではなく、**検収日のレート**で換算したいです。取引先ごとに決められますか。",
        ),
    )
    if ren is not None:
        story.at(end - timedelta(hours=3), _marking(second, -1, ren, "same"))


def _moderate(world: DemoWorld) -> None:
    """Two reports wait, one post was hidden, one kept."""
    moderator = world.made["staff"].get("mori") or next(iter(world.made["staff"].values()))
    people = list(world.made["people"].values())
    posts = Post.objects.filter(
        topic__is_sample=True, kind=Post.Kind.ANSWER, by_staff=False, topic__visibility="public"
    )
    chosen = list(
        posts.filter(topic__accepted_post=None)
        .select_related("topic")
        .order_by("-created_at")[3:40:9]
    )
    reasons = (
        ("wrong", "いまの画面と手順が違います"),
        ("private", "取引先の名前が入っています"),
        ("spam", ""),
        ("other", "質問と関係ないようです"),
    )
    for number, (post, (reason, note)) in enumerate(zip(chosen, reasons, strict=False)):
        reporter = next(
            person for person in some(world.dice, people, 5) if person.pk != post.author_id
        )
        when = min(post.created_at + timedelta(hours=3), world.end - timedelta(hours=1 + number))
        services.flag_post(post=post, reporter=reporter, reason=reason, note=note, now=when)
        if number == 2:
            services.hide_post(
                post=post,
                moderator=moderator,
                reason="宣伝にあたるため",
                now=world.end - timedelta(hours=1),
            )
        if number == 3:
            services.keep_post(
                post=post,
                moderator=moderator,
                reason="補足として役に立ちます",
                now=world.end - timedelta(hours=1),
            )


def remove() -> int:
    """Delete what the demo made; rows that hang on it go with it."""

    gone = Topic.objects.filter(is_sample=True).update(
        accepted_post=None, accepted_at=None, accepted_by=None
    )
    gone = (
        Article.objects.filter(is_sample=True).delete()[0]
        + Topic.objects.filter(is_sample=True).delete()[0]
    )
    gone += SuccessStory.objects.filter(is_sample=True).delete()[0]  # those without a page
    for space in Space.objects.filter(topics=None, articles=None, stories=None):
        space.delete()

    Tag.objects.exclude(
        slug__in=[slug for tags in Topic.objects.values_list("tags", flat=True) for slug in tags]
    ).delete()
    spaces.forget()
    return gone
