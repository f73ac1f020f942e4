"""Sharing one question, answer or article: who may, what the visitor sees, who is credited, and
when it is gone.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from community import services
from portal.core.web import sharing
from referrals.edge import redirect
from referrals.models import Program, ReferralLink, ShareLog
from referrals.services.links import clicks
from referrals.services.links.links import link_for
from referrals.services.links.shared_content import content_link_for
from tests.community.things import a_question, a_space, an_answer, an_article
from tests.people import NOW
from tests.referrals.flows.test_redirect import CHROME

pytestmark = pytest.mark.django_db
SHARE = "/referrals/content/"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    redirect.state.links.clear()
    redirect.state.rest_until = 0


def share(client: Client, of: str, **headers: str) -> Any:
    return client.post(SHARE, {"of": of}, headers=headers)


def visit(code: str, **cookies: str) -> tuple[Client, Any]:
    visitor = Client(headers={"user-agent": CHROME, "accept-language": "ja"})
    return visitor, visitor.get(f"/r/{code}?s=line&utm_source=chat")


def test_a_question_is_shared_and_the_visitor_lands_on_it_greeted(
    as_: Any, aki: Any, mio: Any, program: Program
) -> None:
    question = a_question(aki)
    client = as_(mio)
    page = client.get(question.get_absolute_url()).content.decode()
    assert f'name="of" value="{question.get_absolute_url()}"' in page
    answer = share(client, question.get_absolute_url())
    link = ReferralLink.objects.get(user=mio, content_url=question.get_absolute_url())
    assert answer["Location"] == f"/referrals/content/{link.code}/"
    sheet = client.get(answer["Location"]).content.decode()
    assert f"/r/{link.code}" in sheet
    assert "請求書をまとめて承認したい" in sheet
    assert sheet.count("[PR]") >= 2

    visitor, came = visit(link.code)
    assert came["Location"] == f"{question.get_absolute_url()}?utm_source=chat"
    landed = visitor.get(came["Location"]).content.decode()
    assert "ノースフィールドの水島 澪さんから" in landed
    assert "/welcome/landed/" in landed
    assert visitor.post("/welcome/landed/").status_code == 204
    clicks.drain(consumer="t")
    assert (
        "水島" not in Client(headers={"accept-language": "ja"}).get("/questions/").content.decode()
    )
    assert client.get(answer["Location"]).context["counts"].opened == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_content_has_one_link_per_person_also_in_two_tabs(
    aki: Any, program: Program
) -> None:
    content = sharing.find(a_question(aki).get_absolute_url(), aki)
    assert content is not None
    found: list[str] = []

    def ask() -> None:
        try:
            found.append(content_link_for(user=aki, program=program, content=content, now=NOW).code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(found) == 6
    assert len(set(found)) == 1


def test_an_answer_and_an_article_are_shared_too(
    as_: Any, aki: Any, mio: Any, sato: Any, program: Program
) -> None:
    answer = an_answer(a_question(aki), mio)
    article = an_article(sato, space=answer.topic.space)
    client = as_(aki)
    assert (
        f'value="/posts/{answer.pk}/"'
        in client.get(answer.topic.get_absolute_url()).content.decode()
    )
    share(client, f"/posts/{answer.pk}/")
    share(client, article.get_absolute_url())
    by_path = dict(ReferralLink.objects.exclude(content_url="").values_list("content_url", "code"))
    assert set(by_path) == {f"/posts/{answer.pk}/", article.get_absolute_url()}
    visitor, came = visit(by_path[f"/posts/{answer.pk}/"])
    there = visitor.get(came["Location"])
    assert there["Location"].startswith(answer.topic.get_absolute_url())
    assert "秋山 秋さんから" in visitor.get(there["Location"]).content.decode()
    visitor, came = visit(by_path[article.get_absolute_url()])
    assert "秋山 秋さんから" in visitor.get(came["Location"]).content.decode()


@pytest.mark.parametrize("visibility", ["members", "organization"])
def test_what_is_not_public_stays_inside_and_says_why(
    as_: Any, aki: Any, program: Program, visibility: str
) -> None:
    question = a_question(aki, visibility=visibility)
    client = as_(aki)
    page = client.get(question.get_absolute_url()).content.decode()
    assert "社外には共有できません" in page
    assert 'name="of" value="/questions' not in page
    said = share(client, question.get_absolute_url(), hx_request="true")
    assert said.status_code == 200
    assert "社外には共有できません" in said.content.decode()
    assert not ReferralLink.objects.exclude(content_url="").exists()


def test_what_a_reader_may_not_read_is_404(as_: Any, aki: Any, mio: Any, program: Program) -> None:
    question = a_question(aki, visibility="organization")
    assert share(as_(mio), question.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "",
        "https://evil.example/",
        "//evil.example/questions/1/",
        "/\\evil.example",
        "/questions/1/?next=//evil.example",
        "/settings/profile/",
        "/staff/",
        "/questions/999999/",
        "/questions/1/\r\nX: y",
        "javascript:alert(1)",
        "/r/aki7",
        "/questions/" + "9" * 40 + "/",
        "/accounts/logout/",
        "x" * 400,
    ],
)
def test_only_our_own_content_can_be_a_target(
    as_: Any, aki: Any, program: Program, path: str
) -> None:
    a_question(aki)
    assert share(as_(aki), path).status_code == 404
    link = link_for(user=aki, program=program, now=NOW)
    if len(path) <= 300:
        ReferralLink.objects.filter(pk=link.pk).update(content_url=path)
        _, came = visit(link.code)
        assert came["Location"].startswith("/welcome/")


def test_a_link_to_something_hidden_or_deleted_leads_to_the_welcome_page(
    as_: Any, aki: Any, mio: Any, mori: Any, program: Program, dispatched: Any
) -> None:
    question = a_question(aki)
    link = content_link_for(
        user=mio, program=program, content=sharing.find(question.get_absolute_url(), mio), now=NOW
    )
    assert visit(link.code)[1]["Location"].startswith("/questions/")
    act = services.hide_post(
        post=question.posts.get(number=1), moderator=mori, reason="宣伝", now=NOW
    )
    dispatched()
    visitor, came = visit(link.code)
    assert came["Location"].startswith(f"/welcome/{link.code}/")
    assert "水島 澪さん" in visitor.get(came["Location"]).content.decode()
    services.undo_act(act=act, moderator=mori, now=NOW)
    dispatched()
    assert visit(link.code)[1]["Location"].startswith("/questions/")
    services.delete_post(post=question.posts.get(number=1), actor=aki, now=NOW)
    dispatched()
    assert visit(link.code)[1]["Location"].startswith(f"/welcome/{link.code}/")


def test_every_share_is_logged_by_channel_and_content(
    as_: Any, aki: Any, mio: Any, program: Program
) -> None:
    question = a_question(aki)
    client = as_(aki)
    share(client, question.get_absolute_url())
    link = ReferralLink.objects.exclude(content_url="").get()
    log = f"/referrals/content/{link.code}/log/"
    for channel in ("copy", "line", "mail", "x", "linkedin", "share", "qr"):
        assert client.post(log, {"channel": channel}).status_code == 204
    assert client.post(log, {"channel": "fax"}).status_code == 422
    assert as_(mio).post(log, {"channel": "copy"}).status_code == 404
    for path in ("", "qr.svg", "qr.png"):
        assert as_(mio).get(f"/referrals/content/{link.code}/{path}").status_code == 404
    rows = ShareLog.objects.values_list("channel", "link__content_url")
    assert len(rows) == 7
    assert {path for _, path in rows} == {question.get_absolute_url()}
    assert client.get(f"/referrals/content/{link.code}/qr.png").content.startswith(b"\x89PNG")
    assert client.get(f"/referrals/content/{link.code}/qr.svg")["Content-Type"] == "image/svg+xml"


def test_without_a_program_and_for_the_team_it_is_the_plain_address(
    as_: Any, aki: Any, sato: Any
) -> None:
    question = a_question(aki, space=a_space())
    for person in (aki, sato):
        sheet = share(as_(person), question.get_absolute_url(), hx_request="true").content.decode()
        assert f"{question.get_absolute_url()}" in sheet
        assert "/r/" not in sheet
    assert not ReferralLink.objects.exists()


def test_an_anonymous_topic_page_makes_no_query_about_sharing(
    aki: Any, django_assert_max_num_queries: Any
) -> None:
    question = a_question(aki)
    stranger = Client(headers={"accept-language": "ja"})
    stranger.get(question.get_absolute_url())
    with django_assert_max_num_queries(6):
        page = stranger.get(question.get_absolute_url()).content.decode()
    assert SHARE not in page
