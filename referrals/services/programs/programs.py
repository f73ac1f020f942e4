"""Editing programs: settings, terms, states.

What was promised stays: terms get new versions, rules new rows (rules.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from portal import audit
from portal.accounts.models import Organization, User
from portal.core.db.state_machine import TransitionRefused
from referrals.edge import link_cache
from referrals.models import Program, ProgramChange, TermsVersion
from referrals.rules import state_machine
from referrals.services.programs.caps import set_year_cap

State = Program.State
KEPT: Final = (
    "name_ja",
    "name_en",
    "target_url",
    "hosts",
    "touch",
    "window_days",
    "hold_days",
    "protection_days",
    "review_threshold",
    "currency",
    "fulfilment",
    "languages",
    "plans",
    "opens_at",
    "ends_at",
    "year_cap",
    "asks_enabled",
    "ask_rest_days",
    "ask_limit",
    "hold_out_percent",
)


class BadState(ValueError):
    """A program goes from draft to open, may pause, and ends for good."""


class NotReady(ValueError):
    """A program opens only complete; `missing` says what it lacks: names, terms, rule, over."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class CurrencyFixed(ValueError):
    """The currency of a program that has been opened cannot change: amounts were promised in it."""


def missing_of(program: Program, now: datetime) -> list[str]:
    """Return what a program still lacks before it may open."""
    lacks = {
        "names": not (program.name_ja.strip() and program.name_en.strip()),
        "rule": not program.rules.filter(is_active=True).exists(),
        "terms": not program.terms.exists(),
        "over": program.ends_at is not None and program.ends_at <= now,
    }
    return [name for name, is_missing in lacks.items() if is_missing]


@transaction.atomic
def save_settings(
    *,
    program: Program | None,
    actor: User,
    now: datetime,
    fields: dict[str, Any],
    organizations: Iterable[Organization],
) -> Program:
    """Make a program (a draft) or change its settings as they are now. Raises CurrencyFixed."""
    if (
        program is not None
    ):  # its state may have changed since it was read: it is neither judged nor written by that
        program = Program.objects.select_for_update(of=("self",), no_key=True).get(pk=program.pk)
    before = settings_of(program) if program else {}
    if program is None:
        first = not Program.objects.filter(is_default=True).exists()
        program = Program(created_at=now, state=State.DRAFT, is_default=first, slug=fields["slug"])
    elif (
        program.state != State.DRAFT
        and fields.get("currency", program.currency) != program.currency
    ):
        raise CurrencyFixed
    for name in KEPT:
        if name in fields:
            setattr(program, name, fields[name])
    program.was_capped = program.was_capped or program.year_cap is not None
    program.save(update_fields=[*KEPT, "was_capped"] if program.pk else None)
    program.organizations.set(organizations)
    set_year_cap(program)
    audit.record(
        "referrals.program.save",
        actor=actor,
        target=f"referrals.program:{program.pk}",
        now=now,
        before=before,
        after=settings_of(program),
    )
    forget_later(program.pk)
    return program


def settings_of(program: Program) -> dict[str, Any]:
    """Return a program's settings as the audit log keeps them."""
    found = {name: getattr(program, name) for name in KEPT}
    found |= {
        name: found[name].isoformat() if found[name] else None for name in ("opens_at", "ends_at")
    }
    return {**found, "organizations": sorted(program.organizations.values_list("pk", flat=True))}


def forget_later(program_id: int) -> None:
    """Have the redirect look its links up again once this is committed."""
    transaction.on_commit(lambda: link_cache.forget_program(program_id), robust=True)


@transaction.atomic
def publish_terms(
    *, program: Program, ja: str, en: str, actor: User, now: datetime
) -> TermsVersion | None:
    """Publish new words of the terms as the next version; None when nothing changed.

    Raises ValueError without words.
    """
    ja, en = _plain(ja), _plain(en)
    if not ja or not en:
        raise ValueError("terms are written in both languages")
    Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    last = program.terms.order_by("-number").first()
    if last is not None and (_plain(last.text_ja), _plain(last.text_en)) == (ja, en):
        return None
    version = TermsVersion.objects.create(
        program=program,
        number=last.number + 1 if last else 1,
        text_ja=ja,
        text_en=en,
        published_at=now,
    )
    audit.record(
        "referrals.program.terms",
        actor=actor,
        target=f"referrals.program:{program.pk}",
        now=now,
        before={"number": last.number if last else None},
        after={"number": version.number},
    )
    return version


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@transaction.atomic
def move_program(
    *, program: Program, to: str, actor: User, now: datetime, reason: str = ""
) -> Program:
    """Open, pause or end a program. Raises BadState, NotReady.

    Paused: links keep working, new introductions are not taken, those under way continue. Ended:
    the same, for good, and links lead to our own page.
    """
    row = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    try:
        before = state_machine.PROGRAM.move(row, to)
    except TransitionRefused as error:
        raise BadState(str(error)) from error
    if to == State.OPEN and (missing := missing_of(row, now)):
        raise NotReady(missing)
    row.save(update_fields=["state"])
    ProgramChange.objects.create(
        program=row, before=before, after=to, at=now, actor_id=actor.pk, reason=reason.strip()[:200]
    )
    audit.record(
        "referrals.program.move",
        actor=actor,
        target=f"referrals.program:{row.pk}",
        now=now,
        before={"state": before},
        after={"state": to},
        reason=reason,
    )
    forget_later(row.pk)
    return row
