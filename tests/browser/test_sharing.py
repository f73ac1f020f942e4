"""Sharing in a real browser: the sheet by keyboard with the clipboard refused, and the scripts on
other origins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portal.api import services as keys
from referrals.edge import redirect
from referrals.embed import origins
from referrals.models import ClickDay, PendingClaim, ReferralLink, ShareLog
from referrals.services.links import clicks
from referrals.services.links.links import link_for
from tests import people
from tests.browser.test_story import A_PERSONS_BROWSER
from tests.community.things import a_question
from tests.people import NOW
from tests.referrals.flows.test_embed import ask_token
from tests.referrals.made import make_program

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REFUSE = (
    "Object.defineProperty(navigator, 'clipboard', "
    "{value: {writeText: () => Promise.reject(new Error('refused'))}})"
)
STAY = """for (const [id, act] of [['other', 'click'], ['own', 'submit']]) {
  document.getElementById(id).addEventListener(act, (event) => event.preventDefault());
}"""
SELECTED = (
    "(({value, selectionStart, selectionEnd}) => value.slice(selectionStart, selectionEnd))"
    "(document.activeElement)"
)
STRICT = (
    "default-src 'none'; script-src {home}; connect-src {home}; style-src 'none'; img-src 'none'"
)


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str, str], str]]:
    """`elsewhere(html, policy)` serves a page on another port of loopback and returns its
    origin.
    """
    page: dict[str, str] = {}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page["html"].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", page["policy"])
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()

    def serve(html: str, policy: str) -> str:
        page.update(html=html, policy=policy)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield serve
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def home(live_server: Any, settings: Any) -> str:
    settings.HAZUMI_BASE_URL = live_server.url
    redirect.state.links.clear()
    redirect.state.rest_until = 0
    origins.forget()
    return str(live_server.url)


def test_the_sheet_by_keyboard_with_the_clipboard_refused(
    page_of: Any, aki: Any, home: str
) -> None:
    question = a_question(aki)
    make_program()
    page = page_of(aki, width=390)
    page.add_init_script(REFUSE)
    page.goto(question.get_absolute_url())
    opener = page.locator("aside form[action='/referrals/content/'] button")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    link = ReferralLink.objects.exclude(content_url="").get()
    assert link.code in dialog.locator("input[data-copy-source]").input_value()
    assert dialog.locator("input[data-copy-source]").bounding_box()["y"] < 844
    words = dialog.locator("textarea").first
    words.fill(f"見てみてください {home}/r/{link.code} [PR]")
    dialog.locator("[data-share-copy]").focus()
    page.keyboard.press("Enter")
    said = dialog.locator("[role=status]")
    said.filter(has_text="選択").wait_for()
    selected = page.evaluate(SELECTED)
    assert selected.startswith("見てみてください")
    way = dialog.locator("[data-share-way=line]")
    way.evaluate(
        "link => { link.removeAttribute('target'); link.addEventListener('click', event => "
        "event.preventDefault()); }"
    )
    way.focus()
    page.keyboard.press("Enter")
    assert "%E8%A6%8B%E3%81%A6%E3%81%BF%E3%81%A6" in way.get_attribute("href")
    assert "s%3Dline" in way.get_attribute("href")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert opener.evaluate("button => button === document.activeElement")
    assert sorted(ShareLog.objects.values_list("channel", "link")) == [
        ("copy", link.pk),
        ("line", link.pk),
    ]


def test_a_marketing_page_keeps_nothing_before_consent_counts_once_and_names_the_sharer(
    page_of: Any, aki: Any, home: str, elsewhere: Any
) -> None:
    html = f"""<!doctype html><html lang="ja"><title>LP</title><h1>製品紹介</h1>
    <a id="join" href="{home}/accounts/signup/">登録</a><a id="other" href="https://other.example/">他社</a>
    <form id="own" data-hazumi action="/thanks"><button>送る</button></form>
    <script src="{home}/embed/hazumi.js" data-consent="pending" data-days="90" defer></script>
    </html>"""
    site = elsewhere(html, STRICT.format(home=home))
    link = link_for(
        user=aki, program=make_program(target_url=f"{site}/lp", hosts=["127.0.0.1"]), now=NOW
    )
    page = page_of(None, user_agent=A_PERSONS_BROWSER)
    told: list[str] = []
    page.on(
        "request",
        lambda request: (
            told.append(request.url) if request.url.endswith("/embed/landed/") else None
        ),
    )
    page.goto(f"{home}/r/{link.code}?utm_source=chat")
    assert page.url.startswith(f"{site}/lp?utm_source=chat&via={link.code}&hz=")
    assert page.evaluate("[hazumi.code, hazumi.click.length]") == [link.code, 22]
    assert (
        page.evaluate("document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)")
        == ""
    )
    assert told == []
    with page.expect_response("**/embed/landed/") as heard:
        page.mouse.move(40, 40)
    assert heard.value.status == 204
    page.mouse.move(90, 90)
    page.mouse.wheel(0, 200)
    clicks.drain(consumer="t")
    day = ClickDay.objects.get(link_id=link.pk, verdict="human")
    assert (day.count, day.confirmed_count, len(told)) == (1, 1, 1)
    assert page.evaluate("document.cookie") == ""

    page.evaluate("hazumi.consent('granted')")
    assert page.evaluate("document.cookie").startswith(f"hazumi_ref={link.code}.")
    page.evaluate("hazumi.consent('denied')")
    assert page.evaluate("document.cookie + hazumi.code") == ""
    page.reload()
    page.evaluate("hazumi.consent('granted')")
    page.goto(f"{site}/prices")
    assert page.evaluate("hazumi.code") == ""  # this page says pending
    page.evaluate("hazumi.consent('granted')")
    assert page.evaluate("hazumi.code") == link.code
    page.evaluate(STAY)
    page.locator("#other").click()
    page.locator("#own button").click()
    assert page.locator("#other").get_attribute("href") == "https://other.example/"
    assert page.locator("#own input[name=via]").input_value() == link.code
    page.context.clear_cookies(domain="localhost")
    page.locator("#join").click()
    page.wait_for_url(f"{home}/accounts/signup/?via={link.code}&hz=*")
    page.fill("input[name=email]", "shin@aoba.example")
    page.fill("input[name=display_name]", "青葉 新")
    page.fill("input[name=password1]", people.PASSWORD)
    page.locator("main form button.primary").click()
    page.wait_for_url("**/confirm-email/**")
    claim = PendingClaim.objects.get()
    assert (claim.link, claim.kind) == (link, "click")


def test_the_share_card_on_a_page_of_another_origin_under_a_strict_policy(
    page_of: Any, aki: Any, kato: Any, home: str, elsewhere: Any
) -> None:
    make_program()
    site = elsewhere("", "")
    key = keys.create_key(name="product", scopes=["sharing:write"], actor=kato, now=NOW)[1]
    token = ask_token(key, email=aki.email, origin=site).json()["token"]
    html = f"""<!doctype html><html lang="ja"><title>製品</title><h1>設定</h1>
    <hazumi-share token="{token}" lang="ja" theme="dark"></hazumi-share>
    <script type="module" src="{home}/embed/share.js"></script></html>"""
    elsewhere(html, STRICT.format(home=home))
    page = page_of(None, width=390)
    page.add_init_script(REFUSE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    card = page.locator("hazumi-share")
    card.locator("button.main").wait_for()
    link = ReferralLink.objects.get(user=aki)
    assert f"/r/{link.code}?s=embed" in card.locator("input").input_value()
    assert "¥30,000" in card.locator("section").inner_text()
    assert (
        card.evaluate(
            "card => getComputedStyle(card.shadowRoot.querySelector('section')).backgroundColor"
        )
        == "rgb(31, 30, 27)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    card.locator("button.main").focus()
    page.keyboard.press("Enter")
    card.locator("[role=status]", has_text="選択").wait_for()
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {
        site.split("/")[2],
        home.split("/")[2],
    }
    page.evaluate("document.querySelector('hazumi-share').setAttribute('lang', 'en')")
    card.get_by_role("button", name="Copy", exact=True).wait_for()
    page.wait_for_load_state("networkidle")
    assert list(ShareLog.objects.values_list("channel", "link")) == [("copy", link.pk)]
    page.evaluate("document.querySelector('hazumi-share').setAttribute('token', 'made-up')")
    card.get_by_role("button", name="Try again").wait_for()
