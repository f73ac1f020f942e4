"""Which of the community's events still hold, read from its current rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q

from community.models import Article, ArticleVote, Post, Reaction, Story
from portal.events.models import Event
from portal.events.standing import register_items, rests_on, touches

POSTED = (
    "community.question.posted",
    "community.discussion.posted",
    "community.answer.posted",
    "community.reply.posted",
)
MOVED = ("community.post.deleted", "community.post.hidden", "community.post.restored")
ACCEPTED, UNACCEPTED = "community.answer.accepted", "community.answer.unaccepted"
REACTED, UNREACTED = "community.reaction.added", "community.reaction.removed"
PUBLISHED, ARCHIVED = "community.article.published", "community.article.archived"
TOLD, WITHDRAWN = "community.story.published", "community.story.withdrawn"
JUDGED = "community.article.judged"
OPPOSITE = {"up": "down", "down": "up"}


def register() -> None:
    """Declare it all; called from AppConfig.ready()."""
    register_items("community.post", shown_posts)
    register_items("community.acceptance", acceptances)
    register_items("community.reaction", reactions)
    register_items("community.article", published_articles)
    register_items("community.story", published_stories)
    register_items("community.judgement", judgements)
    for name in POSTED:
        rests_on(name, lambda event: _item("community.post", event, "post_id"))
    rests_on(ACCEPTED, lambda event: _item("community.acceptance", event, "post_id"))
    rests_on(REACTED, _reaction)
    rests_on(PUBLISHED, lambda event: _item("community.article", event, "article_id"))
    rests_on(TOLD, lambda event: _item("community.story", event, "story_id"))
    rests_on(JUDGED, _judgement)
    for name in MOVED:
        touches(name, of_post)
    touches(ACCEPTED, of_other_answers)
    touches(UNACCEPTED, lambda event: [_item("community.acceptance", event, "post_id")])
    touches(REACTED, _opposite)
    touches(UNREACTED, lambda event: [_reaction(event)])
    touches(PUBLISHED, of_article)
    touches(ARCHIVED, of_article)
    for name in (TOLD, WITHDRAWN):
        touches(name, of_story)


# --- which items stand ---
def _shown(keys: set[str]) -> Q:
    return Q(
        pk__in=_numbers(keys),
        deleted_at=None,
        hidden_at=None,
        topic__deleted_at=None,
        topic__hidden_at=None,
    )


def _numbers(keys: Iterable[str]) -> list[int]:
    return [int(key) for key in keys if key.isdecimal()]


def shown_posts(keys: set[str]) -> set[str]:
    """Posts neither hidden nor deleted, themselves or with their topic."""
    return _texts(Post.objects.filter(_shown(keys)).values_list("pk", flat=True))


def acceptances(keys: set[str]) -> set[str]:
    """Answers that are accepted and shown."""
    rows = Post.objects.filter(_shown(keys), topic__accepted_post=F("pk"))
    return _texts(rows.values_list("pk", flat=True))


def reactions(keys: set[str]) -> set[str]:
    """Marks that are there, on posts that are shown."""
    posts = _numbers({key.partition(":")[0] for key in keys})
    shown = Post.objects.filter(_shown({str(pk) for pk in posts})).values("pk")
    rows = Reaction.objects.filter(post__in=shown, user__isnull=False)
    return keys & {f"{post}:{user}:{kind}" for post, user, kind in rows.values_list(*MARK)}


MARK = ("post_id", "user_id", "kind")


def published_articles(keys: set[str]) -> set[str]:
    rows = Article.objects.filter(pk__in=_numbers(keys), status=Article.Status.PUBLISHED)
    return _texts(rows.values_list("pk", flat=True))


def published_stories(keys: set[str]) -> set[str]:
    rows = Story.objects.filter(pk__in=_numbers(keys), state=Story.State.PUBLISHED)
    return _texts(rows.values_list("pk", flat=True))


def judgements(keys: set[str]) -> set[str]:
    """What readers think of published articles now."""
    articles = _numbers({key.partition(":")[0] for key in keys})
    rows = ArticleVote.objects.filter(
        article__in=articles, article__status=Article.Status.PUBLISHED
    ).values_list("article_id", "user_id")
    return keys & {f"{article}:{user}" for article, user in rows}


def _texts(rows: Iterable[int]) -> set[str]:
    return {str(pk) for pk in rows}


# --- what an event rests on, and which items it touches ---
def _item(kind: str, event: Event, key: str) -> str:
    number = event.payload.get(key)
    return f"{kind}:{number}" if number else ""


def _reaction(event: Event, kind: str = "") -> str:
    post, user = event.payload.get("post_id"), event.payload.get("user_id")
    kind = kind or str(event.payload.get("reaction", ""))
    return f"community.reaction:{post}:{user}:{kind}" if post and user else ""


def _opposite(event: Event) -> Iterable[str]:
    """A vote takes off the one the other way round."""
    other = OPPOSITE.get(str(event.payload.get("reaction")))
    return [_reaction(event, other)] if other else []


def _judgement(event: Event) -> str:
    article, user = event.payload.get("article_id"), event.payload.get("user_id")
    return f"community.judgement:{article}:{user}" if article and user else ""


def of_post(event: Event) -> Iterable[str]:
    """A post with what rests on it; a topic's first post is the whole topic."""
    whole = event.payload.get("number") == 1
    found = Q(topic=event.payload.get("topic_id")) if whole else Q(pk=event.payload.get("post_id"))
    return _of_posts(found)


def _of_posts(which: Q) -> Iterable[str]:
    posts = list(Post.objects.filter(which).values_list("pk", flat=True))
    for pk in posts:
        yield f"community.post:{pk}"
        yield f"community.acceptance:{pk}"
    marks = Reaction.objects.filter(post__in=posts, user__isnull=False).values_list(*MARK)
    for post, user, kind in marks:
        yield f"community.reaction:{post}:{user}:{kind}"


def of_other_answers(event: Event) -> Iterable[str]:
    """An accepted answer takes the place of another."""
    answers = Post.objects.answers().filter(topic=event.payload.get("topic_id"))
    return (f"community.acceptance:{pk}" for pk in answers.values_list("pk", flat=True))


def of_article(event: Event) -> Iterable[str]:
    article = event.payload.get("article_id")
    yield f"community.article:{article}"
    votes = ArticleVote.objects.filter(article=article).values_list("user_id", flat=True)
    yield from (f"community.judgement:{article}:{user}" for user in votes)


def of_story(event: Event) -> Iterable[str]:
    """A story and the replies on its page."""
    yield f"community.story:{event.payload.get('story_id')}"
    if topic := event.payload.get("topic_id"):
        yield from _of_posts(Q(topic=topic))
