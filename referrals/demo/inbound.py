"""The sample's inbound systems: Stripe and HubSpot messages about part of the history, and one that
could not be read.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.models import User
from portal.dev.demo_registry import DemoWorld
from portal.dev.sample_removal import Removal
from referrals.models import DealImport, Fact, InboundMessage, InboundSource, Program
from referrals.services.facts.record import receive_fact
from referrals.services.intake import sources, webhooks


def tell(program: Program, administrator: User, world: DemoWorld) -> None:
    """Connect two systems and deliver their messages."""
    made: dict[str, InboundSource] = {}
    for kind, name in (("stripe", "Stripe"), ("hubspot", "HubSpot")):
        secret = "whsec_sample-sample-sample" if kind == "stripe" else ""  # noqa: S105  a sample's, of no account
        made[kind], _ = sources.add_source(
            kind=kind,
            name=name,
            program=program,
            actor=administrator,
            now=world.start,
            secret=secret,
        )
        InboundSource.objects.filter(pk=made[kind].pk).update(is_sample=True)
    for days, event in (
        (40, _invoice("in_1QmHalden", "halden.example", 240_000, world.end - timedelta(days=40))),
        (21, _invoice("in_1QmOther", "mori-books.example", 98_000, world.end - timedelta(days=21))),
        (20, {"id": "evt_cn", "type": "credit_note.created", "data": {"object": {"id": "cn_1"}}}),
        (4, _invoice("in_1QmKoto", "koto-foods.example", 120_000, world.end - timedelta(days=4))),
    ):
        _take(made["stripe"], event, world.end - timedelta(days=days))
    deals = (
        (30, "8801", "contractsent", "tsubame-print.example", 480_000),
        (9, "8812", "presentationscheduled", "shinonome-sys.example", 360_000),
        (3, "8830", "1098273645", "oakridge.example", 900_000),
    )
    for days, deal, stage, domain, amount in deals:
        _take(made["hubspot"], _deal(deal, stage, domain, amount), world.end - timedelta(days=days))
    InboundSource.objects.filter(pk=made["stripe"].pk).update(
        refused_count=3, refused_at=world.end - timedelta(days=6), refused_reason="too_old"
    )
    waiting = {"invoice": "INV-2026-0917", "amount": 55_000, "reference": "R-0917"}
    receive_fact(
        source="sample",
        external_id="R-0917",
        kind="refund",
        body=waiting,
        now=world.end - timedelta(days=2),
    )


def _take(source: InboundSource, payload: dict[str, Any], at: datetime) -> None:
    body = json.dumps(payload, ensure_ascii=False, indent=1).encode()
    name = str(payload.get("id") or f"sha256:{webhooks.digest_of(source, body)[:40]}")
    webhooks.take_message(source=source, external_id=name, body=body, headers={}, now=at)


def _invoice(name: str, domain: str, amount: int, at: datetime) -> dict[str, Any]:
    thing = {
        "id": name,
        "object": "invoice",
        "amount_paid": amount,
        "currency": "jpy",
        "customer_email": f"keiri@{domain}",
        "payment_intent": f"pi_{name[3:]}",
        "created": int(at.timestamp()),
        "billing_reason": "subscription_cycle",
    }
    return {
        "id": f"evt_{name[3:]}",
        "object": "event",
        "type": "invoice.paid",
        "data": {"object": thing},
    }


def _deal(deal: str, stage: str, domain: str, amount: int) -> dict[str, Any]:
    properties = {"hs_object_id": deal, "dealstage": stage, "domain": domain, "amount": str(amount)}
    return {
        "objectId": int(deal),
        "properties": {name: {"value": value} for name, value in properties.items()},
    }


def forget(removal: Removal) -> None:
    """Take the sample's systems away, with what they sent."""
    mine = InboundSource.objects.filter(is_sample=True)
    slugs = list(mine.values_list("slug", flat=True))
    removal.delete(InboundMessage.objects.filter(source__in=mine))
    removal.delete(DealImport.objects.filter(source__in=mine))
    removal.delete(Fact.objects.filter(source__in=["sample", *slugs]))
    removal.delete(mine)
