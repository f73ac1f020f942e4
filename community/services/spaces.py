"""Making spaces and counting tags."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from community.models import Space, Visibility
from community.text import tag_key
from portal.accounts.models import Organization


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
    space, _ = Space.objects.get_or_create(
        slug=slug,
        defaults={
            "name_ja": name_ja,
            "name_en": name_en,
            "visibility": visibility,
            "organization": organization,
            "position": position,
        },
    )
    return space


def first_space() -> Space:
    """The space a new house begins with."""
    return create_space(slug="general", name_ja="全般", name_en="General")


def tag_step(visibility: str) -> int:
    """Only what many may see lifts a tag into the lists everybody sees."""
    return 1 if visibility in (Visibility.PUBLIC, Visibility.MEMBERS) else 0


def count_tags(names: Iterable[str], *, step: int = 1) -> tuple[list[str], list[str]]:
    """Add `step` to each tag's use, making new tags; return (keys, names as first spelled). One statement."""
    wanted = {tag_key(name): name for name in names if tag_key(name)}
    if not wanted:
        return [], []
    rows = ", ".join(["(%s, %s, %s)"] * len(wanted))
    ordered = sorted(wanted)  # one order for all writers: no deadlock
    values = [value for key in ordered for value in (key, wanted[key], max(step, 0))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO community_tag AS tag (slug, name, topic_count) VALUES {rows} "  # noqa: S608  placeholders
            "ON CONFLICT (slug) DO UPDATE SET topic_count = GREATEST(tag.topic_count + %s, 0) RETURNING slug, name",
            [*values, step],
        )
        spelled = dict(cursor.fetchall())
    return list(wanted), [spelled[key] for key in wanted]
