"""The community's generated rows: topics and posts with the columns the services would have
written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from community import topic_kinds
from community.models import Follow, Post, Reaction, ReadState, Space, Tag, Topic
from community.rules.text import guess_language, tag_key
from community.services.event_payloads import of_post, subject_of
from community.topic_kinds import DISCUSSION, QUESTION
from portal.dev.bench.people import public_id
from portal.dev.bench.texts import Block, Texts, joined
from portal.dev.bench_registry import BenchWorld, Row
from portal.events.models import Event

SPACES = (
    ("getting-started", "はじめに", "Getting started", "public"),
    ("billing", "請求と支払い", "Billing", "public"),
    ("approvals", "承認フロー", "Approvals", "public"),
    ("integrations", "連携", "Integrations", "public"),
    ("reports", "レポート", "Reports", "public"),
    ("security", "セキュリティ", "Security", "public"),
    ("members", "メンバー広場", "Members' corner", "members"),
    ("desk", "社内連絡", "Staff desk", "staff"),
)
TAGS = (
    "SSO 承認 請求 CSV API 通知 権限 監査 移行 検索 レポート 取引先 テンプレート 添付 モバイル "
    "自動化 "
    "締め日 英語 翻訳 バックアップ webhook export import billing roles workflow onboarding mobile"
).split()
EXACT = 20  # posts of the topics the page is measured with
LONG = 2_000  # posts of the one long topic
REACTIONS = 0.3  # per post


@dataclass(slots=True)
class OnePost:
    """A post to be: its author, moment and text."""

    pk: int
    number: int
    author: int
    parent: int | None
    at: datetime
    blocks: list[Block]
    marks: list[tuple[int, str]] = field(default_factory=list)  # (person, kind)

    @property
    def kind(self) -> str:
        return "body" if self.number == 1 else "answer" if self.parent is None else "comment"


@dataclass(slots=True)
class OneTopic:
    """A topic to be, with all its posts."""

    pk: int
    kind: str
    title: str
    space: int
    tags: list[str]
    visibility: str
    organization: int | None
    posts: list[OnePost]
    accepted: OnePost | None = None
    accepted_at: datetime | None = None

    @property
    def answers(self) -> list[OnePost]:
        return [post for post in self.posts if post.kind == "answer"]


def lengths(dice: Random, topics: int, posts: int) -> list[int]:
    """Share out `posts` among `topics`: some of exactly 20, one very long, the rest as it is in
    life.
    """
    fixed = [EXACT] * max(3, topics // 50)
    if posts >= 20 * LONG:
        fixed.append(LONG)
    rest, left = topics - len(fixed), posts - sum(fixed)
    weights = [min(dice.paretovariate(1.2), 40.0) for _ in range(rest)]
    whole = sum(weights)
    found = [1 + int(weight / whole * (left - rest)) for weight in weights]
    for n in range(left - sum(found)):
        found[n % rest] += 1
    return fixed + found


class Generated:
    """Plans every topic in memory, then copies table by table."""

    def __init__(self, world: BenchWorld) -> None:
        self.world, self.dice = world, world.dice
        self.texts = Texts(world.dice)
        self.people = world.size.people
        self.companies: dict[int, int | None] = world.made["organization_of"]
        self.staff: set[int] = world.made["staff"]
        self._next = 0

    def load(self) -> None:
        topics = self.plan()
        world = self.world
        world.copy(Space, self.spaces(topics))
        world.copy(Tag, self.tags(topics))
        made: dict[int, Topic] = {}
        world.copy(Topic, self.topic_rows(topics, made))
        world.copy(Post, self.post_rows(topics))
        world.copy(Reaction, self.reaction_rows(topics))
        world.copy(Follow, self.follow_rows(topics))
        world.copy(ReadState, self.read_rows(topics))
        world.copy(Event, self.event_rows(topics, made))
        world.made["community"] = topics
        world.made["facts"] |= self.facts(topics)

    def plan(self) -> list[OneTopic]:
        size = self.world.size
        sizes = lengths(self.dice, size.topics, size.posts)
        span = 880 * 86_400
        return [self._topic(number, count, span) for number, count in enumerate(sizes, 1)]

    def _topic(self, pk: int, count: int, span: int) -> OneTopic:
        dice = self.dice
        language = "ja" if dice.random() < 0.6 else "en"
        exact = count in (EXACT, LONG)
        kind = QUESTION if exact or dice.random() < 0.75 else DISCUSSION
        space = 1 + (
            dice.randrange(6) if exact or dice.random() < 0.93 else 6 + (dice.random() < 0.3)
        )
        author = self._person(staff=space == 8)
        visibility, organization = SPACES[space - 1][3], None
        if (
            visibility == "public"
            and not exact
            and dice.random() < 0.04
            and self.companies[author] is not None
        ):
            visibility, organization = "organization", self.companies[author]
        at = self.world.now - timedelta(seconds=1 + dice.randrange(span))
        tags = dice.sample(TAGS, dice.randrange(4))
        topic = OneTopic(
            pk, kind.value, self.texts.title(language), space, tags, visibility, organization, []
        )
        for number in range(1, count + 1):
            topic.posts.append(
                self._post(topic, number, author if number == 1 else self._person(), at, language)
            )
            left = (self.world.now - at).total_seconds()
            at += timedelta(seconds=min(dice.expovariate(1 / 40_000), left / 2))
        answers = topic.answers
        if kind.has_answers and answers and dice.random() < 0.55:
            topic.accepted = dice.choice(answers)
            topic.accepted_at = topic.accepted.at + timedelta(minutes=30)
        return topic

    def _person(self, *, staff: bool = False) -> int:
        return (
            self.dice.choice(sorted(self.staff))
            if staff
            else 1 + int(self.people * self.dice.random() ** 2)
        )

    def _post(
        self, topic: OneTopic, number: int, author: int, at: datetime, language: str
    ) -> OnePost:
        dice = self.dice
        self._next += 1
        parent = None
        if number > 2 and dice.random() < 0.25:
            parent = dice.choice(
                [post for post in topic.posts[-10:] if post.kind != "comment"] or topic.posts[:1]
            ).pk
        post = OnePost(self._next, number, author, parent, at, self.texts.body(language))
        while dice.random() < REACTIONS / (1 + REACTIONS):
            person, kind = self._person(), dice.choice(("up", "up", "up", "same", "thanks"))
            if person != author and (person, kind) not in post.marks:
                post.marks.append((person, kind))
        return post

    # --- rows ---

    def spaces(self, topics: list[OneTopic]) -> Iterator[Row]:
        counts = [0] * (len(SPACES) + 1)
        for topic in topics:
            counts[topic.space] += 1
        for pk, (slug, ja, en, visibility) in enumerate(SPACES, 1):
            yield {
                "id": pk,
                "slug": slug,
                "name_ja": ja,
                "name_en": en,
                "visibility": visibility,
                "position": pk,
                "topic_count": counts[pk],
            }

    def tags(self, topics: list[OneTopic]) -> Iterator[Row]:
        counts = dict.fromkeys(TAGS, 0)
        for topic in topics:
            for name in topic.tags:
                counts[name] += 1
        for pk, (name, count) in enumerate(counts.items(), 1):
            yield {"id": pk, "name": name, "slug": tag_key(name), "topic_count": count}

    def topic_rows(self, topics: list[OneTopic], made: dict[int, Topic]) -> Iterator[Row]:
        for one in topics:
            first, answers = one.posts[0], one.answers
            reactions = sum(len(post.marks) for post in one.posts)
            row: dict[str, Any] = {
                "id": one.pk,
                "public_id": public_id(self.dice, first.at),
                "kind": one.kind,
                "title": one.title,
                "language": guess_language(f"{one.title}\n{joined(first.blocks).text}"),
                "space_id": one.space,
                "tags": [tag_key(name) for name in one.tags],
                "tag_names": one.tags,
                "visibility": one.visibility,
                "organization_id": one.organization,
                "author_id": first.author,
                "author_organization_id": self.companies[first.author],
                "answer_count": len(answers),
                "comment_count": len(one.posts) - 1 - len(answers),
                "last_number": len(one.posts),
                "reaction_count": reactions,
                "follower_count": len({post.author for post in one.posts}),
                "created_at": first.at,
                "last_posted_at": one.posts[-1].at,
                "first_answered_at": answers[0].at if answers else None,
                "version": len(one.posts) + reactions + (one.accepted is not None),
                "accepted_at": one.accepted_at,
                "accepted_post_id": one.accepted.pk if one.accepted else None,
                "accepted_by_id": first.author if one.accepted else None,
            }
            made[one.pk] = Topic(
                pk=one.pk,
                kind=one.kind,
                title=one.title,
                author_id=first.author,
                visibility=one.visibility,
            )
            yield row

    def post_rows(self, topics: list[OneTopic]) -> Iterator[Row]:
        for topic in topics:
            for one in topic.posts:
                yield self._post_row(topic, one)

    def _post_row(self, topic: OneTopic, one: OnePost) -> Row:
        text = joined(one.blocks)
        counts: dict[str, int] = {}
        for _, kind in one.marks:
            counts[kind] = counts.get(kind, 0) + 1
        whole = f"{topic.title}\n{text.text}" if one.number == 1 else text.text
        return {
            "id": one.pk,
            "public_id": public_id(self.dice, one.at),
            "topic_id": topic.pk,
            "number": one.number,
            "kind": one.kind,
            "parent_id": one.parent,
            "author_id": one.author,
            "author_organization_id": self.companies[one.author],
            "by_staff": one.author in self.staff,
            "markdown": text.markdown,
            "html": text.html,
            "language": guess_language(whole),
            "created_at": one.at,
            "up_count": counts.pop("up", 0),
            "reactions": counts,
        }

    def reaction_rows(self, topics: list[OneTopic]) -> Iterator[Row]:
        pk = 0
        for topic in topics:
            for post in topic.posts:
                for person, kind in post.marks:
                    pk += 1
                    yield {
                        "id": pk,
                        "post_id": post.pk,
                        "user_id": person,
                        "kind": kind,
                        "created_at": self.world.now,
                    }

    def follow_rows(self, topics: list[OneTopic]) -> Iterator[Row]:
        pk = 0
        for topic in topics:
            for person, at in {post.author: post.at for post in reversed(topic.posts)}.items():
                pk += 1
                yield {"id": pk, "user_id": person, "topic_id": topic.pk, "created_at": at}

    def read_rows(self, topics: list[OneTopic]) -> Iterator[Row]:
        pk = 0
        for topic in topics:
            for person, post in {post.author: post for post in topic.posts}.items():
                pk += 1
                yield {
                    "id": pk,
                    "user_id": person,
                    "topic_id": topic.pk,
                    "last_read_number": post.number,
                    "read_at": post.at,
                }

    def event_rows(self, topics: list[OneTopic], made: dict[int, Topic]) -> Iterator[Row]:
        """The facts of every post, dispatched long ago: pages and dashboards meet a log of its real
        size.
        """
        post = Post()
        for topic in topics:
            row = made[topic.pk]
            for one in topic.posts:
                name = (
                    _posted_event(topic)
                    if one.number == 1
                    else (
                        "community.answer.posted"
                        if one.kind == "answer" and row.spec.has_answers
                        else "community.reply.posted"
                    )
                )
                post.pk, post.number, post.author_id = one.pk, one.number, one.author
                yield {
                    "id": one.pk,
                    "public_id": public_id(self.dice, one.at),
                    "name": name,
                    "subject": subject_of(row),
                    "actor_id": one.author,
                    "organization_id": self.companies[one.author],
                    "payload": of_post(row, post),
                    "occurred_at": one.at,
                    "recorded_at": one.at,
                    "dispatched_at": one.at,
                }

    def facts(self, topics: list[OneTopic]) -> dict[str, object]:
        """What the scenarios know: plain values."""
        public = [
            topic
            for topic in topics
            if topic.visibility == "public" and topic_kinds.get(topic.kind).has_answers
        ]
        exact = [topic for topic in public if len(topic.posts) == EXACT]
        return {
            "topics_of_20": [topic.pk for topic in exact],
            "topic_of_2000": next((topic.pk for topic in public if len(topic.posts) == LONG), None),
            "mixed_topics": [topic.pk for topic in public[:: max(1, len(public) // 400)]],
        }


def load(world: BenchWorld) -> None:
    """Load spaces, tags, topics, posts, reactions, follows, read states and their events."""
    Generated(world).load()


def _posted_event(topic: OneTopic) -> str:
    writing = topic_kinds.get(topic.kind).writing
    assert writing is not None  # of what is generated
    return writing.posted.event_name
