"""A success story: aki writes it, mori publishes it, mio reads it, aki shares it and withdraws
consent.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import services
from community.models import Post, Story, StoryConsent, Topic
from portal.accounts.models import Membership
from portal.accounts.privacy import export
from portal.accounts.services import assign_team
from portal.api.services import create_key
from portal.flywheel.models import Turn
from portal.notifications.models import Notification
from portal.search.services import index_batch
from referrals.edge import redirect
from referrals.models import Program, ReferralLink, ShareLog
from tests.community.things import (
    a_published_story,
    a_question,
    a_space,
    a_story,
    a_submitted_story,
    an_answer,
)
from tests.people import NOW
from tests.referrals.flows.test_redirect import CHROME
from tests.referrals.made import make_program

pytestmark = pytest.mark.django_db
TITLE = "稟議にかかる日数が6日から1日に"
NEW = "/stories/new/"
AGREED = {"audience": "public", "naming": "company", "agreed": "on"}
CANARY = "カナリア鳴動"


@pytest.fixture
def program(db: Any) -> Program:
    return make_program()


@pytest.fixture(autouse=True)
def _fresh() -> None:
    redirect.state.links.clear()
    redirect.state.rest_until = 0


def written(**fields: Any) -> dict[str, Any]:
    return {
        "title": TITLE,
        "problem": "社内便で5拠点を回していました。",
        "action": "**承認の段階**を3つに減らしました。",
        "outcome": "止まっている場所を尋ねる電話がなくなりました。",
        "space": a_space().pk,
        "what_1": "承認の日数",
        "before_1": "６",
        "after_1": "1",
        "unit_1": "日",
        "form_key": str(uuid4()),
    } | fields


def test_from_the_first_word_to_a_reader_and_back(
    as_: Any, aki: Any, ren: Any, mio: Any, mori: Any, sato: Any, program: Program, dispatched: Any
) -> None:
    hers, desk = as_(aki), as_(mori)
    came = hers.post(NEW, written())
    story = Story.objects.get()
    assert came["Location"] == f"/stories/mine/{story.public_id}/"
    page = hers.get(came["Location"]).content.decode()
    assert "<strong>承認の段階</strong>" in page
    assert "「アクメ精機 · 秋山 秋」の話として表示します" in page
    assert hers.post(f"{came['Location']}submit/", AGREED)["Location"] == came["Location"]
    for person in (ren, mio):
        assert as_(person).get(came["Location"]).status_code == 404
        assert TITLE not in as_(person).get("/stories/").content.decode()
    dispatched()
    assert Notification.objects.get(kind="story_submitted").user == mori
    assert TITLE in desk.get("/staff/").content.decode()
    assert TITLE in as_(sato).get(reverse("community:story_desk")).content.decode()
    verdict = {"verdict": "publish", "consent": story.consents.get().pk}
    decide = reverse("community:decide_story", args=[story.public_id])
    assert as_(sato).post(decide, verdict).status_code == 403
    assert desk.post(decide, verdict).status_code == 302
    assert desk.post(decide, verdict, follow=True).status_code == 200  # sent twice
    url = Topic.objects.get().get_absolute_url()
    for client in (as_(mio), as_()):
        page = client.get(url).content.decode()
        assert "アクメ精機 · 秋山 秋" in page
        assert 'class="was"' in page
        assert TITLE in client.get("/stories/").content.decode()
    dispatched()
    told = Notification.objects.get(kind="story_published")
    assert told.user == aki

    assert (
        as_(mio).post(f"{url}answers/", {"body": "どの段階から減らしましたか。"})["Location"]
        == f"{url}#p2"
    )
    link = shared(hers, url)
    visitor = Client(headers={"user-agent": CHROME, "accept-language": "ja"})
    assert visitor.get(f"/r/{link.code}?s=line")["Location"].startswith(url)
    assert hers.post(f"/referrals/content/{link.code}/log/", {"channel": "line"}).status_code == 204
    assert (
        ShareLog.objects.get().link.content_subject == f"community.topic:{Topic.objects.get().pk}"
    )

    assert hers.post(f"{came['Location']}withdraw/").status_code == 302
    dispatched()
    for client in (as_(), as_(mio), as_(ren)):
        gone = client.get(url)
        assert gone.status_code == 410
        assert TITLE not in gone.content.decode()
    assert hers.post("/referrals/content/", {"of": url}).status_code == 404
    assert visitor.get(f"/r/{link.code}")["Location"].startswith(f"/welcome/{link.code}/")
    assert as_(mio).post(f"{url}answers/", {"body": "もう一度"}).status_code == 410


def shared(client: Client, url: str) -> ReferralLink:
    assert f'name="of" value="{url}"' in client.get(url).content.decode()
    answer = client.post("/referrals/content/", {"of": url})
    link = ReferralLink.objects.get(content_url=url)
    assert TITLE in client.get(answer["Location"]).content.decode()
    return link


def test_a_returned_story_says_why_and_is_submitted_again(
    as_: Any, aki: Any, mori: Any, dispatched: Any
) -> None:
    story = a_submitted_story(aki)
    decide = reverse("community:decide_story", args=[story.public_id])
    sent = {"verdict": "return", "consent": story.consent_id}
    refused = as_(mori).post(decide, sent)
    assert refused.status_code == 422
    assert "理由" in refused.content.decode()
    as_(mori).post(decide, sent | {"reason": "測った期間を書いてください"})
    dispatched()
    assert Notification.objects.get(kind="story_returned").user == aki
    assert "測った期間を書いてください" in as_(aki).get("/notifications/").content.decode()
    hers = as_(aki)
    for path in ("", "edit/"):
        assert (
            "測った期間を書いてください"
            in hers.get(f"{story.get_absolute_url()}{path}").content.decode()
        )
    hers.post(f"{story.get_absolute_url()}edit/", written(title="3か月の平均で6日から1日に"))
    assert hers.post(f"{story.get_absolute_url()}submit/", AGREED).status_code == 302
    story.refresh_from_db()
    assert (story.state, story.title) == ("submitted", "3か月の平均で6日から1日に")


def test_a_refused_story_keeps_every_value(as_: Any, aki: Any) -> None:
    sent = written(
        title="短", before_1="約六日", what_2="電話", before_2="", after_2="12", unit_2="件"
    )
    response = as_(aki).post(NEW, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert not Story.objects.exists()
    for piece in (
        'value="短"',
        "社内便で5拠点",
        'value="約六日"',
        'value="電話"',
        'value="12"',
        "数字で書いてください",
        "こちらも必要です",
        "読める文字を2文字以上入れてください。",
    ):
        assert piece in page, piece
    nothing = as_(aki).post(NEW, {"title": "　", "problem": "", "action": " ", "outcome": ""})
    assert nothing.status_code == 422
    assert "何か書いてください" in nothing.content.decode()


def test_without_consent_nothing_is_submitted(as_: Any, aki: Any) -> None:
    story = a_story(aki)
    for missing in ("agreed", "audience", "naming"):
        sent = {key: value for key, value in AGREED.items() if key != missing}
        assert as_(aki).post(f"{story.get_absolute_url()}submit/", sent).status_code == 422
    wrong = as_(aki).post(f"{story.get_absolute_url()}submit/", AGREED | {"audience": "staff"})
    assert wrong.status_code == 422
    assert not StoryConsent.objects.exists()


def test_the_same_form_sent_twice_updates_once(as_: Any, aki: Any) -> None:
    sent, browser = written(), as_(aki)
    first, second = (browser.post(NEW, sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    for _ in range(2):
        assert browser.post(f"{first['Location']}submit/", AGREED).status_code == 302
    assert StoryConsent.objects.count() == Story.objects.count() == 1


def test_an_unfinished_story_is_among_the_drafts(as_: Any, aki: Any) -> None:
    story = a_story(aki)
    for key in ("story:new", f"story:{story.public_id}", "story:x"):
        services.save_draft(
            user=aki, key=key, data={"title": f"途中 {key}", "problem": "まだです"}, now=NOW
        )
    page = as_(aki).get("/drafts/").content.decode()
    assert f'href="{NEW}"' in page
    assert f'href="/stories/mine/{story.public_id}/edit/"' in page
    as_(aki).post(NEW, written())
    assert "途中 story:new" not in as_(aki).get("/drafts/").content.decode()


STATES = ("draft", "submitted", "returned", "withdrawn", "members", "hidden")


def story_in(state: str, world: Any) -> Story:
    aki, mori = world.person("aki"), world.person("mori")
    if state == "draft":
        return a_story(aki, title=CANARY)
    if state in ("members", "hidden"):
        story = a_published_story(
            aki, mori, title=CANARY, audience="members" if state == "members" else "public"
        )
        if state == "hidden":
            post = Post.objects.get(topic=story.topic_id, number=1)
            services.hide_post(post=post, moderator=mori, reason="数字の確認", now=NOW)
        return story
    if state == "withdrawn":
        story = a_published_story(aki, mori, title=CANARY)
        services.withdraw_story(story=story, actor=aki, now=NOW)
        return story
    story = a_submitted_story(aki, title=CANARY)
    if state == "returned":
        services.return_story(story=story, editor=mori, reason="直してください", now=NOW)
    return story


@pytest.mark.parametrize("state", STATES)
def test_nothing_gives_away_what_was_not_agreed_to(
    world: Any, as_: Any, state: str, dispatched: Any
) -> None:
    story = story_in(state, world)
    dispatched()
    index_batch()
    _key, text = create_key(name="CRM", scopes=["topics:read"], actor=world.person("kato"), now=NOW)
    for who in ("", "ren", "mio"):
        client = as_(world.person(who)) if who else as_()
        shown = state == "members" and bool(who)
        for path in ("/stories/", f"/search/?q={CANARY}", "/", "/articles/"):
            listed = CANARY in client.get(path, follow=True).content.decode().replace(
                f'value="{CANARY}"', ""
            ).replace(f"q={CANARY}", "")
            if path == "/stories/":
                assert listed == shown, (path, state, who)
            elif path != f"/search/?q={CANARY}":
                assert not listed, (path, state, who)
        if story.topic_id:
            expected = 200 if shown else 410 if state == "withdrawn" else 404
            assert client.get(f"/stories/{story.topic_id}/").status_code == expected
        assert f"/stories/{story.topic_id}/" not in client.get("/sitemap.xml").content.decode()
    machine = Client(headers={"authorization": f"Bearer {text}"})
    for path in ("/api/v1/stories/", "/api/v1/topics/"):
        assert (CANARY in machine.get(path).content.decode()) == (state == "members"), path


def test_a_published_story_is_in_the_sitemap_the_search_and_the_api(
    world: Any, as_: Any, dispatched: Any, django_assert_max_num_queries: Any
) -> None:
    story = a_published_story(world.person("aki"), world.person("mori"), naming="industry")
    dispatched()
    index_batch()
    assert f"/stories/{story.topic_id}/" in as_().get("/sitemap.xml").content.decode()
    assert f"/stories/{story.topic_id}/" in as_().get("/search/?q=稟議").content.decode()
    _key, text = create_key(name="CRM", scopes=["topics:read"], actor=world.person("kato"), now=NOW)
    row = (
        Client(headers={"authorization": f"Bearer {text}"})
        .get("/api/v1/stories/")
        .json()["items"][0]
    )
    assert row["results"] == [
        {"what": "承認の日数", "before": "6.00", "after": "1.00", "unit": "日"}
    ]
    page = as_().get(f"/stories/{story.topic_id}/").content.decode()
    for name in ("秋山", "アクメ精機"):
        assert name not in page
        assert name not in str(row)
    sent = {"kind": "story", "title": "API から", "body": "本文です", "space": "billing"}
    _key, text = create_key(
        name="CRM", scopes=["topics:write"], actor=world.person("kato"), now=NOW
    )
    answer = Client(headers={"authorization": f"Bearer {text}", "idempotency-key": "one"}).post(
        "/api/v1/topics/", sent, content_type="application/json"
    )
    assert answer.status_code == 400


def test_the_companys_administrator_withdraws_consent(
    as_: Any, aki: Any, ren: Any, mori: Any, mio: Any
) -> None:
    story = a_published_story(aki, mori)
    url = story.get_absolute_url()
    assert as_(ren).post(f"{url}withdraw/").status_code == 404
    Membership.objects.filter(user=ren).update(role="administrator")
    Membership.objects.filter(user=mio).update(role="administrator")
    assert as_(mio).post(f"{url}withdraw/").status_code == 404
    assert as_(mori).post(f"{url}withdraw/").status_code == 403
    a_story(aki, title="まだ下書き")
    listed = as_(ren).get("/stories/").content.decode()
    assert f'href="{url}"' in listed
    assert "まだ下書き" not in listed
    assert f'href="{url}"' not in as_(mio).get("/stories/").content.decode()
    assert "同意を取り消す" in as_(ren).get(url).content.decode()
    assert as_(ren).post(f"{url}withdraw/").status_code == 302
    assert as_().get(f"/stories/{story.topic_id}/").status_code == 410


def test_nobody_consents_for_a_company_they_have_left(as_: Any, aki: Any, mori: Any) -> None:
    story, shown = a_story(aki), a_published_story(aki, mori)
    aki.memberships.update(ended_at=NOW)
    assert as_(aki).get(NEW).status_code == 302
    for path in ("edit/", "submit/"):
        sent = written() if path == "edit/" else AGREED
        assert (
            as_(aki).post(f"{story.get_absolute_url()}{path}", sent)["Location"]
            == story.get_absolute_url()
        )
    assert Story.objects.get(pk=story.pk).state == "draft"
    as_(aki).post(f"{shown.get_absolute_url()}withdraw/")
    assert as_().get(f"/stories/{shown.topic_id}/").status_code == 410


def test_nobody_rewrites_deletes_or_answers_for_the_author(
    as_: Any, aki: Any, ren: Any, mori: Any
) -> None:
    story = a_published_story(aki, mori)
    post = Post.objects.get(topic=story.topic_id, number=1)
    for person in (aki, ren, mori):
        assert (
            as_(person)
            .post(f"/posts/{post.pk}/edit/", {"title": "奪った題", "body": "本文"})
            .status_code
            == 403
        )
        assert as_(person).post(f"/posts/{post.pk}/delete/").status_code == 403
    services.withdraw_story(story=story, actor=aki, now=NOW)
    for person in (aki, mori):
        assert as_(person).post(f"/posts/{post.pk}/restore/").status_code == 403
    draft = a_story(aki, title="下書きです")
    assert as_(mori).post(f"{draft.get_absolute_url()}submit/", AGREED).status_code == 403
    decide = reverse("community:decide_story", args=[draft.public_id])
    assert as_(mori).post(decide, {"verdict": "publish", "consent": 1}).status_code == 404


def test_an_anonymous_author_is_notified_all_the_same(
    aki: Any, mio: Any, mori: Any, dispatched: Any
) -> None:
    story = a_published_story(aki, mori, naming="industry")
    dispatched()
    services.post_answer(topic=story.topic, author=mio, body="どう進めましたか", now=NOW)
    dispatched()
    post = Post.objects.select_related("topic").get(topic=story.topic_id, number=1)
    services.hide_post(post=post, moderator=mori, reason="数字の確認", now=NOW)
    dispatched()
    assert set(Notification.objects.filter(user=aki).values_list("kind", flat=True)) == {
        "story_published",
        "followed",
        "hidden",
    }


def test_marketing_publishes_and_finds_its_way(as_: Any, aki: Any, tanaka: Any) -> None:
    story = a_submitted_story(aki)
    assert 'href="/staff/stories/"' not in as_(tanaka).get("/staff/").content.decode()
    assign_team(user=tanaka, team="marketing", now=NOW)
    assert 'href="/staff/stories/"' in as_(tanaka).get("/staff/").content.decode()
    decide = reverse("community:decide_story", args=[story.public_id])
    as_(tanaka).post(decide, {"verdict": "publish", "consent": story.consent_id})
    assert Story.objects.get().state == "published"


def test_staff_see_that_stories_are_written_by_customers(as_: Any, sato: Any) -> None:
    page = as_(sato).get(NEW, follow=True)
    assert page.redirect_chain == [("/stories/", 302)]
    assert "成功事例はお客さまが書きます" in page.content.decode()
    as_(sato).post(NEW, written())
    assert not Story.objects.exists()


def test_a_story_counts_as_advocacy_in_the_turn_confirmed_before(
    aki: Any, mio: Any, mori: Any, dispatched: Any
) -> None:
    topic = a_question(aki)
    services.accept_answer(post=an_answer(topic, mio), actor=aki, now=NOW)
    story = a_published_story(aki, mori)
    dispatched()
    turn = Turn.objects.get(subject=f"community.topic:{topic.pk}")
    assert turn.stage == "S5"
    assert not Turn.objects.filter(subject=f"community.topic:{story.topic_id}").exists()


def test_an_export_contains_the_users_stories(aki: Any, mori: Any) -> None:
    a_published_story(aki, mori)
    row = export(aki)["stories"][0]
    assert (row["title"], row["state"]) == (TITLE, "published")
    assert "アクメ精機" in row["consents"][0]["words"]


def test_analytics_name_a_shared_story(
    as_: Any, aki: Any, mori: Any, program: Program, dispatched: Any
) -> None:
    story = a_published_story(aki, mori)
    dispatched()
    index_batch()
    shared(as_(aki), f"/stories/{story.topic_id}/")
    page = as_(mori).get("/staff/analytics/referrals/").content.decode()
    assert TITLE in page


def statements(client: Client, url: str) -> int:
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
    return len([row for row in queries if not row["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_list_and_page_keep_their_budget(as_: Any, aki: Any, mori: Any, mio: Any) -> None:
    shown = [a_published_story(aki, mori, title=f"成功事例 {n}") for n in range(12)]
    url = f"/stories/{shown[0].topic_id}/"
    for n in range(6):
        services.post_answer(topic=shown[0].topic, author=mio, body=f"質問 {n}", now=NOW)
    assert statements(as_(), "/stories/") <= 2
    assert statements(as_(mio), "/stories/") <= 7
    assert statements(as_(), url) <= 5
    assert statements(as_(mio), url) <= 9
