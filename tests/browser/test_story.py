"""One full turn in a real browser, in Japanese: a question, the answer and update, and the customer
who came because of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from portal.accounts.models import User
from portal.delivery.outbox import deliver_due
from portal.events import dispatch
from portal.flywheel.models import Turn
from referrals.models import Referral, Reward
from tests import people
from tests.community.things import a_space
from tests.referrals.made import make_program
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Headless Chromium says so in its own name, and would rightly be taken for a robot.
A_PERSONS_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/148.0.0.0 Safari/537.36"
)
QUESTION = "SSO の証明書を更新するとログインできなくなる"


def run_all_listeners() -> None:
    """What the worker does meanwhile."""
    dispatch.run_pending()
    deliver_due()


def ask(page: Any, title: str, body: str) -> None:
    page.goto("/questions/ask/")
    page.fill("#id_title", title)
    page.fill("#id_body", body)
    page.get_by_role("button", name="質問を投稿する").click()
    page.wait_for_url(re.compile(r"/questions/\d+/"))
    run_all_listeners()


def test_one_full_turn_of_the_wheel(
    page_of: Callable[..., Any], world: World, live_server: Any, settings: Any
) -> None:
    settings.HAZUMI_BASE_URL = live_server.url
    a_space()
    make_program()
    aki = world.person("aki")
    akis, satos = page_of(aki), page_of(world.person("sato"))

    ask(akis, QUESTION, "今朝、証明書を更新しました。**全員**がログインできません。")
    question_url = akis.url
    mio_answers(page_of(world.person("mio")), question_url)
    sato_acts_and_updates_the_customer(satos)
    aki_reads_the_update_and_accepts(akis, question_url)

    strangers = page_of(None, user_agent=A_PERSONS_BROWSER)
    a_visitor_follows_akis_link(strangers, akis)
    referral = Referral.objects.get()
    assert referral.referrer == aki
    tanaka_wins_it(page_of(world.person("tanaka")), referral)
    kato_approves(page_of(world.person("kato")), referral)
    akis.goto("/referrals/")
    assert "保留" in akis.content()

    ask(
        strangers,
        "はじめまして、承認フローの初期設定で迷っています",
        "部署ごとに分けるのが普通でしょうか。",
    )
    assert User.objects.get(email="shin@aoba.example").organization is not None

    turn = Turn.objects.get(person_id=aki.pk)
    satos.goto(f"/staff/turns/{turn.public_id}/")
    story = satos.locator("main").inner_text()
    for word in (
        QUESTION,
        "アクメ精機",
        "秋山 秋さん",
        "手順を更新しました",
        "新しく来た企業",
        "はじめまして",
    ):
        assert word in story, (word, story)
    stages = set(turn.stages.values_list("stage", flat=True))
    assert stages == {"S1", "S2", "S3", "S4", "S4V", "S5", "S6", "S7"}


def mio_answers(page: Any, url: str) -> None:
    """Somebody of another company knows."""
    page.goto(url)
    page.fill(
        "form:not(:has(input[name=parent])) > * textarea[name=body] >> visible=true",
        "IdP 側のメタデータを取り直すと直ります。",
    )
    page.locator("button.primary >> visible=true").last.click()
    page.wait_for_url(re.compile(r"#p2$"))
    run_all_listeners()


def sato_acts_and_updates_the_customer(page: Any) -> None:
    """Support finds the signal, claims it and updates the customer."""
    page.goto("/staff/signals/?team=support")
    page.get_by_role("link", name=re.compile(QUESTION)).first.click()
    page.get_by_role("button", name=re.compile("^対応する")).click()
    page.wait_for_load_state("networkidle")
    page.locator("summary", has_text="お客さまに伝える").click()
    page.fill(
        "textarea[name=tell-text]", "手順を更新しました。次の証明書更新からは自動で取り直します。"
    )
    page.get_by_role("button", name="伝える", exact=True).click()
    page.wait_for_load_state("networkidle")
    run_all_listeners()


def aki_reads_the_update_and_accepts(page: Any, url: str) -> None:
    """aki reads the update, says that it is solved, and accepts the answer."""
    page.goto("/")
    assert "手順を更新しました" in page.content()
    page.locator("button[name=answer][value=yes]").first.click()
    page.wait_for_load_state("networkidle")
    page.goto(url)
    page.locator("form[action$='/accept/'] button").first.click()
    page.wait_for_load_state("networkidle")
    run_all_listeners()


def a_visitor_follows_akis_link(page: Any, akis: Any) -> None:
    """Opens it, sees who introduces, signs up, proves the address."""
    akis.goto("/referrals/")
    page.goto(akis.locator("[data-copy*='/r/']").first.get_attribute("data-copy"))
    assert "秋山 秋さん" in page.content()
    page.get_by_role("link", name="参加する").first.click()
    page.fill("input[name=email]", "shin@aoba.example")
    page.fill("input[name=display_name]", "青葉 新")
    page.fill("input[name=password1]", people.PASSWORD)
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile("confirm-email"))
    code = re.search(
        r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mail.outbox[-1].body), re.MULTILINE
    )
    assert code, mail.outbox[-1].body
    page.fill("input[name=code]", code[1])
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/(\?.*)?$"))
    run_all_listeners()


def tanaka_wins_it(page: Any, referral: Referral) -> None:
    """Sales moves the introduction to won."""
    for state in ("qualified", "won"):
        page.goto(f"/staff/referrals/{referral.public_id}/")
        page.select_option("select[name=to]", state)
        page.locator("button[name=act][value=move]").click()
        page.wait_for_load_state("networkidle")
        run_all_listeners()


def kato_approves(page: Any, referral: Referral) -> None:
    """Both sides' rewards are on hold; a person approves."""
    rewards = list(Reward.objects.filter(referral=referral))
    assert {reward.side for reward in rewards} == {"referrer", "referee"}
    page.goto(f"/staff/referrals/rewards/{rewards[0].public_id}/")
    page.locator("button[name=act][value=approve]").click()
    page.wait_for_load_state("networkidle")
    run_all_listeners()
