"""Bot detection, by user agents and headers as they are really sent.

Taking a person for a bot is the worse mistake.
"""

from __future__ import annotations

import pytest

from referrals.edge import bots
from referrals.edge.bots import judge
from tests.referrals import agents

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) "
    "AppleWebKit/605.1.15 (KHTML, like Gecko)"
)


def android(model: str, version: int = 14) -> str:
    machine = f"Linux; Android {version}; {model}"
    return f"Mozilla/5.0 ({machine}) {WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36"


PREVIEWS = {
    "Slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack images": "Slack-ImgProxy (+https://api.slack.com/robots)",
    "Teams": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 "
    "skype-url-preview@microsoft.com",
    "Microsoft": "Mozilla/5.0 (compatible; MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview)",
    "Bing": f"Mozilla/5.0 (Windows NT 6.1; WOW64) {WEBKIT} Chrome/103.0 Safari/537.36 "
    "BingPreview/1.0b",
    "LINE": "facebookexternalhit/1.1;line-poker/1.0",
    "WhatsApp": "WhatsApp/2.23.20.0 A",
    "Signal": "WhatsApp/2",
    "Facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Messenger": "facebookexternalhit/1.1 Facebot",
    "iMessage": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like "
    "Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "X": "Twitterbot/1.0",
    "Discord": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Telegram": "TelegramBot (like TwitterBot)",
    "LinkedIn": "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient "
    "+http://www.linkedin.com)",
    "KakaoTalk": "facebookexternalhit/1.1; kakaotalk-scrap/1.0; "
    "+https://devtalk.kakao.com/t/scrap/33984",
    "Google Chat": "Mozilla/5.0 (compatible; Google-PageRenderer Google "
    "(+https://developers.google.com/+/web/snippet/))",
    "Mastodon": "Mastodon/4.3.2 (http.rb/5.2.0; +https://mastodon.example/)",
    "Bluesky": "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
    "Reddit": "Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)",
    "Pinterest": "Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)",
    "Snapchat": f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/106.0 "
    "Safari/537.36 "
    "(compatible; Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots)",
    "Iframely": "Iframely/1.3.1 (+https://iframely.com/docs/about)",
    "Embedly": "Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)",
    "Hatena": "HatenaBookmark/4.0 (Hatena::Bookmark; Analyzer)",
    "Chatwork": "ChatWork LinkPreview v1 / Chatwork",
    "Notion": f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} NotionEmbedder Chrome/120.0 Safari/537.36",
}
IN_APP = {
    "LINE": f"{IPHONE} Mobile/15E148 Safari Line/14.19.1/IAB",
    "LINE on Android": android("SO-51D; wv") + " Line/14.19.0/IAB",
    "Instagram": f"{IPHONE} Mobile/15E148 Instagram 350.0.0.0 (iPhone15,2; iOS 18_1; ja_JP; ja)",
    "Facebook": f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/480.0.0.0;FBBV/1;FBDV/iPhone15,2]",
    "Facebook on Android": android("SC-52D; wv") + " [FB_IAB/FB4A;FBAV/480.0.0.54.88;]",
    "Yahoo! JAPAN": f"{IPHONE} Mobile/15E148 Safari/604.1 YJApp-IOS jp.co.yahoo.ipn.appli/4.120.0",
    "Yahoo! JAPAN on Android": android("SH-53D; wv")
    + " YJApp-ANDROID jp.co.yahoo.android.yjtop/3.190.0",
    "Bing": f"{IPHONE} Version/18.0 Mobile/15E148 Safari/605.1.15 BingSapphire/28.5.4",
    "Google": f"{IPHONE} GSA/340.0 Mobile/15E148 Safari/604.1",
    "KakaoTalk": f"{IPHONE} Mobile/15E148 KAKAOTALK 10.8.0",
    "WeChat": f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.50(0x1800322b) NetType/WIFI Language/ja",
    "LinkedIn": f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.30.1",
    "X": f"{IPHONE} Mobile/15E148 Twitter for iPhone/10.60",
    "TikTok": android("Pixel 8; wv") + " musical_ly_2023 BytedanceWebview/d8a21c6",
    "Slack": f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/128.0 Electron/32 "
    "Safari/537.36 Slack_SSB/4.41",
    "Teams": f"{WINDOWS} Teams/24231.512.3106.6573",
    "SmartNews": f"{IPHONE} Mobile/15E148 SmartNews/24.10",
    "DuckDuckGo": f"{IPHONE} Version/18.1 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15",
    "Baidu": android("Redmi Note 12") + " baiduboxapp/13.60",
    "Yandex": android("Pixel 7") + " YandexSearch/24.81",
}
BROWSERS = {
    "Chrome": WINDOWS,
    "Edge": f"{WINDOWS} Edg/140.0.0.0",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.1 Safari/605.1.15",
    "iPhone": f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1",
    "Vivaldi": f"{WINDOWS} Vivaldi/7.0",
    "Avast": f"{WINDOWS} Avast/140.0.0.0",
    "AVG": f"{WINDOWS} AVG/140.0.0.0",
    "Norton": f"{WINDOWS} Norton/140.0.0.0",
    "Opera Mini": "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; ja) Presto/2.12.423 "
    "Version/12.16",
    "Samsung": f"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S921Q) {WEBKIT} SamsungBrowser/26.0 "
    "Chrome/122.0 Mobile Safari/537.36",
    "CUBOT P60": android("CUBOT P60"),
    "CUBOT NOTE S": android("CUBOT_NOTE_S", 5),
    "CUBOT Build": android("CUBOT X50 Build/RP1A"),
    "CUBOT MAX": android("CUBOT MAX 5"),
    "old phone": android("SOV36", 8),
    "tablet": android("Lenovo TB-X505F", 10),
    "Chromebook": f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/140.0 Safari/537.36",
    "Nintendo": f"Mozilla/5.0 (Nintendo Switch; WebApplet) {WEBKIT} NF/6.0 NintendoBrowser/5.1",
    "Puffin": android("Pixel 6") + " Puffin/10.4AP",
}
SCANNERS = {
    "Barracuda": "Barracuda Sentinel (EE)",
    "Mimecast": "Mozilla/5.0 (compatible; Mimecast URL Protection)",
    "Proofpoint": "Mozilla/5.0 (compatible; proofpoint-urldefense)",
    "Outlook": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
    "Office": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Symantec": "Mozilla/5.0 (compatible; Symantec MessageLabs)",
    "Trend Micro": f"{WINDOWS} TrendMicro WTP",
    "VirusTotal": "Mozilla/5.0 (compatible; VirusTotalCloud; virustotalcloud)",
}
SCANNER_REFERRERS = [
    "https://eur01.safelinks.protection.outlook.com/?url=x",
    "https://jpn01.safelinks.protection.outlook.com/",
    "https://protect-eu.mimecast.com/s/abc",
    "https://url.us.m.mimecastprotect.com/s/x",
    "https://urldefense.com/v3/__x",
    "https://urldefense.proofpoint.com/v2/url?u=x",
    "https://linkprotect.cudasvc.com/url?a=x",
    "https://secure-web.cisco.com/1x/",
    "https://clicktime.symantec.com/x",
    "https://url.emailprotection.link/?b=x",
    "https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html",
    "https://protect2.fireeye.com/v1/url",
    "https://eu-west-1.protection.sophos.com/",
    "https://imsva91-ctp.trendmicro.com/",
]
CRAWLERS = [
    "",
    "-",
    "Mozilla/5.0",
    "curl/8.5.0",
    "Wget/1.21.4",
    "python-requests/2.32",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "axios/1.7.2",
    "node-fetch/1.0",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Apache-HttpClient/4.5 (Java/17)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/140.0.0.0 Safari/537.36",
    f"Mozilla/5.0 {WEBKIT}; compatible; GPTBot/1.2; +https://openai.com/gptbot",
    "Mozilla/5.0 (compatible; ClaudeBot/1.0)",
    "Mozilla/5.0 (compatible; DuckDuckBot/1.1)",
    "UptimeRobot/2.0",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl)",
]


@pytest.mark.parametrize("name", PREVIEWS)
def test_previews(name: str) -> None:
    assert judge("GET", {"HTTP_USER_AGENT": PREVIEWS[name]}) == bots.PREVIEW


@pytest.mark.parametrize(
    "agent",
    [*IN_APP.values(), *BROWSERS.values()],
    ids=[*(f"in {name}" for name in IN_APP), *BROWSERS],
)
def test_people_are_never_taken_for_robots(agent: str) -> None:
    assert judge("GET", {"HTTP_USER_AGENT": agent, "HTTP_SEC_FETCH_DEST": "document"}) == bots.HUMAN


@pytest.mark.parametrize("name", SCANNERS)
def test_mail_scanners(name: str) -> None:
    assert judge("GET", {"HTTP_USER_AGENT": SCANNERS[name]}) == bots.SCANNER


@pytest.mark.parametrize("referrer", SCANNER_REFERRERS)
def test_the_list_of_referrers_is_really_reached_and_only_the_way_is_doubted(referrer: str) -> None:
    headers = {"HTTP_USER_AGENT": WINDOWS, "HTTP_REFERER": referrer}
    assert judge("GET", headers) == bots.SCANNER
    assert bots.may_be_a_person(bots.SCANNER, headers)
    assert not bots.may_be_a_person(bots.SCANNER, {"HTTP_USER_AGENT": SCANNERS["Mimecast"]})


@pytest.mark.parametrize(
    "referrer",
    [
        "https://outlook.office.com/",
        "https://notsafelinks.example/",
        "https://mimecast.com.example/",
    ],
)
def test_ordinary_referrers_are_ordinary(referrer: str) -> None:
    assert judge("GET", {"HTTP_USER_AGENT": WINDOWS, "HTTP_REFERER": referrer}) == bots.HUMAN


@pytest.mark.parametrize("agent", CRAWLERS)
def test_crawlers(agent: str) -> None:
    assert judge("GET", {"HTTP_USER_AGENT": agent}) == bots.BOT


@pytest.mark.parametrize(
    ("method", "headers", "verdict"),
    [
        ("HEAD", {}, bots.BOT),
        ("GET", {"HTTP_SEC_PURPOSE": "prefetch"}, bots.PREFETCH),
        ("GET", {"HTTP_SEC_PURPOSE": "prefetch;prerender"}, bots.PREFETCH),
        ("GET", {"HTTP_PURPOSE": "prefetch"}, bots.PREFETCH),
        ("GET", {"HTTP_X_PURPOSE": "preview"}, bots.PREFETCH),
        ("GET", {"HTTP_X_MOZ": "prefetch"}, bots.PREFETCH),
        ("GET", {"HTTP_SEC_FETCH_DEST": "image"}, bots.BOT),
        ("GET", {"HTTP_SEC_FETCH_DEST": "iframe"}, bots.BOT),
        ("GET", {"HTTP_SEC_FETCH_DEST": "empty"}, bots.BOT),
        ("GET", {"HTTP_SEC_FETCH_DEST": "document"}, bots.HUMAN),
    ],
)
def test_requests_that_nobody_made_by_following_a_link(
    method: str, headers: dict[str, str], verdict: str
) -> None:
    assert judge(method, {"HTTP_USER_AGENT": WINDOWS, **headers}) == verdict


def test_the_figures() -> None:
    """Of everything we know: how much is recognised, and how many people are wronged."""
    machines = [*PREVIEWS.values(), *SCANNERS.values(), *CRAWLERS, *agents.BOTS]
    people = [*IN_APP.values(), *BROWSERS.values(), *agents.PEOPLE]
    assert len(set(agents.BOTS)) >= 150
    assert len(set(agents.PEOPLE)) >= 150
    missed = [one for one in machines if judge("GET", {"HTTP_USER_AGENT": one}) == bots.HUMAN]
    wronged = [one for one in people if judge("GET", {"HTTP_USER_AGENT": one}) != bots.HUMAN]
    assert len(missed) <= len(machines) * 0.02, missed
    assert not wronged
