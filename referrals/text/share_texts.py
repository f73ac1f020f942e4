"""The share kit: texts in both languages with the disclosure that Japan's stealth-marketing rule
requires.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.core.templatetags.display import person_called
from portal.core.web.site_name import company_name
from referrals.models import Referral, ReferralLink


@dataclass(frozen=True)
class Text:
    """One editable text, with its disclosure line."""

    language: str
    label: str
    text: str


DISCLOSURE = gettext_noop(
    "[PR] This is a referral link: if a contract follows, the introducer receives a reward."
)

# {text} and {url} are replaced in the browser when the person edits the text.
WAYS = (
    ("line", "LINE", "https://line.me/R/share?text={text}", "message-circle"),
    ("mail", "", "mailto:?subject={subject}&body={text}", "mail"),
    ("x", "X", "https://x.com/intent/post?text={text}", "at-sign"),
    (
        "linkedin",
        "LinkedIn",
        "https://www.linkedin.com/sharing/share-offsite/?url={url}",
        "briefcase",
    ),
)


@dataclass(frozen=True)
class WarmText(Text):
    """One editable text of a personal introduction, with its subject for a mail."""

    subject: str


@dataclass(frozen=True)
class Kit:
    """Everything the share dialog shows."""

    url: str
    texts: list[Text]
    ways: list[dict[str, str]]
    subject: str


def decorated(link: ReferralLink, channel: str) -> str:
    """Return a link that says how it was shared, so that clicks can be counted by channel."""
    return f"{settings.HAZUMI_BASE_URL}/r/{link.code}?{urlencode({'s': channel})}"


def text_in(language: str, url: str) -> str:
    """Return the proposed words: what it is, the link, and the disclosure."""
    with translation.override(language):
        return "\n".join(
            [
                _("I use %(product)s at work and it has helped us. Have a look if you like:")
                % {"product": company_name()},
                url,
                "",
                _(DISCLOSURE),
            ]
        )


def content_text_in(language: str, url: str, title: str) -> str:
    """Return the proposed words for one question, answer or article."""
    with translation.override(language):
        opening = _("“%(title)s” – this helped us at work. Perhaps it helps you too:") % {
            "title": title
        }
        return "\n".join([opening, url, "", _(DISCLOSURE)])


def warm_kit(referral: Referral, url: str) -> list[WarmText]:
    """Return the proposed words of a personal introduction, the reader's language first: to whom,
    why, where to answer.
    """
    current = (translation.get_language() or "ja")[:2]
    names = {"ja": _("Japanese text"), "en": _("English text")}
    texts = []
    for language in ["ja", "en"] if current == "ja" else ["en", "ja"]:
        with translation.override(language):
            product = {"product": settings.HAZUMI_COMPANY_NAME}
            lines = [
                _("Dear %(name)s,") % {"name": person_called(referral.referee_name)},
                "",
                *referral.why.splitlines(),
                "",
                _(
                    "I use %(product)s at work and would like to introduce you. On this page "
                    "you say yes, say no, or have "
                    "everything erased:"
                )
                % product,
                url,
                "",
                _(DISCLOSURE),
            ]
            subject = _("An introduction to %(product)s") % product
        texts.append(WarmText(language, names[language], "\n".join(lines), subject))
    return texts


def share_kit(link: ReferralLink) -> Kit:
    """Return the kit for a link; the reader's language first."""
    current = (translation.get_language() or "ja")[:2]
    url = f"{settings.HAZUMI_BASE_URL}/r/{link.code}"
    names = {"ja": _("Japanese text"), "en": _("English text")}
    order = ["ja", "en"] if current == "ja" else ["en", "ja"]

    def words(language: str, shared: str) -> str:
        if link.content_url:
            return content_text_in(language, shared, link.content_title)
        return text_in(language, shared)

    texts = [Text(language, names[language], words(language, url)) for language in order]
    subject = link.content_title or _("An introduction to %(product)s") % {
        "product": company_name()
    }
    ways = []
    for channel, label, pattern, icon in WAYS:
        shared = decorated(link, channel)
        text = words(order[0], shared)
        ways.append(
            {
                "channel": channel,
                "label": label or _("Mail"),
                "icon": icon,
                "pattern": pattern,
                "shared": shared,
                "url": pattern.format(
                    text=quote(text), url=quote(shared, safe=""), subject=quote(subject)
                ),
            }
        )
    return Kit(url, texts, ways, subject)
