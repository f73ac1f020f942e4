"""Creating spaces and counting tags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, count
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.text import slugify

from community.models import Space, Tag, Visibility
from community.rules.text import tag_key
from community.selectors import spaces as remembered
from portal import audit
from portal.accounts.models import Organization, User


def create_space(
    *,
    slug: str,
    name_ja: str,
    name_en: str,
    visibility: str = "public",
    organization: Organization | None = None,
    position: int = 0,
) -> Space:
    """Make a space, or return the one with this slug."""
    space, made = Space.objects.get_or_create(
        slug=slug,
        defaults={
            "name_ja": name_ja,
            "name_en": name_en,
            "visibility": visibility,
            "organization": organization,
            "position": position,
        },
    )
    if made:
        _read_anew()
    return space


class SpaceInUse(ValueError):
    """Something was written in the space."""


@transaction.atomic
def add_space(
    *,
    name_ja: str,
    name_en: str,
    visibility: str,
    organization: Organization | None,
    position: int,
    actor: User,
    now: datetime,
) -> Space:
    """Make a space as an administrator; its address comes from the English name."""
    wanted = slugify(name_en)[:30] or "space"
    taken = set(Space.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    slug = next(
        each
        for each in chain([wanted], (f"{wanted}-{number}" for number in count(2)))
        if each not in taken
    )
    space = create_space(
        slug=slug,
        name_ja=name_ja.strip(),
        name_en=name_en.strip(),
        visibility=visibility,
        organization=organization,
        position=position,
    )
    _audit("add", space, actor, now, after={"slug": slug, "visibility": visibility})
    return space


@transaction.atomic
def change_space(
    *, space: Space, name_ja: str, name_en: str, position: int, actor: User, now: datetime
) -> Space:
    """Name and place a space anew."""
    row = Space.objects.select_for_update(of=("self",)).get(pk=space.pk)
    before = {"name_ja": row.name_ja, "name_en": row.name_en, "position": row.position}
    row.name_ja, row.name_en, row.position = name_ja.strip(), name_en.strip(), position
    row.save(update_fields=list(before))
    _read_anew()
    after = {"name_ja": row.name_ja, "name_en": row.name_en, "position": row.position}
    if after != before:
        _audit("change", row, actor, now, before=before, after=after)
    return row


def is_empty_space(space: Space) -> bool:
    """Say whether nothing was ever written in it, deleted posts included."""
    return Space.objects.filter(pk=space.pk, topics=None, articles=None, stories=None).exists()


@transaction.atomic
def remove_space(*, space: Space, actor: User, now: datetime) -> None:
    """Remove a space. Raises SpaceInUse when something was ever written in it."""
    row = Space.objects.select_for_update(of=("self",)).get(pk=space.pk)
    if not is_empty_space(row):
        raise SpaceInUse
    slug, pk = row.slug, row.pk
    row.delete()
    _read_anew()
    audit.record(
        "community.space.remove",
        actor=actor,
        target=f"community.space:{pk}",
        now=now,
        before={"slug": slug},
    )


def _read_anew() -> None:
    """Let this process read the spaces anew: now for the rest of this transaction, and after it,
    since another thread may have read the old ones meanwhile.
    """
    remembered.forget()
    transaction.on_commit(remembered.forget)


def _audit(act: str, space: Space, actor: User, now: datetime, **more: Any) -> None:
    audit.record(
        f"community.space.{act}", actor=actor, target=f"community.space:{space.pk}", now=now, **more
    )


def first_space() -> Space:
    """The space a new installation starts with."""
    return create_space(slug="general", name_ja="全般", name_en="General")


def tag_step(visibility: str) -> int:
    """Only what many may see lifts a tag into the lists everybody sees."""
    return 1 if visibility in (Visibility.PUBLIC, Visibility.MEMBERS) else 0


def count_tags(names: Iterable[str], *, step: int = 1) -> tuple[list[str], list[str]]:
    """Add `step` to each tag's use, making new tags; return (keys, names as first spelled).

    Locked in one order, so that two writers never wait for each other.
    """
    wanted = {tag_key(name): name for name in names if tag_key(name)}
    if not wanted:
        return [], []
    Tag.objects.bulk_create(
        [Tag(slug=key, name=wanted[key]) for key in sorted(wanted)], ignore_conflicts=True
    )
    tags = Tag.objects.filter(slug__in=wanted)
    spelled = dict(tags.select_for_update().order_by("slug").values_list("slug", "name"))
    tags.update(topic_count=Greatest(F("topic_count") + step, 0))
    return list(wanted), [spelled[key] for key in wanted]
