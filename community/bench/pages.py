"""The community pages to measure, with their budgets (hard limits) and goals, and checks
afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from community.models import Post, Topic
from portal.core.db.pagination import cursor_after
from portal.dev import bench_registry
from portal.dev.bench_registry import BenchWorld, Outcome, Request, Scenario
from portal.events.models import Event

ORDER = ("-last_posted_at", "-id")
READER = 777  # a customer with posts of their own, so that some topics are unread for them
WRITERS = 2_500
UNKEPT = {
    "Cookie": "from=bench"
}  # a cookie that could matter: the page is made anew, not served from what is kept


def register() -> None:
    for scenario in SCENARIOS:
        bench_registry.register_scenario(scenario)


def _reader(world: BenchWorld) -> int:
    return min(READER, world.size.people)


def first_page(world: BenchWorld) -> Sequence[Request]:
    return [Request("/questions/", headers=UNKEPT)]


def first_page_kept(world: BenchWorld) -> Sequence[Request]:
    return [Request("/questions/")]


def far_page(world: BenchWorld, *, page: int = 500) -> Sequence[Request]:
    """The page a reader reaches after `page` - 1 clicks on "older": its cursor is that of the last
    row before it.
    """
    rows = Topic.objects.questions().filter(visibility="public").listed().order_by(*ORDER)
    last = rows[min(page * 20, rows.count() // 2) - 1]
    return [Request(f"/questions/?page={cursor_after(last, ORDER)}", headers=UNKEPT)]


def topic_of_20(world: BenchWorld) -> Sequence[Request]:
    return [Request(f"/questions/{world.made['facts']['topics_of_20'][0]}/", headers=UNKEPT)]


def topic_of_20_kept(world: BenchWorld) -> Sequence[Request]:
    return [Request(f"/questions/{world.made['facts']['topics_of_20'][0]}/")]


def mixed_topics(world: BenchWorld) -> Sequence[Request]:
    return [
        Request(f"/questions/{pk}/", headers=UNKEPT) for pk in world.made["facts"]["mixed_topics"]
    ]


def list_signed_in(world: BenchWorld) -> Sequence[Request]:
    return [Request("/questions/", person=_reader(world))]


def topic_signed_in(world: BenchWorld) -> Sequence[Request]:
    return [Request(f"/questions/{world.made['facts']['topics_of_20'][0]}/", person=_reader(world))]


def long_topic(world: BenchWorld) -> Sequence[Request]:
    return [Request(f"/questions/{world.made['facts']['topic_of_2000']}/", headers=UNKEPT)]


def long_topic_end(world: BenchWorld) -> Sequence[Request]:
    topic = world.made["facts"]["topic_of_2000"]
    numbers = (
        Post.objects.filter(topic=topic, kind="answer")
        .order_by("number")
        .values_list("number", flat=True)
    )
    return [Request(f"/questions/{topic}/?from={numbers[len(numbers) - 20]}", headers=UNKEPT)]


def replies(world: BenchWorld) -> Sequence[Request]:
    """Yield one reply each by many users, so that nobody hits the rate limit and no topic is
    contended.
    """
    topics = world.made["facts"]["topics_of_20"] + world.made["facts"]["mixed_topics"]
    text = (
        "同じ設定で試してみました。**承認フロー**の二段目だけ外すと動きます。"
        "\n\n- 対象の一覧\n- 期限"
    )
    people = range(world.size.people, max(1, world.size.people - WRITERS), -1)
    return [
        Request(
            f"/questions/{topics[person % len(topics)]}/answers/",
            person=person,
            form={"body": f"{text} {person}", "form_key": str(uuid4())},
        )
        for person in people
    ]


def stand_of_posts(world: BenchWorld) -> tuple[int, int]:
    return Post.objects.count(), Event.objects.count()


def every_reply_is_there(world: BenchWorld, outcome: Outcome) -> str | None:
    """What was answered with a redirect was committed: the post and its fact, each once."""
    posts, events = (
        now - before for now, before in zip(stand_of_posts(world), outcome.before, strict=True)
    )
    if posts != outcome.answered or events < outcome.answered:
        return (
            f"{outcome.answered} replies were confirmed, {posts} posts and {events} facts are there"
        )
    return None


SCENARIOS = (
    Scenario(
        "list", "topic list", first_page, order=10, sql_budget=4, byte_goal=20_480, cpu_goal=15
    ),
    Scenario(
        "list-kept", "topic list, kept", first_page_kept, order=12, sql_budget=4, rate_goal=0.3
    ),
    Scenario(
        "list-500", "topic list, page 500", far_page, order=11, sql_budget=4, compare_with="list"
    ),
    Scenario(
        "topic",
        "topic of 20 posts",
        topic_of_20,
        order=20,
        sql_budget=6,
        byte_goal=40_960,
        cpu_goal=18,
    ),
    Scenario("topic-kept", "topic, kept", topic_of_20_kept, order=22, sql_budget=6, rate_goal=0.3),
    Scenario("topics-mixed", "400 different topics", mixed_topics, order=21, sql_budget=6),
    Scenario(
        "list-member", "topic list, signed in", list_signed_in, order=30, sql_budget=7, cpu_goal=25
    ),
    Scenario(
        "topic-member", "topic, signed in", topic_signed_in, order=31, sql_budget=10, cpu_goal=28
    ),
    Scenario("long", "topic of 2,000 posts", long_topic, order=40, sql_budget=6),
    Scenario(
        "long-100",
        "the same, its last page",
        long_topic_end,
        order=41,
        sql_budget=6,
        compare_with="long",
    ),
    Scenario(
        "reply",
        "reply",
        replies,
        order=50,
        statuses=(302,),
        sql_budget=14,
        cpu_goal=25,
        once=True,
        mark=stand_of_posts,
        check=every_reply_is_there,
    ),
)
