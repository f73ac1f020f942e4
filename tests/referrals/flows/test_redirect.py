"""Following a link: its target, what is counted, and what happens without Redis."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from redis.exceptions import ConnectionError as RedisGone

from portal.core.db.redis import connection
from referrals.edge import link_cache, redirect
from referrals.edge.bots import judge
from referrals.models import Click, ClickDay, Program, ReferralLink
from referrals.services.links import clicks
from referrals.services.links.links import link_for
from referrals.services.links.redirect_target import BadTarget, check_target, with_query
from tests.people import NOW

pytestmark = pytest.mark.django_db

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0 Safari/537.36"
)
PEOPLE = [
    CHROME,
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 "
        "Safari Line/14.1.0"
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; CUBOT P60) AppleWebKit/537.36 Chrome/140.0 Mobile "
        "Safari/537.36"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile "
        "[FBAN/FBIOS;FBAV/480.0]"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile "
        "Instagram 300.0"
    ),
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Teams/24000.1",
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
        "BingSapphire/28 Mobile Safari"
    ),
]
MACHINES = [
    ("curl/8.5.0", "bot"),
    ("python-requests/2.34", "bot"),
    ("", "bot"),
    ("Googlebot/2.1 (+http://google.com)", "bot"),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "preview"),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "preview"),
    ("WhatsApp/2.23.20.0 A", "preview"),
    ("Mozilla/5.0 (compatible; line-poker/1.0)", "preview"),
    ("Twitterbot/1.0 fetcher", "preview"),
    ("Mozilla/5.0 (Windows NT 10.0) HeadlessChrome/140 Safari/537.36", "bot"),
]


@pytest.fixture
def link(aki: Any, program: Program) -> ReferralLink:
    redirect.state.links.clear()
    redirect.state.rest_until = 0
    return link_for(user=aki, program=program, now=NOW)


def follow(link: ReferralLink, agent: str = CHROME, query: str = "", **headers: str) -> Any:
    return Client(headers={"user-agent": agent, **headers}).get(f"/r/{link.code}{query}")


def test_a_link_leads_on_without_sql_and_the_click_is_counted_once(
    link: ReferralLink, django_assert_num_queries: Any
) -> None:
    follow(link, "curl/8.5.0 warms the cache")
    with django_assert_num_queries(0):
        first, second = follow(link), follow(link)
    assert first.status_code == 302
    assert first["Location"] == f"/welcome/{link.code}/"
    assert (
        first.cookies["hz_ref"].value.split(".")[:2]
        == second.cookies["hz_ref"].value.split(".")[:2]
    )
    assert clicks.drain(consumer="t") == 3
    assert clicks.drain(consumer="t") == 0
    days = dict(ClickDay.objects.filter(link_id=link.pk).values_list("verdict", "count"))
    assert days == {"human": 1, "duplicate": 1, "bot": 1}
    assert connection().xlen(redirect.STREAM) == 0


def test_draining_the_same_entries_again_changes_nothing(link: ReferralLink) -> None:
    entries = [
        (f"1-{n}", {"l": str(link.pk), "v": "human", "k": f"k{n}", "h": "v", "t": "1790000000000"})
        for n in range(9)
    ]
    clicks.keep(entries)
    clicks.keep(entries)
    assert Click.objects.count() == 9
    assert ClickDay.objects.get(link_id=link.pk).count == 9


def test_the_landing_page_proves_a_person(link: ReferralLink) -> None:
    clicks.keep(
        [("1-1", {"l": str(link.pk), "v": "human", "k": "abc", "h": "v", "t": "1790000000000"})]
    )
    clicks.confirm("abc", now=NOW)
    clicks.confirm("abc", now=NOW)
    clicks.drain(consumer="t")
    assert ClickDay.objects.get(link_id=link.pk).confirmed_count == 1


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_are_people(agent: str) -> None:
    assert judge("GET", {"HTTP_USER_AGENT": agent}) == "human"


@pytest.mark.parametrize(("agent", "verdict"), MACHINES)
def test_machines_are_recognised(agent: str, verdict: str) -> None:
    assert judge("GET", {"HTTP_USER_AGENT": agent}) == verdict


@pytest.mark.parametrize(
    ("method", "headers", "verdict"),
    [
        ("HEAD", {}, "bot"),
        ("GET", {"HTTP_SEC_PURPOSE": "prefetch;prerender"}, "prefetch"),
        ("GET", {"HTTP_PURPOSE": "prefetch"}, "prefetch"),
        ("GET", {"HTTP_X_MOZ": "prefetch"}, "prefetch"),
        (
            "GET",
            {"HTTP_REFERER": "https://eur01.safelinks.protection.outlook.com/?url=x"},
            "scanner",
        ),
    ],
)
def test_requests_that_no_person_made(method: str, headers: dict[str, str], verdict: str) -> None:
    assert judge(method, {"HTTP_USER_AGENT": CHROME, **headers}) == verdict


def test_machines_are_redirected_and_get_no_cookie(link: ReferralLink) -> None:
    response = follow(link, "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")
    assert response.status_code == 302
    assert "hz_ref" not in response.cookies


def test_without_redis_it_still_redirects_and_keeps_the_click(
    link: ReferralLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: Any) -> None:
        raise RedisGone

    monkeypatch.setattr(redirect, "_script", gone)
    response = follow(link)
    assert response["Location"] == f"/welcome/{link.code}/"
    assert ClickDay.objects.get(link_id=link.pk, verdict="human").count == 1


def test_the_query_and_the_targets_own_query_survive_and_nothing_else_decides_where_it_leads() -> (
    None
):
    url = with_query(
        "https://shop.example/a?x=1#plans",
        "utm_source=mail&x=2&via=evil",
        code="aki7",
        click_id="K",
    )
    assert url == "https://shop.example/a?x=1&utm_source=mail&via=aki7&hz=K#plans"
    assert with_query("/welcome/aki7", "next=https://evil.example", code="aki7", click_id="K") == (
        "/welcome/aki7?next=https%3A%2F%2Fevil.example"
    )


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "https://evil.example",
        "https://shop.example@evil.example",
        "javascript:alert(1)",
        "https://shop.example.evil.example",
        "https://[::1",
        "https://shop.example\\@evil.example",
        "https:/evil.example",
        "https://shop.example:x/",
        "data:text/html,x",
        "https://shop.example/\r\nSet-Cookie: a=b",
    ],
)
def test_targets_belong_to_the_program(url: str) -> None:
    with pytest.raises(BadTarget):
        check_target(url, ["shop.example"])
    assert check_target("https://shop.example/a?b=c#d", ["shop.example"])


@pytest.mark.parametrize(
    "path", ["//evil.example", "%0d%0aSet-Cookie:a=b", "..%2f..", "x" * 200, "日本", "a b", "%00"]
)
def test_odd_codes_lead_to_the_welcome_page(db: Any, path: str) -> None:
    response = Client(headers={"user-agent": CHROME}).get(f"/r/{path}")
    assert response.status_code == 302
    assert response["Location"].startswith("/welcome/")


def test_no_address_and_no_user_agent_is_kept(link: ReferralLink) -> None:
    follow(link, CHROME + " canary-agent")
    raw = b"".join(b"".join(fields.values()) for _, fields in connection().xrange(redirect.STREAM))
    assert b"127.0.0.1" not in raw
    assert b"canary" not in raw


def around(path: str, **environ: str) -> tuple[str, dict[str, str], bytes]:
    """Ask the WSGI application as a server does."""
    said: list[Any] = []
    asked = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "REMOTE_ADDR": "203.0.113.9",
        **environ,
    }
    passed_on = [b"django"]
    answer = redirect.RedirectApplication(lambda env, start: passed_on)(
        asked, lambda *words: said.append(words)
    )
    if answer is passed_on:
        return "", {}, b"django"
    status, headers = said[0]
    return status, dict(headers), b"".join(answer)


def test_the_server_is_answered_before_django_is_asked(
    link: ReferralLink, django_assert_num_queries: Any
) -> None:
    follow(link)  # Redis knows the link from now on
    with django_assert_num_queries(0):
        status, headers, body = around(
            f"/r/{link.code}", HTTP_USER_AGENT=CHROME, QUERY_STRING="s=line&utm_source=x"
        )
    assert status == "302 Found"
    assert headers["Location"].startswith(f"/welcome/{link.code}/")
    assert "utm_source=x" in headers["Location"]
    assert headers["Set-Cookie"].startswith(f"hz_ref={link.code}.")
    assert "HttpOnly" in headers["Set-Cookie"]
    assert body == b""
    assert around("/r/")[2] == around("/questions/")[2] == b"django"
    assert around(f"/r/{link.code}", REQUEST_METHOD="POST")[0].startswith("405")


def test_what_fails_there_is_left_to_django(
    link: ReferralLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.edge.bots.judge", lambda *args: 1 / 0)
    assert around(f"/r/{link.code}", HTTP_USER_AGENT=CHROME)[2] == b"django"


def test_a_japanese_path_is_written_as_an_address(link: ReferralLink) -> None:
    Program.objects.update(target_url="https://hazumi.example/製品/", hosts=["hazumi.example"])
    link.program.refresh_from_db()
    link_cache.write_through(link)
    _, headers, _ = around(f"/r/{link.code}", HTTP_USER_AGENT=CHROME)
    assert headers["Location"].startswith("https://hazumi.example/%E8%A3%BD%E5%93%81/?via=")
