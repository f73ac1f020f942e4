"""Maps Stripe's events to inbound records.

Amounts are minor units on both sides, also of currencies without cents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from referrals.inbound.parsed import ParseError, Reading, Told
from referrals.inbound.values import MOST, company_domain, dig, text

KnowsCode = Callable[[str], bool]
CHECKOUT: Final = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
INVOICE: Final = ("invoice.paid", "invoice.payment_succeeded")
REFUND: Final = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
RENEWAL: Final = (
    "subscription_cycle",
    "subscription_update",
    "subscription_threshold",
)  # nobody is introduced twice
METADATA: Final = (
    "metadata",
    "subscription_details.metadata",
    "parent.subscription_details.metadata",
    "lines.data.0.metadata",
)


def read(event: dict[str, Any], *, program: str, knows_code: KnowsCode) -> Reading:
    """Return the facts of one event. Raises NotUnderstood when it should hold one and does not."""
    name, thing = text(event.get("type"), 80), dig(event, "data.object")
    if not name or not isinstance(thing, dict):
        raise ParseError("no_event")
    reading = _read(name, thing, program, knows_code)
    account = account_of(event)
    return replace(reading, facts=tuple(_of_account(told, account) for told in reading.facts))


def account_of(event: dict[str, Any]) -> str:
    """Return the connected account an event is about, "" for the endpoint's own."""
    return text(event.get("account"), 60)


def _of_account(told: Told, account: str) -> Told:
    """Name the things of a connected account so that those of two accounts never mix."""
    if not account:
        return told
    body = dict(told.body)
    for word in ("invoice", "charge", "reference"):
        if body.get(word):
            body[word] = f"{account}:{body[word]}"
    if body.get("also"):
        body["also"] = [f"{account}:{name}" for name in body["also"]]
    return replace(told, external_id=f"{account}:{told.external_id}", body=body)


def _read(name: str, thing: dict[str, Any], program: str, knows_code: KnowsCode) -> Reading:
    if name in CHECKOUT:
        return Reading(name, *_checkout(thing, program, knows_code))
    if name in INVOICE:
        return Reading(name, *_invoice(thing, program, knows_code))
    if name == "invoice_payment.paid":
        return Reading(name, *_payment(thing))
    if name == "charge.refunded":
        return Reading(name, *_charge_refunded(thing))
    if name in REFUND:
        return Reading(name, *_refund(thing))
    return Reading(name, note="credit_note" if name.startswith("credit_note.") else "other_event")


Facts = tuple[tuple[Told, ...], str]


def _id(value: Any) -> str:
    """Return an id, also of an object that came expanded."""
    return text(value.get("id") if isinstance(value, dict) else value, 120)


def _needed(thing: dict[str, Any]) -> str:
    found = _id(thing.get("id"))
    if not found:
        raise ParseError("no_id")
    return found


def _amount(thing: dict[str, Any], field: str) -> int:
    value = thing.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise ParseError("no_amount", field)
    return value


def _currency(thing: dict[str, Any]) -> str:
    found = text(thing.get("currency"), 4).upper()
    if len(found) != 3 or not found.isascii() or not found.isalpha():
        raise ParseError("no_currency")
    return found


def _when(*values: Any) -> dict[str, str]:
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**11:
            return {"occurred_at": datetime.fromtimestamp(value, tz=UTC).isoformat()}
    return {}


def _said(thing: dict[str, Any], word: str) -> str:
    """Return what was written for us into the metadata of the object or of its subscription."""
    found = (text(dig(thing, f"{place}.hazumi_{word}"), 253) for place in METADATA)
    return next((value for value in found if value), "")


def _about(
    thing: dict[str, Any], program: str, knows_code: KnowsCode
) -> tuple[dict[str, str], str, bool]:
    """Return how the company is named, the code it came by, and whether somebody said so on
    purpose.
    """
    own = text(thing.get("client_reference_id"), 200)
    code = _said(thing, "code").lower() or (own.lower() if own and knows_code(own.lower()) else "")
    organization = _said(thing, "organization")
    told = _said(thing, "domain")
    mails = (
        dig(thing, "customer_details.email"),
        thing.get("customer_email"),
        dig(thing, "customer.email"),
    )
    domain = company_domain(told) or next(
        (found for mail in mails if (found := company_domain(mail))), ""
    )
    about = {"program": program}
    about |= {"organization": organization} if organization else {}
    about |= {"domain": domain} if domain else {}
    return about, code, bool(code or organization or told)


def _sale(
    thing: dict[str, Any],
    kind: str,
    names: list[str],
    money: tuple[int, dict[str, str]],
    program: str,
    knows: KnowsCode,
) -> Facts:
    """The claim of a code, and the sale: one under whatever names its checkout, invoice and payment
    have.
    """
    amount, when = money
    about, code, on_purpose = _about(thing, program, knows)
    if "organization" not in about and "domain" not in about:
        if code:
            raise ParseError("no_company")
        return (), "no_company"
    facts = []
    if code and thing.get("billing_reason") not in RENEWAL:
        company = _said(thing, "company") or text(dig(thing, "customer_details.business_name"), 120)
        claim = {**about, **when, "code": code, "claim": "code"} | (
            {"company": company} if company else {}
        )
        facts.append(Told("introduction", f"claim:{_needed(thing)}", claim))
    if not amount:
        return tuple(facts), "" if facts else "no_money"
    body = {**about, **when, "invoice": names[0], "amount": amount, "currency": _currency(thing)}
    body |= {"also": names[1:]} if names[1:] else {}
    facts.append(Told("conversion", f"{kind}:{_needed(thing)}", body, is_quiet=not on_purpose))
    return tuple(facts), ""


def _checkout(thing: dict[str, Any], program: str, knows_code: KnowsCode) -> Facts:
    names = [_id(thing.get("invoice")), _id(thing.get("payment_intent")), _needed(thing)]
    paid = thing.get("payment_status") == "paid"
    money = (_amount(thing, "amount_total") if paid else 0, _when(thing.get("created")))
    facts, note = _sale(
        thing, "checkout", [name for name in names if name], money, program, knows_code
    )
    return facts, "not_paid_yet" if note == "no_money" and not paid else note


def _invoice(thing: dict[str, Any], program: str, knows_code: KnowsCode) -> Facts:
    payments = dig(thing, "payments.data")
    intents = (
        [_id(dig(one, "payment.payment_intent")) for one in payments]
        if isinstance(payments, list)
        else []
    )
    names = [_needed(thing), _id(thing.get("payment_intent")), *intents, _id(thing.get("charge"))]
    money = (
        _amount(thing, "amount_paid"),
        _when(dig(thing, "status_transitions.paid_at"), thing.get("created")),
    )
    return _sale(
        thing,
        "invoice",
        [name for name in dict.fromkeys(names) if name],
        money,
        program,
        knows_code,
    )


def _payment(thing: dict[str, Any]) -> Facts:
    """An invoice was paid by a payment: the only event in which newer versions say so."""
    names = [
        _id(thing.get("invoice")),
        _id(dig(thing, "payment.payment_intent")),
        _id(dig(thing, "payment.charge")),
    ]
    names = [name for name in names if name]
    if len(names) < 2:
        return (), "other_event"
    body = {"invoice": names[0], "also": names[1:]}
    return (Told("reference", f"payment:{_needed(thing)}", body, is_quiet=True),), ""


def _of_sale(thing: dict[str, Any], charge: str) -> dict[str, Any]:
    """Name the sale by everything the refund knows; first what every sale is known by."""
    names = [_id(thing.get("payment_intent")), charge, _id(thing.get("invoice"))]
    names = [name for name in dict.fromkeys(names) if name]
    if not names:
        raise ParseError("no_sale")
    return {"invoice": names[0], "charge": charge or names[0], "currency": _currency(thing)} | (
        {"also": names[1:]} if names[1:] else {}
    )


def _charge_refunded(thing: dict[str, Any]) -> Facts:
    charge, total = _needed(thing), _amount(thing, "amount_refunded")
    if not total:
        return (), "no_money"
    body = {**_of_sale(thing, charge), "total": total}
    return (Told("refund", f"charge:{charge}:{total}", body, is_quiet=True),), ""


def _refund(thing: dict[str, Any]) -> Facts:
    reference, status = _needed(thing), thing.get("status")
    if status in ("pending", "requires_action"):
        return (), "not_refunded_yet"
    amount = _amount(thing, "amount")
    if not amount:
        return (), "no_money"
    body = {**_of_sale(thing, _id(thing.get("charge"))), "reference": reference, "amount": amount}
    if status in ("failed", "canceled"):
        return (
            Told("refund", f"refund:{reference}:failed", {**body, "failed": True}, is_quiet=True),
        ), ""
    return (
        Told(
            "refund", f"refund:{reference}", {**body, **_when(thing.get("created"))}, is_quiet=True
        ),
    ), ""
