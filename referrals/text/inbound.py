"""Display text for a message's result: why it is ignored, could not be parsed, or was refused."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from referrals.models import Fact

NOTES: Final[dict[str, str | Promise]] = {
    "test_message": _(
        "A test of the system (test mode or sandbox). It is kept and never counted: this source "
        "takes real sales."
    ),
    "live_message": _(
        "A real message. It is kept and never counted: this source takes tests of the system."
    ),
    "other_event": _("An event that says nothing about introductions."),
    "credit_note": _(
        "A credit note. Only money that was really paid back counts; that arrives as a refund."
    ),
    "no_money": _("No money moved."),
    "not_paid_yet": _("Not paid yet. The payment will be reported separately."),
    "not_refunded_yet": _("The refund is not through yet."),
    "no_company": _("It names no company: no domain, or only a private mail address."),
    "stage_ignored": _("This stage means nothing to introductions."),
    "no_event": _("It has no type, or no content."),
    "no_json": _("It is no JSON."),
    "no_data": _("It has no data."),
    "no_id": _("It has no id."),
    "no_deal": _("It has no id of a deal."),
    "no_stage": _("It names no stage."),
    "unknown_stage": _("This stage is not in the mapping."),
    "no_amount": _("The amount cannot be read."),
    "ambiguous_amount": _("The amount can be read in two ways: choose the decimal sign."),
    "bad_grouping": _("The digits of the amount are grouped wrongly."),
    "too_many_decimals": _("The amount has more decimals than its currency."),
    "amount_too_large": _("The amount is too large."),
    "shortened_amount": _(
        "A spreadsheet shortened the amount. Show it as a whole number and export again."
    ),
    "negative_amount": _("The amount is negative. Money given back is reported as a refund."),
    "other_currency": _("The amount names another currency than its row."),
    "row_length": _("The row has another number of cells than the header."),
    "erased": _("Its content was deleted with the data of a person."),
    "shortened_id": _(
        "The id of the deal is shortened or too long. Show it as text and export again."
    ),
    "ambiguous_date": _("The closing date can be two days: choose the order of dates."),
    "no_date": _("The closing date cannot be read."),
    "no_currency": _("The currency cannot be read."),
    "no_sale": _("It does not say which sale it belongs to."),
    "bad_field": _("A field is not right."),
    "conflict": _(
        "It was received before with other details, which count until they are corrected."
    ),
    "error": _("Processing failed. It is tried again by itself."),
    "forgotten": _("Its content was deleted after 90 days."),
}
REFUSALS: Final[dict[str, str | Promise]] = {
    "unsigned": _("no signature"),
    "malformed": _("a broken signature"),
    "signature": _("a wrong signature"),
    "too_old": _("an old signature"),
    "too_new": _("a signature from the future"),
}
REASONS: Final[dict[str, str | Promise]] = {
    "unknown_program": _("There is no such program."),
    "unknown_code": _("Nobody has this code."),
    "unknown_company": _("It names no company."),
    "unknown_stage": _("There is no such stage."),
    "lost_after_won": _("It reports the deal as lost, but there is a sale."),
    "invoice_of_another_company": _("The invoice belongs to another company."),
    "correction_in_another_currency": _(
        "A correction keeps the currency of the sale. Refund the sale and report it anew."
    ),
    "amount_differs": _("The same sale was reported with another amount."),
    "reference_of_another_sale": _("Its number belongs to another sale."),
    "two_sales_are_one": _("It makes one sale of two that we know."),
    "currency_differs": _("The refund is in another currency than the sale."),
    "refund_amount_differs": _("The same refund was reported with another amount."),
    "refund_exceeds_sale": _("More would be refunded than was paid."),
    "refund_failed_later": _("A refund that had been counted failed later."),
}
WAITS: Final[dict[str, str | Promise]] = {
    "domain": _("Waits for an introduction of this company"),
    "organization": _("Waits for an introduction of this company"),
    "referred": _("Waits for an introduction of this company"),
    "invoice": _("Waits for the sale it belongs to"),
}


def in_words(note: str) -> str:
    """Return a note ("key" or "key: what exactly") as a sentence in the reader's language."""
    key, _sep, about = note.partition(": ")
    if key not in NOTES:
        return note
    return f"{NOTES[key]} ({about})" if about else str(NOTES[key])


def fact_in_words(state: str, waits_for: str, result: dict[str, object]) -> str:
    """Return why a fact waits, or why it needs a person."""
    if state == Fact.State.PARKED:
        return str(WAITS.get(waits_for.partition(":")[0], ""))
    reason = str(result.get("reason", ""))
    return str(REASONS.get(reason, reason))
