"""The story of the house, in Japanese, in a real browser: one voice, what came of it, and who came because of it."""

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
from portal.teams.defaults import ensure_default_rules
from referrals.models import Referral, Reward
from tests import people
from tests.community.things import a_space
from tests.referrals.made import make_program
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Headless Chromium says so in its own name, and would rightly be taken for a robot.
A_PERSONS_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36"
)
QUESTION = "SSO の証明書を更新するとログインできなくなる"


def let_everything_be_heard() -> None:
    """What the worker does meanwhile."""
    dispatch.run_pending()
    deliver_due()


def ask(page: Any, title: str, body: str) -> None:
    page.goto("/questions/ask/")
    page.fill("#id_title", title)
    page.fill("#id_body", body)
    page.get_by_role("button", name="質問を投稿する").click()
    page.wait_for_url(re.compile(r"/questions/\d+/"))
    let_everything_be_heard()


def test_one_full_turn_of_the_wheel(page_of: Callable[..., Any], world: World, live_server: Any, settings: Any) -> None:
    settings.HAZUMI_BASE_URL = live_server.url
    aki, mio, sato, tanaka, kato = (world.person(name) for name in ("aki", "mio", "sato", "tanaka", "kato"))
    a_space()
    make_program()
    ensure_default_rules()

    # aki asks
    akis = page_of(aki)
    ask(akis, QUESTION, "今朝、証明書を更新しました。**全員**がログインできません。")
    question_url = akis.url

    # mio, of another company, answers
    mios = page_of(mio)
    mios.goto(question_url)
    mios.fill(
        "form:not(:has(input[name=parent])) > * textarea[name=body] >> visible=true",
        "IdP 側のメタデータを取り直すと直ります。",
    )
    mios.locator("button.primary >> visible=true").last.click()
    mios.wait_for_url(re.compile(r"#p2$"))
    let_everything_be_heard()

    # sato, support, finds the signal, takes it in hand, tells aki, settles it
    satos = page_of(sato)
    satos.goto("/staff/signals/?team=support")
    satos.get_by_role("link", name=re.compile(QUESTION)).first.click()
    satos.get_by_role("button", name=re.compile("^対応する")).click()
    satos.wait_for_load_state("networkidle")
    satos.locator("summary", has_text="お客さまに伝える").click()
    satos.fill("textarea[name=tell-text]", "手順を更新しました。次の証明書更新からは自動で取り直します。")
    satos.get_by_role("button", name="伝える", exact=True).click()
    satos.wait_for_load_state("networkidle")
    let_everything_be_heard()

    # aki reads what she was told, says that it is solved, and chooses mio's answer
    akis.goto("/")
    assert "手順を更新しました" in akis.content()
    akis.locator("button[name=answer][value=yes]").first.click()
    akis.wait_for_load_state("networkidle")
    akis.goto(question_url)
    akis.locator("form[action$='/accept/'] button").first.click()
    akis.wait_for_load_state("networkidle")
    let_everything_be_heard()

    # aki shares her link; a stranger follows it and signs up
    akis.goto("/referrals/")
    link = akis.locator("[data-copy*='/r/']").first.get_attribute("data-copy")
    strangers = page_of(None, user_agent=A_PERSONS_BROWSER)
    strangers.goto(link)
    assert "秋山 秋さん" in strangers.content()
    strangers.get_by_role("link", name="参加する").first.click()
    strangers.fill("input[name=email]", "shin@aoba.example")
    strangers.fill("input[name=display_name]", "青葉 新")
    strangers.fill("input[name=password1]", people.PASSWORD)
    strangers.locator("main form button.primary").click()
    strangers.wait_for_url(re.compile("confirm-email"))
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code, mail.outbox[-1].body
    strangers.fill("input[name=code]", code[1])
    strangers.locator("main form button.primary").click()
    strangers.wait_for_url(re.compile(r"/(\?.*)?$"))
    let_everything_be_heard()
    referral = Referral.objects.get()
    assert referral.referrer == aki

    # tanaka, sales, moves it to won; the reward is held until kato approves it
    tanakas = page_of(tanaka)
    for state in ("qualified", "won"):
        tanakas.goto(f"/staff/referrals/{referral.public_id}/")
        tanakas.select_option("select[name=to]", state)
        tanakas.locator("button[name=act][value=move]").click()
        tanakas.wait_for_load_state("networkidle")
        let_everything_be_heard()
    rewards = list(Reward.objects.filter(referral=referral))
    assert {reward.side for reward in rewards} == {"referrer", "referee"}
    katos = page_of(kato)
    katos.goto(f"/staff/referrals/rewards/{rewards[0].public_id}/")
    katos.locator("button[name=act][value=approve]").click()
    katos.wait_for_load_state("networkidle")
    let_everything_be_heard()
    akis.goto("/referrals/")
    assert "保留" in akis.content()

    # the newcomer posts for the first time
    ask(strangers, "はじめまして、承認フローの初期設定で迷っています", "部署ごとに分けるのが普通でしょうか。")

    # the turn's page shows all of it
    turn = Turn.objects.get(person_id=aki.pk)
    satos.goto(f"/staff/turns/{turn.public_id}/")
    story = satos.locator("main").inner_text()
    for word in (QUESTION, "アクメ精機", "秋山 秋さん", "手順を更新しました", "新しく来た企業", "はじめまして"):
        assert word in story, (word, story)
    stages = list(turn.stages.order_by("pk").values_list("stage", flat=True))
    assert set(stages) == {"S1", "S2", "S3", "S4", "S4V", "S5", "S6", "S7"}, stages
    assert User.objects.get(email="shin@aoba.example").organization is not None
