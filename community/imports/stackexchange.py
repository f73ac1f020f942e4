"""Importing a Stack Exchange dump.

Every row keeps the id it had there, so a second run creates nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from community.events import AnswerAccepted, AnswerPosted, QuestionPosted, ReplyPosted
from community.imports.dump import Dump, Row, Tally, markdown_of, moment, plain, tags_of
from community.models import (
    Article,
    ArticleRevision,
    Follow,
    Post,
    PostRevision,
    Reaction,
    Space,
    Tag,
    Topic,
)
from community.services.event_payloads import of_post, subject_of
from community.services.posts import recount
from community.services.spaces import count_tags, create_space
from community.topic_kinds import QUESTION
from portal import events
from portal.accounts.models import User
from portal.accounts.services import create_user
from portal.core.text import markdown

Say = Callable[[str, int, int], None]
NO_POST = "its post is not in the dump"


class Import:
    """One run over one dump.

    Each topic is one transaction: an interrupted run goes on where it stopped.
    """

    def __init__(self, dump: Dump, *, say: Say = lambda stage, done, total: None) -> None:
        self.dump, self.say = dump, say
        self.tallies = {name: Tally(rows=len(rows)) for name, rows in dump.tables.items()}
        self.texts = dump.texts()
        self.people: dict[str, User] = {}
        self.posts: dict[str, Post] = {}
        self.space = Space()

    def run(self) -> dict[str, Tally]:
        """Import everything and return what became of each table's rows."""
        self.space = create_space(
            slug=self.dump.source.replace(":", "-").replace(".", "-"),
            name_ja=f"取り込み（{self.dump.host.split('.')[0]}）",
            name_en=f"Imported ({self.dump.host.split('.')[0]})",
            position=90,
        )
        self._users()
        self._tags()
        self._topics()
        self._wikis()
        self._votes()
        self._history()
        for name, reason in (
            ("PostLinks", "links stand in the texts"),
            ("Badges", "badges are earned here anew"),
        ):
            self.tallies[name].reasons[reason] += len(self.dump.tables[name])
        return self.tallies

    def _users(self) -> None:
        rows, tally = self.dump.tables["Users"], self.tallies["Users"]
        domain = f"{self.dump.source.replace(':', '-')}.import.invalid"
        known = {user.email: user for user in User.objects.filter(email__endswith=f"@{domain}")}
        for number, row in enumerate(rows):
            email = f"user{row['Id']}@{domain}".lower()
            user = known.get(email)
            if user is None:
                user = create_user(
                    email=email,
                    display_name=row.get("DisplayName", "")[:60],
                    now=moment(row["CreationDate"]),
                    email_verified=False,
                    language="en",
                    time_zone="UTC",
                    is_active=False,
                    bio=plain(row.get("AboutMe", ""))[:400],
                )
                tally.created += 1
            else:
                tally.reasons["there already"] += 1
            self.people[row["Id"]] = user
            self.say("people", number + 1, len(rows))

    def _tags(self) -> None:
        tally = self.tallies["Tags"]
        known = set(Tag.objects.values_list("slug", flat=True))
        for row in self.dump.tables["Tags"]:
            if row["TagName"] in known:
                tally.reasons["there already"] += 1
            else:
                tally.created += 1
        names = [row["TagName"] for row in self.dump.tables["Tags"] if row["TagName"] not in known]
        if names:
            count_tags(names, step=0)

    def _topics(self) -> None:
        posts = self.dump.tables["Posts"]
        questions = [row for row in posts if row["PostTypeId"] == "1"]
        comments: dict[str, list[Row]] = {}
        for row in self.dump.tables["Comments"]:
            comments.setdefault(row["PostId"], []).append(row)
        answers: dict[str, list[Row]] = {}
        for row in posts:
            if row["PostTypeId"] == "2":
                answers.setdefault(row["ParentId"], []).append(row)
        self.posts = {
            post.external_id: post
            for post in Post.objects.filter(source=self.dump.source).select_related("topic")
        }
        for number, row in enumerate(questions):
            with transaction.atomic():
                self._topic(row, answers.pop(row["Id"], []), comments)
            self.say("questions", number + 1, len(questions))
        self.tallies["Posts"].reasons["its question is not in the dump"] += sum(
            len(rows) for rows in answers.values()
        )
        self.tallies["Comments"].reasons[NO_POST] += sum(len(rows) for rows in comments.values())

    def _author(self, row: Row, key: str = "OwnerUserId") -> User | None:
        return self.people.get(row.get(key, ""))

    def _text(self, row: Row) -> str:
        versions = self.texts.get(row["Id"])
        return markdown_of(versions[-1]["Text"]) if versions else plain(row.get("Body", ""))

    def _topic(self, row: Row, answers: list[Row], comments: dict[str, list[Row]]) -> None:
        known = self.posts.get(row["Id"])
        topic = known.topic if known else self._ask(row)
        self.tallies["Posts"].reasons["there already"] += known is not None
        self.tallies["Posts"].created += known is None
        parts = [(moment(part["CreationDate"]), "answer", part, row["Id"]) for part in answers]
        for parent in (row, *answers):
            parts += [
                (moment(part["CreationDate"]), "comment", part, parent["Id"])
                for part in comments.pop(parent["Id"], [])
            ]
        changed = known is None
        for at, kind, part, parent_id in sorted(
            parts, key=lambda item: (item[0], item[1], int(item[2]["Id"]))
        ):
            made = (
                self._answer(topic, part, at)
                if kind == "answer"
                else self._comment(topic, part, parent_id, at)
            )
            tally = self.tallies["Posts" if kind == "answer" else "Comments"]
            tally.created += made
            tally.reasons["there already"] += not made
            changed = changed or made
        if changed:
            recount(topic)
            self._accept(topic, row)

    def _ask(self, row: Row) -> Topic:
        at, author, text = moment(row["CreationDate"]), self._author(row), self._text(row)
        keys, names = count_tags(tags_of(row))
        topic = Topic.objects.create(
            kind=QUESTION.value,
            title=row["Title"][:120],
            language="en",
            space=self.space,
            tags=keys,
            tag_names=names,
            visibility="public",
            author=author,
            last_number=1,
            created_at=at,
            last_posted_at=at,
            view_count=int(row.get("ViewCount", 0)),
            source=self.dump.source,
            external_id=row["Id"],
            source_url=self.dump.url(row["Id"]),
        )
        Space.objects.filter(pk=self.space.pk).update(topic_count=F("topic_count") + 1)
        post = self._post(topic, row["Id"], Post.Kind.BODY, 1, author, text, at)
        fact = QuestionPosted(
            **of_post(topic, post),
            space=self.space.slug,
            tags=names,
            language="en",
            mentioned_ids=[],
        )
        self._publish(fact, topic, author, at, f"post:{row['Id']}")
        return topic

    def _post(
        self,
        topic: Topic,
        external_id: str,
        kind: str,
        number: int,
        author: User | None,
        text: str,
        at: datetime,
        parent: Post | None = None,
    ) -> Post:
        post = Post.objects.create(
            topic=topic,
            number=number,
            kind=kind,
            parent=parent,
            author=author,
            markdown=text,
            html=markdown.render(text).html,
            language="en",
            created_at=at,
            source=self.dump.source,
            external_id=external_id,
        )
        self.posts[external_id] = post
        return post

    def _publish(self, fact: Any, topic: Topic, actor: User | None, at: datetime, key: str) -> None:
        events.publish(
            fact, subject=subject_of(topic), actor=actor, now=at, key=f"{self.dump.source}:{key}"
        )

    def _next(self, topic: Topic) -> int:
        topic.last_number += 1
        Topic.objects.filter(pk=topic.pk).update(last_number=topic.last_number)
        return topic.last_number

    def _answer(self, topic: Topic, row: Row, at: datetime) -> bool:
        if row["Id"] in self.posts:
            return False
        author = self._author(row)
        post = self._post(
            topic, row["Id"], Post.Kind.ANSWER, self._next(topic), author, self._text(row), at
        )
        first = not Post.objects.answers().filter(topic=topic).exclude(pk=post.pk).exists()
        fact = AnswerPosted(
            **of_post(topic, post), is_first=first, by_staff=False, mentioned_ids=[]
        )
        self._publish(fact, topic, author, at, f"post:{row['Id']}")
        return True

    def _comment(self, topic: Topic, row: Row, parent_id: str, at: datetime) -> bool:
        external_id = f"c{row['Id']}"
        if external_id in self.posts:
            return False
        parent, author = self.posts[parent_id], self._author(row, "UserId")
        text = markdown_of(row.get("Text", ""))
        post = self._post(
            topic, external_id, Post.Kind.COMMENT, self._next(topic), author, text, at, parent
        )
        fact = ReplyPosted(
            **of_post(topic, post),
            by_staff=False,
            mentioned_ids=[],
            is_comment=True,
            parent_author_id=parent.author_id,
        )
        self._publish(fact, topic, author, at, f"comment:{row['Id']}")
        return True

    def _accept(self, topic: Topic, row: Row) -> None:
        post = self.posts.get(row.get("AcceptedAnswerId", ""))
        if post is None:
            return
        votes = self.dump.tables["Votes"]
        dates = [
            vote["CreationDate"]
            for vote in votes
            if vote["PostId"] == post.external_id and vote["VoteTypeId"] == "1"
        ]
        at = max(moment(dates[0]) if dates else post.created_at, post.created_at)
        Topic.objects.filter(pk=topic.pk).update(
            accepted_post=post, accepted_at=at, accepted_by=topic.author
        )
        hours = round((at - topic.created_at).total_seconds() / 3600, 2)
        fact = AnswerAccepted(**of_post(topic, post), by_asker=True, waited_hours=hours)
        self._publish(fact, topic, topic.author, at, f"accepted:{row['Id']}")

    def _wikis(self) -> None:
        """Texts about tags become articles: drafts where they are empty."""
        tally = self.tallies["Posts"]
        owners = {
            row[key]: row["TagName"]
            for row in self.dump.tables["Tags"]
            for key in ("ExcerptPostId", "WikiPostId")
            if key in row
        }
        known = set(
            Article.objects.filter(source=self.dump.source).values_list("external_id", flat=True)
        )
        for row in self.dump.tables["Posts"]:
            if row["PostTypeId"] in ("1", "2"):
                continue
            if row["Id"] in known:
                tally.reasons["there already"] += 1
                continue
            if row["PostTypeId"] not in ("4", "5"):
                tally.reasons["a kind of post that has no place here"] += 1
                continue
            with transaction.atomic():
                self._article(row, owners.get(row["Id"], ""))
            tally.created += 1

    def _article(self, row: Row, tag: str) -> None:
        text, at = self._text(row), moment(row["LastActivityDate"])
        kind = "excerpt" if row["PostTypeId"] == "4" else "wiki"
        rendered = markdown.render(text)
        shown = bool(text)
        article = Article.objects.create(
            slug=f"{self.space.slug}-{kind}-{row['Id']}",
            title=f"About the tag {tag}" if tag else f"Tag {kind} {row['Id']}",
            html=rendered.html,
            summary=markdown.excerpt(rendered.text, 160),
            language="en",
            space=self.space,
            tags=[tag] if tag else [],
            tag_names=[tag] if tag else [],
            author=self._author(row),
            created_at=moment(row["CreationDate"]),
            updated_at=at,
            last_number=1,
            status=Article.Status.PUBLISHED if shown else Article.Status.DRAFT,
            published_number=1 if shown else None,
            published_at=at if shown else None,
            source=self.dump.source,
            external_id=row["Id"],
            source_url=f"https://{self.dump.host}/tags/{tag}/info" if tag else "",
        )
        ArticleRevision.objects.create(
            article=article, number=1, title=article.title, markdown=text, at=at
        )

    def _votes(self) -> None:
        rows, tally = self.dump.tables["Votes"], self.tallies["Votes"]
        known = set(
            Reaction.objects.filter(source=self.dump.source).values_list("external_id", flat=True)
        )
        wikis = {
            row["Id"] for row in self.dump.tables["Posts"] if row["PostTypeId"] not in ("1", "2")
        }
        fresh: list[Reaction] = []
        for number, row in enumerate(rows):
            post = self.posts.get(row["PostId"])
            if post is None:
                tally.reasons["not a vote of a member" if row["PostId"] in wikis else NO_POST] += 1
            elif row["VoteTypeId"] in ("2", "3"):
                if row["Id"] in known:
                    tally.reasons["there already"] += 1
                    continue
                kind = Reaction.Kind.UP if row["VoteTypeId"] == "2" else Reaction.Kind.DOWN
                at = moment(row["CreationDate"])
                fresh.append(
                    Reaction(
                        post=post,
                        kind=kind,
                        created_at=at,
                        source=self.dump.source,
                        external_id=row["Id"],
                    )
                )
            elif row["VoteTypeId"] == "5":
                self._favourite(row, post, tally)
            else:
                tally.reasons[
                    "accepted answers come with their question"
                    if row["VoteTypeId"] == "1"
                    else "not a vote of a member"
                ] += 1
            self.say("votes", number + 1, len(rows))
        with transaction.atomic():
            Reaction.objects.bulk_create(fresh)
            tally.created += len(fresh)
            if fresh:
                self._count_votes()

    def _favourite(self, row: Row, post: Post, tally: Tally) -> None:
        user = self._author(row, "UserId")
        if user is None:
            tally.reasons["nobody's favourite"] += 1
            return
        _row, created = Follow.objects.get_or_create(
            user=user, topic=post.topic, defaults={"created_at": moment(row["CreationDate"])}
        )
        tally.created += created
        tally.reasons["there already"] += not created

    def _count_votes(self) -> None:
        """Set the vote columns from the rows, so that Score = up - down."""
        votes = Reaction.objects.filter(post=OuterRef("pk")).order_by().values("post")
        Post.objects.filter(source=self.dump.source).update(
            **{
                f"{kind}_count": Coalesce(
                    Subquery(votes.filter(kind=kind).values(n=Count("pk"))), 0
                )
                for kind in ("up", "down")
            }
        )
        counts = Topic.objects.filter(source=self.dump.source).annotate(
            n=Count("posts__marks", filter=Q(posts__marks__kind__in=("up", "same", "thanks")))
        )
        for pk, count in counts.values_list("pk", "n"):
            Topic.objects.filter(pk=pk).update(reaction_count=count)

    def _history(self) -> None:
        tally = self.tallies["PostHistory"]
        done = set(
            PostRevision.objects.filter(post__source=self.dump.source).values_list(
                "post_id", flat=True
            )
        )
        texts = {id(row) for rows in self.texts.values() for row in rows}
        for row in self.dump.tables["PostHistory"]:
            if id(row) not in texts:
                tally.reasons["no text: titles, tags and closings"] += 1
        for post_id, versions in self.texts.items():
            post = self.posts.get(post_id)
            if post is None:
                tally.reasons["stands in an article, or its post is gone"] += len(versions)
            elif post.pk in done:
                tally.reasons["there already"] += len(versions)
            elif len(versions) == 1:
                tally.reasons["the text itself"] += 1
            else:
                self._revisions(post, versions)
                tally.created += len(versions)

    @transaction.atomic
    def _revisions(self, post: Post, versions: list[Row]) -> None:
        PostRevision.objects.bulk_create(
            PostRevision(
                post=post,
                number=number,
                markdown=markdown_of(row["Text"]),
                editor=self._author(row, "UserId"),
                reason=row.get("Comment", "")[:200],
                at=moment(row["CreationDate"]),
                title=post.topic.title if post.kind == Post.Kind.BODY else "",
            )
            for number, row in enumerate(versions, start=1)
        )
        last = versions[-1]
        Post.objects.filter(pk=post.pk).update(
            revision_count=len(versions),
            edited_at=moment(last["CreationDate"]),
            edited_by=self._author(last, "UserId"),
        )
