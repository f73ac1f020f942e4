"""The referrals' part of the benchmark: links, and the redirect with every click counted after the
drain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portal.core.db.redis import connection
from portal.dev import bench_registry
from portal.dev.bench.people import public_id
from portal.dev.bench_registry import BenchWorld, Outcome, Request, Row, Scenario
from referrals.edge import link_cache
from referrals.models import Click, Program, ReferralLink
from referrals.services.links import clicks
from referrals.services.links.links import skeleton

CODES = 2_000  # in rotation
VISITORS = 60_000  # each sends one request, so that nobody is recognised as a duplicate
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def load(world: BenchWorld) -> None:
    """One open program, and a link each for as many people as the size has links."""
    program = {
        "id": 1,
        "public_id": public_id(world.dice, world.now),
        "slug": "bench",
        "name_ja": "ご紹介プログラム",
        "name_en": "Introductions",
        "state": Program.State.OPEN.value,
        "is_default": True,
        "created_at": world.now,
    }
    world.copy(Program, [program])
    world.copy(ReferralLink, _links(world))
    codes = [_code(number) for number in range(1, min(CODES, world.size.links) + 1)]
    world.made["facts"]["codes"] = codes


def _code(number: int) -> str:
    return f"b{number:x}q"


def _links(world: BenchWorld) -> Iterator[Row]:
    """Yield link rows: a person's first link is their general one; further ones each carry a
    question.
    """
    for number in range(1, world.size.links + 1):
        person = 1 + (number - 1) % world.size.people
        round_ = (number - 1) // world.size.people
        yield {
            "id": number,
            "public_id": public_id(world.dice, world.now),
            "program_id": 1,
            "user_id": person,
            "organization_id": world.made["organization_of"][person],
            "code": _code(number),
            "skeleton": skeleton(_code(number)),
            "content_url": f"/questions/{round_}/" if round_ else "",
            "created_at": world.now,
        }


def visits(world: BenchWorld) -> Sequence[Request]:
    """As many visitors as can come in the time, each once, over all codes in turn."""
    codes = world.made["facts"]["codes"]
    start = world.dice.randrange(1 << 20)
    return [
        Request(
            f"/r/{codes[n % len(codes)]}?s=line",
            headers={
                "User-Agent": AGENT,
                "X-Forwarded-For": _address(start + n),
                "Accept-Language": "ja",
            },
        )
        for n in range(VISITORS)
    ]


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def written_through(world: BenchWorld) -> int:
    """Put the links into Redis as every change of a link does; return how many human clicks are
    counted already.
    """
    redis = connection()
    for key in redis.scan_iter(
        match="hz:seen:*", count=10_000
    ):  # visitors of an earlier run are nobody's duplicates
        redis.delete(key)
    for link in ReferralLink.objects.select_related("program").filter(
        code__in=world.made["facts"]["codes"]
    ):
        link_cache.write_through(link)
    return counted()


def counted() -> int:
    clicks.drain(consumer="bench")
    return Click.objects.filter(verdict=Click.Verdict.HUMAN).count()


def every_click_counts_once(world: BenchWorld, outcome: Outcome) -> str | None:
    found = counted() - outcome.before
    if found != outcome.answered:
        return f"{outcome.answered} visitors were redirected and {found} clicks counted"
    return None


bench_registry.register_load("referrals", order=30, load=load)
bench_registry.register_scenario(
    Scenario(
        "redirect",
        "/r/<code>",
        visits,
        group="redirect",
        statuses=(302,),
        sql_budget=0,
        rate_goal=0.8,
        cpu_goal=1.5,
        p95_goal=20,
        once=True,
        mark=written_through,
        check=every_click_counts_once,
    )
)
