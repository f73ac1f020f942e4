"""The text a customer agrees to before their story is published.

Whoever changes a sentence must change the version.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from community.models import StoryConsent
from portal.accounts.models import Organization, User

VERSION = "2026-11"


def byline(consent: StoryConsent, organization: Organization | None, author: User | None) -> str:
    """Return under whose name readers see a story."""
    industry = organization.industry if organization else ""
    if consent.naming == StoryConsent.Naming.INDUSTRY or organization is None:
        return (
            _("A customer in %(industry)s") % {"industry": industry}
            if industry
            else _("A customer")
        )
    name = author.display_name if author else ""
    return f"{organization.name} · {name}" if name else organization.name


def audience_words(audience: str) -> str:
    """Return who reads it, in the words of the choice."""
    if audience == StoryConsent.Audience.PUBLIC:
        return _(
            "Everybody may read it, also through search engines and links that members pass on."
        )
    return _("Signed-in members may read it; nobody can share it outside.")


def naming_words(naming: str, organization: Organization | None, author: User | None) -> str:
    """Return under which name, in the words of the choice."""
    return _("It is shown under the name: %(name)s") % {
        "name": byline(StoryConsent(naming=naming), organization, author)
    }


def fixed_words() -> list[str]:
    """Return the terms that apply whatever the author chooses."""
    return [
        _("I may publish this for my company, and what I wrote is true."),
        _("Staff check it before it is shown and do not change my words."),
        _(
            "I, or an administrator of my company, can take this consent back at any time. "
            "Then it is no longer shown."
        ),
    ]


def sentences(
    *, audience: str, naming: str, organization: Organization | None, author: User | None
) -> list[str]:
    """Return all that is agreed to, as it is read on the page, in the language of whoever
    agrees.
    """
    return [audience_words(audience), naming_words(naming, organization, author), *fixed_words()]
