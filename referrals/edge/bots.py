"""Bot detection by one request's headers.

Bots are redirected too, only not counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from crawlerdetect import CrawlerDetect

HUMAN, BOT, PREVIEW, SCANNER, PREFETCH = "human", "bot", "preview", "scanner", "prefetch"

# Fetchers that draw a link's preview when somebody pastes it.
PREVIEWERS = re.compile(
    r"facebookexternalhit|facebot|twitterbot|slackbot|slack-imgproxy|discordbot|telegrambot|"
    r"whatsapp/|linkedinbot|"
    r"skypeuripreview|microsoftpreview|bingpreview|line-poker|linespider|kakaotalk-scrap|viber|"
    r"redditbot|"
    r"pinterestbot|pinterest/0|embedly|iframely|quora link preview|vkshare|tumblr/|bitlybot|"
    r"flipboardproxy|"
    r"mastodon/|misskey/|pleroma|cardyb|bluesky|google-pagerenderer|googleother|"
    r"teams\b.*preview|zoombot|"
    r"chatwork|snap url preview|snapchat url preview|applebot|notion(bot|embed|/)|hatena|"
    r"iMessageLinkPreview|"
    r"facebookcatalog",
    re.IGNORECASE,
)
# In-app browsers and phones whose names look like a crawler's. They are people.
PEOPLE = re.compile(
    r"\bCUBOT\b|BingSapphire|\bLine/\d|\bFBA[NV]/|Instagram \d|\bKAKAOTALK \d|GSA/\d|YJApp|"
    r"Slack(?:_SSB)?/\d|Teams/\d|"
    r"MicroMessenger/|TwitterAndroid|Twitter for|LinkedInApp|Snapchat/\d|Pinterest for|"
    r"musical_ly|TikTok|Puffin/",
)
MACHINES = re.compile(
    r"bot\b|crawl|spider|scrap|curl/|wget/|python|httpx|aiohttp|java/|okhttp|go-http|"
    r"node-fetch|axios|undici|ruby|"
    r"libwww|lwp|php/|guzzle|headless|phantomjs|puppeteer|playwright|selenium|lighthouse|"
    r"pingdom|uptime|monitor|"
    r"statuscake|newrelic|datadog|checkly|postman|insomnia|fetch/|http[-_ ]?client|apache-|"
    r"winhttp|powershell|"
    r"validator|preview|scanner|gptbot|claudebot|ccbot|perplexity|bytespider|ahrefs|semrush|"
    r"petalbot|yandexbot|yandex\.com/bots|baiduspider",
    re.IGNORECASE,
)
SCANNERS = re.compile(
    r"barracuda|mimecast|proofpoint|urldefense|safelinks|microsoft office|ms-office|office 365|"
    r"outlook/|trendmicro|"
    r"symantec|messagelabs|forcepoint|websense|zscaler|sophos|fireeye|trellix|cisco|ironport|"
    r"bitdefender|kaspersky|"
    r"mcafee|virustotal|urlscan|netcraft|paloalto|cloudmark|checkpoint|avanan|ironscales|phish|"
    r"cyren",
    re.IGNORECASE,
)
SCANNER_REFERRERS = re.compile(
    r"(^|\.)(safelinks\.protection\.outlook\.com|urldefense\.com|urldefense\.proofpoint\.com|"
    r"protect.*\.mimecast\.com|"
    r"mimecastprotect\.com|protect2\.fireeye\.com|protection\.sophos\.com|"
    r"[a-z0-9-]*ctp\.trendmicro\.com|"
    r"linkprotect\.cudasvc\.com|secure-web\.cisco\.com|clicktime\.symantec\.com|"
    r"url\.emailprotection\.link|"
    r"statics\.teams\.cdn\.office\.net|urlsand\.esvalabs\.com|shared\.outlook\.inky\.com)$"
)
_detector = CrawlerDetect()


def judge(method: str, headers: Mapping[str, str]) -> str:
    """Return what a request is, from its method and its CGI-style headers (HTTP_…)."""
    if method == "HEAD":
        return BOT
    purpose = (
        headers.get("HTTP_SEC_PURPOSE")
        or headers.get("HTTP_PURPOSE")
        or headers.get("HTTP_X_PURPOSE")
        or ""
    )
    if purpose and (
        "prefetch" in purpose.lower()
        or "preview" in purpose.lower()
        or "prerender" in purpose.lower()
    ):
        return PREFETCH
    if headers.get("HTTP_X_MOZ", "").lower() == "prefetch":
        return PREFETCH
    if headers.get("HTTP_SEC_FETCH_DEST", "document") != "document":
        return BOT  # a picture, a frame or a script asks: nobody followed a link
    agent = headers.get("HTTP_USER_AGENT", "").strip()
    if len(agent) < 12 and not PREVIEWERS.search(agent):
        return BOT
    verdict = judge_agent(agent[:400])
    if verdict == HUMAN:
        referrer = headers.get("HTTP_REFERER", "")
        if referrer and SCANNER_REFERRERS.search(host_of(referrer)):
            return SCANNER
    return verdict


def may_be_a_person(verdict: str, headers: Mapping[str, str]) -> bool:
    """Return whether only the way a visitor came looks like a mail scanner's: not counted, but
    remembered in case they sign up.
    """
    return (
        verdict == SCANNER
        and judge_agent(headers.get("HTTP_USER_AGENT", "").strip()[:400]) == HUMAN
    )


@lru_cache(maxsize=4_096)
def judge_agent(agent: str) -> str:
    """Return what a user agent is; people in in-app browsers and on oddly named phones are
    people.
    """
    if PREVIEWERS.search(agent) and not PEOPLE.search(agent):
        return PREVIEW
    if PEOPLE.search(agent) and agent.startswith("Mozilla/5.0"):
        return HUMAN
    if SCANNERS.search(agent):
        return SCANNER
    if MACHINES.search(agent) or _detector.isCrawler(agent):
        return BOT
    return HUMAN


def host_of(url: str) -> str:
    """Return the host of a Referer header, lower case, at most 120 characters; "" when there is
    none.
    """
    rest = url.partition("://")[2]
    return (
        rest.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0].lower()[:120]
    )
