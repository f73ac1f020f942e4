"""Parses other systems' values: amounts, dates, domains, and values deep in JSON.

Bad values give "" or None.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from portal.accounts.domains import company_part, is_public_suffix, normalize_domain
from portal.core.text.currencies import digits_of

MOST: Final = 10**15
DATES: Final = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
)
WIDE: Final = str.maketrans("０１２３４５６７８９．，－／：", "0123456789.,-/:")


def text(value: Any, limit: int = 200) -> str:
    """Return a plain value as text without control characters; "" for what is none."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return "".join(c for c in str(value) if c.isprintable()).strip()[:limit]


def minor_units(value: Any, currency: str) -> int | None:
    """Return "1,200.50" in minor units of `currency`; None when it is no amount.

    Only a trailing comma pair is cents.
    """
    plain = re.sub(r"[¥￥$€£\s\u00a0]|円|[A-Z]{3}", "", text(value, 40).translate(WIDE))
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d{2}|-?\d+,\d{2}", plain):
        plain = plain.replace(".", "").replace(",", ".")
    plain = plain.replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", plain):
        return None
    try:
        amount = Decimal(plain).scaleb(digits_of(currency))
    except InvalidOperation:
        return None
    return int(amount) if amount == amount.to_integral_value() and abs(amount) <= MOST else None


def moment(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """Return a date or time as people and systems write it (also seconds or milliseconds since
    1970).
    """
    if isinstance(value, bool) or value in (None, ""):
        return None
    plain = text(value, 40).translate(WIDE)
    if plain.isascii() and plain.isdigit() and len(plain) in (10, 13):
        return datetime.fromtimestamp(int(plain[:10]), tz=UTC)
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        for form in DATES:
            try:
                found = datetime.strptime(plain, form)  # noqa: DTZ007  its zone is put on below
                break
            except ValueError:
                continue
        else:
            return None
    if not 1990 <= found.year <= 2200:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def not_later(found: datetime | None, now: datetime) -> datetime | None:
    """Return a moment unless it lies in the future (an expected closing date is no fact); a
    minute's drift is let be.
    """
    return found if found is not None and found <= now + timedelta(minutes=5) else None


def company_domain(value: Any) -> str:
    """Return the domain in a domain, address of a site or e-mail address; "" for free mail and
    nonsense.
    """
    plain = domain_in(value)
    return company_part(plain) if plain else ""


def domain_in(value: Any) -> str:
    """Return the host that a domain, address of a site or e-mail address names, free mail too; ""
    for nonsense.
    """
    plain = text(value, 320).lower().replace("＠", "@").strip("<>")
    plain = plain.rpartition("@")[2] if "@" in plain else re.sub(r"^[a-z]+://", "", plain)
    plain = re.split(r"[/?#:\s]", plain)[0].strip(".").removeprefix("www.")
    plain = normalize_domain(plain).removeprefix("www.")
    if not re.fullmatch(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", plain) or len(plain) > 253:
        return ""
    if plain.rpartition(".")[2].isdigit() or is_public_suffix(plain):
        return ""
    return plain


def dig(data: Any, path: str) -> Any:
    """Return what stands at "a.b.c" of nested JSON; {"value": x} counts as x, as HubSpot writes
    properties.
    """
    for step in path.split("."):
        if isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        elif isinstance(data, dict):
            data = data.get(step)
        else:
            return None
        if isinstance(data, dict) and "value" in data:
            data = data["value"]
    return data
