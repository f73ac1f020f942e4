"""Parses other systems' values: amounts, dates, domains, and values deep in JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from portal.accounts.domains import company_part, is_public_suffix, normalize_domain
from portal.core.text import amounts, dates

MOST: Final = amounts.MOST


def text(value: Any, limit: int = 200) -> str:
    """Return a plain value as text without control characters; "" for what is none."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return "".join(c for c in str(value) if c.isprintable()).strip()[:limit]


def money(
    value: Any, currency: str, *, decimal: str = "", is_given: bool = True
) -> tuple[int, str]:
    """Return an amount of a table or of JSON in minor units, and its currency.

    A number of JSON is exact or refused; of a text `amounts` says how it is read. Raises BadAmount.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise amounts.BadAmount("no_amount")
    if isinstance(value, str):
        return amounts.read_money(value, currency=currency, decimal=decimal, is_given=is_given)
    return amounts.read_money(str(value), currency=currency, decimal=".", is_given=is_given)


def moment(value: Any, zone: tzinfo = UTC, *, order: str = "") -> datetime:
    """Return a date or time as people and systems write it (also seconds or milliseconds since
    1970). Raises BadDate.
    """
    if isinstance(value, (bool, dict, list)):
        raise dates.BadDate("no_date")
    return dates.read_date(text(value), zone=zone, order=order)


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
