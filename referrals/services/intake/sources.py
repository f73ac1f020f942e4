"""Managing inbound sources: adding, changing, rotating the secret, enabling and disabling.

Staff actions, audited.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify

from portal import audit
from portal.accounts.models import User
from portal.core.db.secrets import encrypt
from portal.delivery.channels.webhook import new_secret
from referrals.inbound.crm import DEFAULTS
from referrals.models import InboundSource, Program

OVERLAP: Final = timedelta(hours=24)
SHORTEST: Final = 16


class BadSecret(ValueError):
    """The secret is missing, too short, or not in the form its system gives it."""


def check_secret(kind: str, given: str) -> str:
    """Return a secret to keep: the one its system gave, else a new one. Raises BadSecret."""
    given = given.strip()
    if not given:
        if kind == InboundSource.Kind.STRIPE:
            raise BadSecret("Stripe makes the secret; copy it from its page of the endpoint")
        return (
            new_secret()
            if kind == InboundSource.Kind.STANDARD
            else f"hzk_{secrets.token_urlsafe(32)}"
        )
    if not given.isascii() or not given.isprintable() or not SHORTEST <= len(given) <= 200:
        raise BadSecret("too short")
    if kind == InboundSource.Kind.STRIPE and not given.startswith("whsec_"):
        raise BadSecret("Stripe's begin with whsec_")
    if kind == InboundSource.Kind.STANDARD:
        try:
            base64.b64decode(given.removeprefix("whsec_") + "==", validate=True)
        except binascii.Error as error:
            raise BadSecret("not base64") from error
    return given


@transaction.atomic
def add_source(
    *,
    kind: str,
    name: str,
    program: Program,
    actor: User,
    now: datetime,
    secret: str = "",
    mapping: dict[str, Any] | None = None,
    mode: str = InboundSource.Mode.LIVE,
) -> tuple[InboundSource, str]:
    """Add a source; returns it and its secret, which is shown this once. Raises BadSecret."""
    kept = check_secret(kind, secret)
    source = InboundSource.objects.create(
        kind=kind,
        mode=mode,
        name=name,
        slug=_free_slug(name, kind),
        program=program,
        secret=encrypt(kept),
        mapping=mapping if mapping is not None else default_mapping(kind, program),
        created_by=actor,
        created_at=now,
    )
    _audit("add", source, actor, now, after=_facts(source))
    return source, kept


def default_mapping(kind: str, program: Program) -> dict[str, Any]:
    """Return what deals of a fresh HubSpot or Salesforce look like; {} for systems that need no
    mapping.
    """
    currency = "JPY" if program.currency == "PTS" else program.currency  # nobody sells for points
    return {**DEFAULTS[kind], "currency": currency} if kind in DEFAULTS else {}


def _free_slug(name: str, kind: str) -> str:
    base = slugify(name)[:32].strip("-") or kind
    taken = set(InboundSource.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug
        for number in range(1, 10_000)
        if (slug := base if number == 1 else f"{base}-{number}") not in taken
    )


@transaction.atomic
def change_source(
    *,
    source: InboundSource,
    name: str,
    program: Program,
    mapping: dict[str, Any],
    actor: User,
    now: datetime,
    mode: str = "",
) -> None:
    """Change the name, the program, the mode and the mapping. Records already received stay as they
    are.
    """
    before = _facts(source)
    source.name, source.program, source.mapping = name, program, mapping
    source.mode = mode or source.mode
    source.save(update_fields=["name", "program", "mapping", "mode"])
    _audit("change", source, actor, now, before=before, after=_facts(source))


@transaction.atomic
def rotate_secret(*, source: InboundSource, actor: User, now: datetime, secret: str = "") -> str:
    """Take a new secret (or make one); for 24 h the old one verifies too.

    Returns it, shown this once. Raises BadSecret.
    """
    kept = check_secret(source.kind, secret)
    source.old_secret, source.old_secret_until = source.secret, now + OVERLAP
    source.secret = encrypt(kept)
    source.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _audit("rotate_secret", source, actor, now)
    return kept


@transaction.atomic
def switch_source(*, source: InboundSource, on: bool, actor: User, now: datetime) -> None:
    """Switch a source off (its messages are refused, so their system keeps them) or on again."""
    source.disabled_at = None if on else now
    source.save(update_fields=["disabled_at"])
    _audit("switch_on" if on else "switch_off", source, actor, now)


def _facts(source: InboundSource) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "mode": source.mode,
        "program": source.program.slug,
        "mapping": source.mapping,
    }


def _audit(act: str, source: InboundSource, actor: User, now: datetime, **more: Any) -> None:
    audit.record(
        f"referrals.source.{act}",
        actor=actor,
        target=f"referrals.source:{source.pk}",
        now=now,
        **more,
    )
