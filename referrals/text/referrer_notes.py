"""Display text of notes to the referrer.

An automatic note says that it is one, and never promises more than is true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.templatetags.display import person_called
from referrals.models import Referral, ReferralNote
from referrals.text import introductions

S = Referral.State
ENDS: Final = tuple(".。．!！?？…)）」』")
Code = ReferralNote.Code


@dataclass(frozen=True)
class Shown:
    """One note as the referrer reads it."""

    at: datetime
    text: str
    author: str  # "": automatic


def shown(notes: Iterable[ReferralNote]) -> list[Shown]:
    """Put notes into words; one query for their authors."""
    rows = list(notes)
    names = dict(
        User.objects.filter(pk__in={row.author_id for row in rows if row.author_id}).values_list(
            "pk", "display_name"
        )
    )
    return [
        Shown(
            row.at,
            in_words(row),
            person_called(names[row.author_id]) if row.author_id in names else _("Our team"),
        )
        if row.author_id
        else Shown(row.at, in_words(row), "")
        for row in rows
    ]


def in_words(note: ReferralNote) -> str:
    """Return a note in the reader's language, with a person's own words and the date it names."""
    day = introductions.day(note.until)
    if note.author_id is None:
        return _automatic(note, day)
    parts = {
        Code.WORDS: "",
        Code.TAKEN: _("I am now handling your introduction."),
        Code.CONTACTED: _("We have contacted the company."),
    }
    said = parts.get(Code(note.code), str(Code(note.code).label))
    text = note.text
    if text and note.code == Code.CONTACTED:  # what staff fill in as the next step: a word or two
        text = _("Next: %(step)s.") % {"step": text.rstrip(".。")}
    if text:
        said = _("%(first)s %(second)s") % {"first": said, "second": text} if said else text
    if day:
        said = _("%(first)s You will hear from us by %(day)s.") % {
            "first": _ended(said),
            "day": day,
        }
    return said


def _ended(text: str) -> str:
    """Return what a person wrote so that another sentence can follow."""
    return text if text.endswith(ENDS) else text + _(".")


def _automatic(note: ReferralNote, day: str) -> str:
    named = {"day": day}
    if note.code == Code.QUIET:
        first = _QUIET.get(note.state, lambda: _("No news yet."))()
        if note.state == S.CONSENT_PENDING:
            return (
                _("%(first)s Their page is open until %(day)s.") % {"first": first, **named}
                if day
                else first
            )
        if day:
            return _("%(first)s The next step is due by %(day)s.") % {"first": first, **named}
        return _("%(first)s No date is set for the next step yet.") % {"first": first}
    if note.code == Code.EXPIRES:
        if note.state == S.CONSENT_PENDING:
            return (
                _("Their page closes on %(day)s. Without their answer the introduction ends then.")
                % named
            )
        return (
            _("If nothing moves by %(day)s, this introduction ends. We can take it up again later.")
            % named
        )
    if note.code == Code.CONTACT_LATE:
        return _("We promised to contact the company by %(day)s and have not done so.") % named
    if note.code == Code.DISPUTE_LATE:
        return (
            _("We promised an answer to your question by %(day)s and owe it to you still.") % named
        )
    if note.code == Code.CHECK_LATE:
        return _(
            "The check of this introduction takes longer than we planned. Nothing is decided "
            "against you."
        )
    return (
        _(
            "Your reward was to be approved by %(day)s. Nobody has done it yet; it stays on "
            "hold until a person does."
        )
        % named
    )


_QUIET = {
    S.SUBMITTED: lambda: _("No news: your introduction is still waiting for its first review."),
    S.CONSENT_PENDING: lambda: _("They have not answered yet."),
    S.ACCEPTED: lambda: _("No news: the company has not been contacted yet."),
    "contacted": lambda: _("The company was contacted; there is no news since."),
    S.QUALIFIED: lambda: _("Still at the meeting stage."),
    S.OPPORTUNITY: lambda: _("Still in talks."),
}
