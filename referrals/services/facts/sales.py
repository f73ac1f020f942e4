"""Finding a sale by any of the references its systems gave it, and adding references.

A sale is one row under all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.core.db.inserts import insert_once
from referrals.models import Conversion, ConversionSighting, Fact
from referrals.services.facts.results import Again, Applied, Parked, Review
from referrals.services.state.locks import lock_key

Found = list[Conversion]


def names_of(body: dict[str, Any], *, invoice: str = "") -> list[str]:
    """Return every name a fact gives a sale: its invoice, and what else its system calls it
    (`also`).
    """
    names = [
        invoice or str(body.get("invoice") or "")[:120],
        *(str(name)[:120] for name in body.get("also") or []),
    ]
    return [name for name in dict.fromkeys(names) if name]


def lock_names(names: list[str]) -> None:
    """Hold the locks of a sale's names, always in one order."""
    for name in sorted(names):
        lock_key(f"invoice:{name}")


def find_sales(names: list[str], source: str) -> Found:
    """Return the sales known under any of `names`: an invoice, or what `source` itself calls it.

    Two are too many.
    """
    sales = Conversion.objects.select_related("referred__program").filter(invoice__in=names)
    sightings = ConversionSighting.objects.select_related("conversion__referred__program")
    found = {row.pk: row for row in sales}
    for row in sightings.filter(source=source, external_ref__in=names):
        found[row.conversion_id] = row.conversion
    return list(found.values())


def sight(conversion: Conversion, source: str, name: str, now: datetime) -> bool:
    """Note that `source` calls the sale `name`; False when it calls another sale so."""
    row = ConversionSighting(conversion=conversion, source=source, external_ref=name, seen_at=now)
    sightings = ConversionSighting.objects.filter(
        source=source, external_ref=name, conversion=conversion
    )
    return insert_once(row) or sightings.exists()


def wakes(names: list[str]) -> tuple[str, ...]:
    """Return the keys facts about this sale may be waiting for."""
    return tuple(f"invoice:{name}" for name in names)


def apply_reference(fact: Fact, now: datetime) -> Applied | Parked | Review:
    """A system says that two names mean one sale (an invoice and its payment)."""
    names = names_of(fact.body)
    found = find_sales(names, fact.source)
    if not found:
        lock_names(names)
        if find_sales(names, fact.source):
            raise Again
        return Parked(f"invoice:{names[0]}")
    if len(found) > 1:
        return Review("two_sales_are_one")
    for name in names:
        if name != found[0].invoice and not sight(found[0], fact.source, name, now):
            return Review("reference_of_another_sale")
    return Applied({"conversion": str(found[0].public_id)}, wakes=wakes(names))
