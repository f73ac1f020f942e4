"""Removing the sample's conversations, and the spaces and tags nobody else uses."""

from __future__ import annotations

from community.demo.timeline import SPACES
from community.models import Article, Follow, Post, Space, Story, Tag, Topic
from community.selectors import spaces
from portal.dev.sample_removal import Removal


def remove(removal: Removal) -> None:
    """Delete what the sample wrote; what real people added to it goes with it."""
    mine = Topic.objects.filter(is_sample=True)
    mine.update(accepted_post=None, accepted_at=None, accepted_by=None)
    for model in (Article, Topic, Story):
        removal.delete(model._default_manager.filter(is_sample=True))  # noqa: SLF001  its documented name
    removal.delete(Post.objects.filter(author__in=removal.people, topic__is_sample=False))
    removal.delete(Follow.objects.filter(user__in=removal.people))


def settle(removal: Removal) -> None:
    """Spaces of the sample that are empty go, tags are counted anew."""
    names = [slug for slug, _ja, _en in SPACES]
    Space.objects.filter(slug__in=names, topics=None, articles=None, stories=None).delete()
    for space in Space.objects.all():
        Space.objects.filter(pk=space.pk).update(topic_count=space.topics.count())
    for tag in Tag.objects.all():
        count = Topic.objects.filter(tags__contains=[tag.slug]).count()
        if not count and not Article.objects.filter(tags__contains=[tag.slug]).exists():
            tag.delete()
        else:
            Tag.objects.filter(pk=tag.pk).update(topic_count=count)
    spaces.forget()
