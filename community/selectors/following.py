"""What a person follows: tags and topics."""

from __future__ import annotations

from community.models import Follow, Tag, Topic
from community.selectors.topics import with_people
from portal.accounts.models import User

MANY = 200


def follows_tag(user: User, slug: str) -> bool:
    return Follow.objects.filter(user=user, tag__slug=slug).exists()


def followed_tags(user: User) -> list[Tag]:
    return list(Tag.objects.filter(follows__user=user).order_by("name"))


def followed_topics(user: User) -> list[Topic]:
    """Followed topics the user may still read, most recently active first; the newest two
    hundred.
    """
    rows = Topic.objects.listed_for(user).filter(follows__user=user)
    return list(with_people(rows).order_by("-last_posted_at", "-pk")[:MANY])
