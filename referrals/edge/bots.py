"""Bot detection by one request's headers.

Bots are redirected too, only not counted. A browser is recognised by how its agent is built, so a
crawler nobody has heard of yet is one all the same; lists name those that pose as a browser.
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
    r"whatsapp/|linkedinbot|^viber|"
    r"skypeuripreview|microsoftpreview|bingpreview|line-poker|linespider|kakaotalk-scrap|"
    r"redditbot|"
    r"pinterestbot|pinterest/0|embedly|iframely|quora link preview|vkshare|tumblr/|bitlybot|"
    r"flipboardproxy|rogerbot|zulip|rocket\.chat|nextcloud|mattermost|signal-|kik/|threads|"
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
    r"musical_ly|TikTok|Puffin/|Viber/\d|Chatwork/\d|Microsoft Outlook \d|"
    r"Telegram-Android|Discord/\d|Outlook-(?:iOS|Android)",
)
# Browsers of a terminal or of another age, which do not call themselves Mozilla.
TEXT_BROWSERS = re.compile(
    r"^(?:Lynx|w3m|E?Links|Dillo|NetSurf|Emacs-W3|edbrowse|Opera|UCWEB|NokiaN?|SonyEricsson|"
    r"DoCoMo|KDDI-|SoftBank|J-PHONE|Vodafone|BlackBerry|SAMSUNG-)[/ \d(]"
)
# How the agent of a browser begins: the machine it runs on; and what draws its pages.
PLATFORM = re.compile(
    r"^Mozilla/[45]\.0 \([^)]*(?:Windows|Macintosh|iPhone|iPad|iPod|Android|Linux|X11|CrOS|OpenBSD|"
    r"FreeBSD|Nintendo|PlayStation|PLAYSTATION|Xbox|SMART-TV|SmartTV|Tizen|Web0S|webOS|KAIOS|"
    r"BlackBerry|BB10|Symbian|Series|HarmonyOS|OpenHarmony|Fuchsia|Mobile;|Tablet;)"
)
ENGINE = re.compile(r"AppleWebKit/|Gecko/|Trident/|MSIE \d|Presto/|KHTML|NetFront|Goanna/|Servo/")
# An address in an agent is a robot's way of saying whose it is; so is "compatible", which only old
# Internet Explorers and Konqueror say too.
OWNER = re.compile(
    r"https?:|www\.|\S@\S|\+\S+\.\w\w|compatible;(?! (?:MSIE|Konqueror))", re.IGNORECASE
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
# Of these, the ones that look at a link with a browser; people browse with the names of the others.
MAIL_SCANNERS = re.compile(
    r"barracuda|mimecast|proofpoint|urldefense|safelinks|trendmicro|symantec|messagelabs|"
    r"forcepoint|virustotal|urlscan|netcraft|cloudmark|avanan|ironscales|phish|cyren",
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
# What a browser driven by a program, or a crawler dressed as a browser, says of itself.
DRIVEN = re.compile(
    r"bots?\b|bot[/-]|crawl|spider|scrap(?:er|y|ing)|headless|phantomjs|puppeteer|playwright|"
    r"selenium|monitor|watcher|inspector|thousandeyes|securityheaders|appinsights|cookiehub|"
    r"httpagent|sitecheck|linkcheck|"
    r"webdriver|electron(?!/)|lighthouse|chrome-lighthouse|pagespeed|gtmetrix|pingdom|uptime|"
    r"statuscake|newrelic|"
    r"datadog|checkly|site24x7|dareboost|ptst/|webpagetest|dynatrace|catchpoint|detectify|"
    r"bytespider|perplexity|-user/|ai2|"
    r"google-|googleother|adsbot|mediapartners|feedfetcher|inspectiontool|apis-google|"
    r"bingpreview|yandex\.com/bots|coccoc|yeti/|daum|naver\.me|seekport|mail\.ru|archive\.org|"
    r"heritrix|nutch|prerender|rendertron|screaming frog|sitebulb|qwant|slurp|teoma|ia_archiver|"
    r"embedly|iframely|quora|preview\b|snapchat url|validator|w3c_|httrack|"
    r"python|curl/|wget/|okhttp|java/|libwww-perl|\w\.(?:com|net|org|io|co|fr|de)(?:[/) ]|$)",
    re.IGNORECASE,
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
    if PEOPLE.search(agent) and agent.startswith("Mozilla/5.0") and not OWNER.search(agent):
        return HUMAN
    if TEXT_BROWSERS.match(agent) and not DRIVEN.search(agent) and not OWNER.search(agent):
        return HUMAN
    if _is_browser(agent):
        if DRIVEN.search(agent) or _detector.isCrawler(agent):
            return BOT
        return SCANNER if MAIL_SCANNERS.search(agent) else HUMAN
    return SCANNER if SCANNERS.search(agent) else BOT


def _is_browser(agent: str) -> bool:
    """Say whether an agent is built as a browser's: a machine, an engine, and nobody's address."""
    return (
        PLATFORM.match(agent) is not None
        and ENGINE.search(agent) is not None
        and OWNER.search(agent) is None
    )


def host_of(url: str) -> str:
    """Return the host of a Referer header, lower case, at most 120 characters; "" when there is
    none.
    """
    rest = url.partition("://")[2]
    return (
        rest.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0].lower()[:120]
    )
