"""Shareable community pages: those everybody may read.

For any other page, the reason why it cannot be shared.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from community import topic_kinds
from community.models import Article, Post, Topic, Visibility
from community.permissions import Anyone
from community.services.event_payloads import subject_of
from portal.core.web import sharing
from portal.core.web.sharing import Shareable


def register() -> None:
    """Answer for topics of every kind, single posts and articles."""
    for kind in topic_kinds.all_kinds():
        sharing.register(f"community:{kind.page_name}", topic)
    sharing.register("community:post", post)
    sharing.register("community:article", article)


def topic(user: Anyone, *, pk: int, kind: str) -> Shareable | None:
    row = Topic.objects.visible_to(user).filter(pk=pk, kind=kind).first()
    return (
        _topic(row, why_not=_why_not(row.visibility, hidden=row.hidden_at is not None))
        if row
        else None
    )


def post(user: Anyone, *, pk: int) -> Shareable | None:
    """An answer is shared by its permalink; the text of a topic is the topic itself."""
    row = Post.objects.visible_to(user).select_related("topic").filter(pk=pk).first()
    if row is None:
        return None
    why_not = _why_not(
        row.topic.visibility, hidden=row.hidden_at is not None or row.topic.hidden_at is not None
    )
    if row.kind == Post.Kind.BODY:
        return _topic(row.topic, why_not=why_not)
    url = row.topic.get_absolute_url()
    return Shareable(
        f"/posts/{row.pk}/",
        url,
        subject_of(row.topic),
        row.topic.title,
        row.get_kind_display(),
        why_not,
    )


def article(user: Anyone, *, slug: str) -> Shareable | None:
    row = Article.objects.visible_to(user).filter(slug=slug).first()
    if row is None:
        return None
    why_not = _why_not(row.visibility, hidden=row.status != Article.Status.PUBLISHED)
    url = row.get_absolute_url()
    return Shareable(url, url, f"community.article:{row.pk}", row.title, _("Article"), why_not)


def _topic(row: Topic, *, why_not: str) -> Shareable:
    url = row.get_absolute_url()
    return Shareable(url, url, subject_of(row), row.title, str(row.spec.label), why_not)


def _why_not(visibility: str, *, hidden: bool) -> str:
    if hidden:
        return _("This is not shown to readers at the moment, so it cannot be shared outside.")
    return {
        Visibility.PUBLIC: "",
        Visibility.MEMBERS: _(
            "Only signed-in members may read this, so it cannot be shared outside."
        ),
        Visibility.ORGANIZATION: _(
            "Only people of one company may read this, so it cannot be shared outside."
        ),
        Visibility.STAFF: _("Only staff may read this, so it cannot be shared outside."),
    }[Visibility(visibility)]
