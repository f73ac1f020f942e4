"""Why something ended: stored as a code, with free text where a person added some, shown in each
reader's language.

"rule:…" is a result of attribution, "system:…" a cause the system found, "loss:…" a reason the
prospect gave. Anything else is what a person wrote; English sentences of earlier versions keep
their meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import TextChoices
from django.utils import formats
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.core.calendar.calendars import site_calendar
from portal.core.time import day_of
from referrals.rules import attribution

LENGTH: Final = 200
COUNTS, RESUMED, NO_PROGRESS = "system:counts", "system:resumed", "system:no_progress"
SUPERSEDED, REFUND, DOES_NOT_STAND = "system:superseded", "system:refund", "system:does_not_stand"
NO_ANSWER, CORRECTED = "system:no_answer", "system:corrected"
OUTRANKED, YEAR_FULL, OTHER_YEAR = "system:outranked", "system:year_full", "system:other_year"


class Loss(TextChoices):
    """Why an introduced company did not become a customer, as product reads it."""

    PRICE = "price", _lazy("Price")
    TIMING = "timing", _lazy("Timing or budget year")
    COMPETITOR = "competitor", _lazy("Chose another product")
    FEATURE = "feature", _lazy("A feature is missing")
    NO_NEED = "no_need", _lazy("No need")
    NO_CONTACT = "no_contact", _lazy("Could not be reached")
    OTHER = "other", pgettext_lazy("loss", "Another reason")


@dataclass(frozen=True)
class Reason:
    """A stored reason, taken apart."""

    scheme: str  # rule | system | loss | "": a person's words
    code: str
    words: str


def loss(code: str, words: str = "") -> str:
    """Return how the loss of an introduced company is stored.

    An unknown code counts as another reason.
    """
    known = code if code in Loss.values else Loss.OTHER.value
    return f"loss:{known} {words.strip()}".strip()[:LENGTH]


def loss_told(text: str) -> str:
    """Return how a reason that another system sends is stored: one of our codes, or its words."""
    text = text.strip()
    if text.startswith("loss:"):
        return text[:LENGTH]
    return loss(text.lower()) if text.lower() in Loss.values else loss(Loss.OTHER, text)


def read(stored: str) -> Reason:
    """Take a stored reason apart."""
    for scheme in ("rule", "system", "loss"):
        if stored.startswith(f"{scheme}:"):
            code, _space, words = stored.removeprefix(f"{scheme}:").partition(" ")
            return Reason(scheme, code, words)
    return Reason("", "", stored)


def to_referrer(stored: str) -> str:
    """Return a reason as the person who introduced may read it: kind, and without what was said in
    confidence.
    """
    reason = read(stored)
    if reason.scheme == "loss":
        return _KIND[Loss(reason.code)]() if reason.code in Loss.values else ""
    return _known(reason)


def to_staff(stored: str) -> str:
    """Return a reason as staff read it, with the words."""
    reason = read(stored)
    if reason.scheme == "loss":
        label = str(Loss(reason.code).label) if reason.code in Loss.values else reason.code
        return (
            _("%(reason)s: %(words)s") % {"reason": label, "words": reason.words}
            if reason.words
            else label
        )
    return _known(reason)


def since(moment: datetime | None) -> str:
    """Return how a date is stored with the reason "existing_customer": the day here."""
    return day_of(moment, site_calendar()).isoformat() if moment is not None else ""


def _existing_customer(reason: Reason) -> str:
    try:
        day = date.fromisoformat(reason.words)
    except ValueError:
        return _("The company was a customer already.")
    return _("The company is already a customer since %(date)s.") % {
        "date": formats.date_format(day, "DATE_FORMAT")
    }


def _known(reason: Reason) -> str:
    if reason.scheme == "system":
        return _SYSTEM[reason.code]() if reason.code in _SYSTEM else ""
    if reason.scheme == "rule" and reason.code == "existing_customer":
        return _existing_customer(reason)
    if reason.scheme == "rule":
        known = _RULES.get(reason.code)
        return known() if known else attribution.reason(reason.code, get_language() or "ja")
    return reason.words


_KIND: Final = {
    Loss.PRICE: lambda: _(
        "It did not fit their budget this time. Your introduction was a good one."
    ),
    Loss.TIMING: lambda: _("The time was not right for them. They know whom to ask when it is."),
    Loss.COMPETITOR: lambda: _(
        "They chose another product. We thank you for the chance to be compared."
    ),
    Loss.FEATURE: lambda: _(
        "They need something that we do not have yet. Our product team has been informed."
    ),
    Loss.NO_NEED: lambda: _("They have no need for it at the moment."),
    Loss.NO_CONTACT: lambda: _("We did not manage to reach them."),
    Loss.OTHER: lambda: _(
        "It did not work out this time. Please contact us if you would like to know more."
    ),
}
_SYSTEM: Final = {
    "counts": lambda: _("This introduction is the one that counts."),
    "resumed": lambda: _("The company resumed it."),
    "no_progress": lambda: _("There was no progress for a long time."),
    "no_answer": lambda: _("They did not answer while their page was open."),
    "superseded": lambda: _("Another introduction of the company is the one that counts."),
    "refund": lambda: _("The sale was refunded."),
    "corrected": lambda: _("The amount of the sale was corrected."),
    "outranked": lambda: _("Another contract counts before it, so the step is a different one."),
    "year_full": lambda: _("The limit of the year is reached."),
    "other_year": lambda: _("The contract falls into another year."),
    "does_not_stand": lambda: _("The introduction does not stand any more."),
}
_RULES: Final = {
    "own_organization": lambda: _("It is the company you belong to yourself."),
    "self": lambda: _("You cannot introduce yourself."),
    "host_company": lambda: _("It is our own company."),
    "program_closed": lambda: _("The program did not take introductions at that time."),
    "not_in_audience": lambda: _("The program was not meant for your company."),
    "same_company": lambda: _("You had introduced this company before: both are one introduction."),
}
