"""Who is meant by a mention."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Value
from django.db.models.functions import Lower, Replace

from community.models import Topic
from community.permissions import can_read
from community.text import name_key
from portal.accounts.models import User


def mentioned(names: Iterable[str], topic: Topic) -> list[int]:
    """Return the ids of active people called so who may read the topic; at most ten."""
    keys = {name_key(name) for name in names}
    keys |= {key.removesuffix("さん") for key in keys}
    if not keys:
        return []
    plain = Replace(Replace(Lower("display_name"), Value(" "), Value("")), Value("\u3000"), Value(""))
    people = User.objects.filter(is_active=True).annotate(key=plain).filter(key__in=keys).order_by("pk")[:10]
    return [person.pk for person in people if can_read(person, topic)]
