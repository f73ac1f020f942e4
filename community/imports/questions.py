"""Questions of a dump with their answers and comments: each is one transaction."""

from __future__ import annotations

import copy
from datetime import datetime

import structlog
from django.db import DataError, IntegrityError, transaction
from django.db.models import F

from community.events import AnswerAccepted, AnswerPosted, QuestionPosted, ReplyPosted
from community.imports.dump import Row, Tally, markdown_of, moment, tags_of
from community.imports.html import escape
from community.imports.run import NO_POST, THERE, Run
from community.models import Post, Space, Topic
from community.rules.event_payloads import of_post
from community.services.posts import recount
from community.services.spaces import count_tags
from community.topic_kinds import QUESTION
from portal.accounts.models import User
from portal.core.text import markdown

log = structlog.get_logger(__name__)
TITLE = 120  # letters; a longer one is cut at a word and stands whole in the text


def bring_questions(run: Run) -> None:
    """Import every question with what hangs on it; one that fails costs only itself."""
    posts = run.dump.tables["Posts"]
    questions = [row for row in posts if row["PostTypeId"] == "1"]
    comments: dict[str, list[Row]] = {}
    for row in run.dump.tables["Comments"]:
        comments.setdefault(row["PostId"], []).append(row)
    answers: dict[str, list[Row]] = {}
    for row in posts:
        if row["PostTypeId"] == "2":
            answers.setdefault(row["ParentId"], []).append(row)
    run.posts = {
        post.external_id: post
        for post in Post.objects.filter(source=run.dump.source).select_related("topic")
    }
    for number, row in enumerate(questions):
        own = answers.pop(row["Id"], [])
        said = {each["Id"]: comments.pop(each["Id"], []) for each in (row, *own)}
        _try(run, row, own, said)
        run.say("questions", number + 1, len(questions))
    run.tallies["Posts"].reasons["its question is not in the dump"] += sum(
        len(rows) for rows in answers.values()
    )
    run.tallies["Comments"].reasons[NO_POST] += sum(len(rows) for rows in comments.values())


def _try(run: Run, row: Row, answers: list[Row], comments: dict[str, list[Row]]) -> None:
    before = {name: copy.deepcopy(run.tallies[name]) for name in ("Posts", "Comments")}
    try:
        with transaction.atomic():
            _topic(run, row, answers, comments)
    except (DataError, IntegrityError, ValueError) as error:
        log.warning("question_not_imported", question=row["Id"], error=str(error))
        run.tallies.update(before)
        _fail(run.tallies["Posts"], 1 + len(answers))
        _fail(run.tallies["Comments"], sum(len(rows) for rows in comments.values()))
        run.failures.append((f"question {row['Id']}", str(error).splitlines()[0][:200]))
        rows = Post.objects.filter(source=run.dump.source, topic__external_id=row["Id"])
        kept = set(rows.values_list("external_id", flat=True))
        tried = {row["Id"], *(each["Id"] for each in answers)}
        tried |= {f"c{each['Id']}" for said in comments.values() for each in said}
        for key in tried - kept:
            run.posts.pop(key, None)


def _fail(tally: Tally, count: int) -> None:
    tally.failed += count


def _topic(run: Run, row: Row, answers: list[Row], comments: dict[str, list[Row]]) -> None:
    known = run.posts.get(row["Id"])
    topic = known.topic if known else _ask(run, row)
    run.tallies["Posts"].reasons[THERE] += known is not None
    run.tallies["Posts"].created += known is None
    parts = [(moment(part["CreationDate"]), "answer", part, row["Id"]) for part in answers]
    for parent in (row, *answers):
        parts += [
            (moment(part["CreationDate"]), "comment", part, parent["Id"])
            for part in comments[parent["Id"]]
        ]
    changed = known is None
    for at, kind, part, parent_id in sorted(
        parts, key=lambda item: (item[0], item[1], int(item[2]["Id"]))
    ):
        made = (
            _answer(run, topic, part, at)
            if kind == "answer"
            else _comment(run, topic, part, parent_id, at)
        )
        tally = run.tallies["Posts" if kind == "answer" else "Comments"]
        tally.created += made
        tally.reasons[THERE] += not made
        changed = changed or made
    if changed:
        recount(topic)
        _accept(run, topic, row)


def _ask(run: Run, row: Row) -> Topic:
    at, author, text = moment(row["CreationDate"]), run.author(row), run.text(row)
    title, text = _titled(row.get("Title", ""), text)
    keys, names = count_tags(tags_of(row))
    topic = Topic.objects.create(
        kind=QUESTION.value,
        title=title,
        language="en",
        space=run.space,
        tags=keys,
        tag_names=names,
        visibility="public",
        author=author,
        last_number=1,
        created_at=at,
        last_posted_at=at,
        view_count=int(row.get("ViewCount", 0)),
        source=run.dump.source,
        external_id=row["Id"],
        source_url=run.dump.url(row["Id"]),
    )
    Space.objects.filter(pk=run.space.pk).update(topic_count=F("topic_count") + 1)
    post = _post(run, topic, row["Id"], Post.Kind.BODY, 1, author, text, at)
    fact = QuestionPosted(
        **of_post(topic, post),
        space=run.space.slug,
        tags=names,
        language="en",
        mentioned_ids=[],
    )
    run.publish(fact, topic, author, at, f"post:{row['Id']}")
    return topic


def _titled(title: str, text: str) -> tuple[str, str]:
    """Return the title as it fits, and the text, which begins with the whole title where that did
    not.
    """
    whole = " ".join(title.split())
    if not whole:
        return markdown.excerpt(markdown.render(text).text, TITLE) or "–", text
    if len(whole) <= TITLE:
        return whole, text
    return markdown.excerpt(whole, TITLE), f"**{escape(whole)}**\n\n{text}"


def _post(
    run: Run,
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
        source=run.dump.source,
        external_id=external_id,
    )
    run.posts[external_id] = post
    return post


def _next(topic: Topic) -> int:
    topic.last_number += 1
    Topic.objects.filter(pk=topic.pk).update(last_number=topic.last_number)
    return topic.last_number


def _answer(run: Run, topic: Topic, row: Row, at: datetime) -> bool:
    if row["Id"] in run.posts:
        return False
    author = run.author(row)
    post = _post(run, topic, row["Id"], Post.Kind.ANSWER, _next(topic), author, run.text(row), at)
    first = not Post.objects.answers().filter(topic=topic).exclude(pk=post.pk).exists()
    fact = AnswerPosted(**of_post(topic, post), is_first=first, by_staff=False, mentioned_ids=[])
    run.publish(fact, topic, author, at, f"post:{row['Id']}")
    return True


def _comment(run: Run, topic: Topic, row: Row, parent_id: str, at: datetime) -> bool:
    external_id = f"c{row['Id']}"
    if external_id in run.posts:
        return False
    parent, author = run.posts[parent_id], run.author(row, "UserId")
    text = markdown_of(row.get("Text", ""))
    post = _post(run, topic, external_id, Post.Kind.COMMENT, _next(topic), author, text, at, parent)
    fact = ReplyPosted(
        **of_post(topic, post),
        by_staff=False,
        mentioned_ids=[],
        is_comment=True,
        parent_author_id=parent.author_id,
    )
    run.publish(fact, topic, author, at, f"comment:{row['Id']}")
    return True


def _accept(run: Run, topic: Topic, row: Row) -> None:
    post = run.posts.get(row.get("AcceptedAnswerId", ""))
    if post is None or post.kind != Post.Kind.ANSWER or post.topic_id != topic.pk:
        return
    date = run.accepted.get(post.external_id)
    at = max(moment(date), post.created_at) if date else post.created_at
    Topic.objects.filter(pk=topic.pk).update(
        accepted_post=post, accepted_at=at, accepted_by=topic.author
    )
    hours = round((at - topic.created_at).total_seconds() / 3600, 2)
    fact = AnswerAccepted(**of_post(topic, post), by_asker=True, waited_hours=hours)
    run.publish(fact, topic, topic.author, at, f"accepted:{row['Id']}")
