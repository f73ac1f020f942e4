"""The endpoints for other pages: the scripts, the check for a real person, share tokens and the
card.
"""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portal.api import services as keys
from portal.core.web import ratelimit
from referrals.edge import redirect
from referrals.embed import origins, tokens
from referrals.embed.middleware import source
from referrals.models import Click, ClickDay, PendingClaim, Program, ReferralLink, ShareLog
from referrals.services.links import clicks
from referrals.services.links.links import link_for
from tests import people
from tests.community.things import a_question
from tests.pages import squeezed
from tests.people import NOW
from tests.referrals.flows.test_redirect import CHROME
from tests.referrals.made import make_program

pytestmark = pytest.mark.django_db
SITE = "https://www.shop.example"
APP = "https://app.shop.example"
CLICK = "k" * 22


@pytest.fixture
def site(db: Any) -> Program:
    """A program whose links lead to the company's own site."""
    redirect.state.links.clear()
    redirect.state.rest_until = 0
    origins.forget()
    return make_program(target_url=f"{SITE}/lp", hosts=["www.shop.example"])


def outside(**headers: str) -> Client:
    return Client(headers={"user-agent": CHROME, "accept-language": "ja", **headers})


def landed(click: str, origin: str = SITE) -> Any:
    return outside(origin=origin).post("/embed/landed/", {"hz": click})


def key_of(kato: Any, *scopes: str) -> str:
    return keys.create_key(
        name="product", scopes=list(scopes or ["sharing:write"]), actor=kato, now=NOW
    )[1]


def ask_token(key: str, **body: str) -> Any:
    return Client(headers={"authorization": f"Bearer {key}", "accept-language": "ja"}).post(
        "/api/v1/share-tokens/", json.dumps(body), content_type="application/json"
    )


@pytest.mark.parametrize("name", ["hazumi.js", "share.js"])
def test_the_scripts_are_cacheable_by_anybody_and_set_nothing(
    name: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = outside(origin=SITE).get(f"/embed/{name}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"].startswith("public")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in answer
    assert not answer.cookies
    assert outside(if_none_match=answer["ETag"]).get(f"/embed/{name}").status_code == 304


def test_the_marketing_script_weighs_less_than_two_kilobytes() -> None:
    body, _ = source("hazumi.js")
    assert len(gzip.compress(body, 9)) < 2_000
    for word in (b"localStorage", b"eval(", b"innerHTML", b"sessionStorage"):
        assert word not in body
        assert word not in source("share.js")[0]


def test_a_person_seen_on_the_site_confirms_their_click_once(aki: Any, site: Program) -> None:
    link = link_for(user=aki, program=site, now=NOW)
    came = outside().get(f"/r/{link.code}")
    assert came["Location"].startswith(f"{SITE}/lp?via={link.code}&hz=")
    click = came["Location"].partition("hz=")[2]
    for _ in range(3):
        answer = landed(click)
        assert answer.status_code == 204
        assert answer["Access-Control-Allow-Origin"] == SITE
        assert "Access-Control-Allow-Credentials" not in answer
        assert not answer.cookies
    clicks.drain(consumer="t")
    day = ClickDay.objects.get(link_id=link.pk, verdict="human")
    assert (day.count, day.confirmed_count) == (1, 1)


def test_a_prefetched_page_that_is_read_after_all_counts_and_a_crawler_never(
    aki: Any, site: Program
) -> None:
    link = link_for(user=aki, program=site, now=NOW)
    fetched = outside(sec_purpose="prefetch").get(f"/r/{link.code}")["Location"].partition("hz=")[2]
    crawled = Client(headers={"user-agent": "Mozilla/5.0 HeadlessChrome/140"}).get(
        f"/r/{link.code}"
    )
    landed(fetched)
    landed(crawled["Location"].partition("hz=")[2])
    clicks.drain(consumer="t")
    counts = dict(ClickDay.objects.filter(link_id=link.pk).values_list("verdict", "count"))
    assert counts == {"prefetch": 0, "human": 1, "bot": 1}
    assert Click.objects.get(click_id=fetched).verdict == "human"


@pytest.mark.parametrize(
    ("origin", "click", "status"),
    [
        (SITE, CLICK, 204),
        ("http://localhost:8000", CLICK, 204),
        (SITE, "short", 422),
        (SITE, CLICK + "x", 422),
        (SITE, "k" * 21 + "'", 422),
        ("https://evil.example", CLICK, 403),
        ("null", CLICK, 403),
        ("", CLICK, 403),
        ("https://[::1", CLICK, 403),
        ("javascript://www.shop.example", CLICK, 403),
        ("https://www.shop.example.evil.example", CLICK, 403),
    ],
)
def test_only_the_companys_own_pages_and_real_click_ids_are_accepted(
    site: Program, origin: str, click: str, status: int
) -> None:
    assert landed(click, origin).status_code == status


def test_too_many_requests_get_429(site: Program) -> None:
    ratelimit.check("embed", "127.0.0.1", limit=240, seconds=60, cost=240)
    answer = landed(CLICK)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_a_decorated_link_to_the_sign_up_credits_the_sharer(aki: Any, site: Program) -> None:
    link = link_for(user=aki, program=site, now=NOW)
    other = (
        outside()
    )  # another browser store than the one that followed the link: only the parameters identify it
    answer = other.get(f"/accounts/signup/?via={link.code}&hz={CLICK}")
    assert answer.cookies["hz_ref"].value.startswith(f"{link.code}.{CLICK}.")
    form = {"email": "shin@aoba.example", "display_name": "青葉 新", "password1": people.PASSWORD}
    other.post("/accounts/signup/", form)
    assert PendingClaim.objects.get().link == link


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_dest": "image"},
        {"sec_fetch_dest": "iframe"},
        {"sec_purpose": "prefetch"},
        {"user_agent": "curl/8.5.0"},
    ],
)
def test_a_code_cannot_be_planted_by_a_picture_or_a_frame(
    aki: Any, site: Program, headers: dict[str, str]
) -> None:
    link = link_for(user=aki, program=site, now=NOW)
    assert "hz_ref" not in outside(**headers).get(f"/?via={link.code}").cookies
    assert "hz_ref" not in outside(**headers).get(f"/r/{link.code}").cookies


def test_a_token_shows_the_members_link_and_nothing_about_them(
    aki: Any, kato: Any, site: Program
) -> None:
    made = ask_token(key_of(kato), email="AKI@acme.example", origin=APP)
    assert made.status_code == 201, made.content
    token = made.json()["token"]
    answer = outside(origin=APP).post("/embed/card/", {"token": token, "lang": "ja"})
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == APP
    card, link = answer.json(), ReferralLink.objects.get(user=aki)
    assert f"/r/{link.code}?s=embed" in card["url"]
    assert "[PR]" in card["text"]
    assert card["labels"]["copy"] == "コピー"
    english = outside(origin=APP).post("/embed/card/", {"token": token, "lang": "en"}).json()
    assert english["labels"]["copy"] == "Copy"
    told = answer.content.decode() + made.content.decode()
    for secret in ("aki", "秋山", "acme", "アクメ精機"):
        assert secret not in told
    assert (
        outside(origin=APP).post("/embed/shared/", {"token": token, "channel": "line"}).status_code
        == 204
    )
    assert (
        outside(origin=APP).post("/embed/shared/", {"token": token, "channel": "fax"}).status_code
        == 422
    )
    assert list(ShareLog.objects.values_list("link", "channel")) == [(link.pk, "line")]


def test_a_token_ends_belongs_to_its_origin_and_dies_with_the_link(
    aki: Any, kato: Any, site: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = ask_token(key_of(kato), email=aki.email, origin=APP).json()["token"]

    def card(token: str, origin: str = APP) -> int:
        return int(outside(origin=origin).post("/embed/card/", {"token": token}).status_code)

    assert card(token) == 200
    assert card(token, "https://evil.example") == 403
    assert card(token[:-2] + "xx") == 403
    assert card("") == 403
    with monkeypatch.context() as later:
        later.setattr(tokens, "SECONDS", -1)
        assert card(token) == 401
    ReferralLink.objects.update(retired_at=NOW + timedelta(days=1))
    assert card(token) == 403


def test_who_gets_a_token(aki: Any, sato: Any, kato: Any, site: Program) -> None:
    key = key_of(kato)
    assert ask_token(key, email="nobody@acme.example").status_code == 404
    assert ask_token(key, email=sato.email).status_code == 404
    assert ask_token(key, email=aki.email, program="unknown").json()["errors"]["program"]
    assert ask_token(key, email=aki.email, origin="javascript:x").status_code == 400
    assert ask_token(key, email=aki.email, days="9").status_code == 400
    assert ask_token(key_of(kato, "referrals:read"), email=aki.email).status_code == 403
    assert ask_token("wrong", email=aki.email).status_code == 401


def test_a_token_may_carry_a_question(aki: Any, kato: Any, site: Program) -> None:
    key, question = key_of(kato), a_question(aki)
    token = ask_token(key, email=aki.email, content=question.get_absolute_url()).json()["token"]
    card = outside(origin=APP).post("/embed/card/", {"token": token, "lang": "ja"}).json()
    assert question.title in card["text"]
    assert ask_token(key, email=aki.email, content="/settings/profile/").status_code == 400


def test_staff_find_the_lines_to_copy(as_: Any, aki: Any, sato: Any, site: Program) -> None:
    page = squeezed(as_(sato).get(f"/staff/referrals/programs/{site.slug}/embed/").content.decode())
    assert "/embed/hazumi.js" in page
    assert "data-days=&quot;90&quot;" in page
    assert "<hazumi-share token=" in page
    token = page.partition('<hazumi-share token="')[2].partition('"')[0]
    card = outside().post("/embed/card/", {"token": token})
    assert "/r/example" in card.json()["url"]
    assert outside().post("/embed/shared/", {"token": token, "channel": "copy"}).status_code == 204
    assert not ShareLog.objects.exists()
