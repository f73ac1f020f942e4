"""Earlier versions of the texts of a dump."""

from __future__ import annotations

from django.db import transaction

from community.imports.dump import Row, markdown_of, moment
from community.imports.run import THERE, Run
from community.models import Post, PostRevision


def bring_versions(run: Run) -> None:
    tally = run.tallies["PostHistory"]
    done = set(
        PostRevision.objects.filter(post__source=run.dump.source).values_list("post_id", flat=True)
    )
    texts = {id(row) for rows in run.texts.values() for row in rows}
    for row in run.dump.tables["PostHistory"]:
        if id(row) not in texts:
            tally.reasons["no text: titles, tags and closings"] += 1
    for post_id, versions in run.texts.items():
        post = run.posts.get(post_id)
        if post is None:
            tally.reasons["stands in an article, or its post is gone"] += len(versions)
        elif post.pk in done:
            tally.reasons[THERE] += len(versions)
        elif len(versions) == 1:
            tally.reasons["the text itself"] += 1
        else:
            _revisions(run, post, versions)
            tally.created += len(versions)


@transaction.atomic
def _revisions(run: Run, post: Post, versions: list[Row]) -> None:
    PostRevision.objects.bulk_create(
        PostRevision(
            post=post,
            number=number,
            markdown=markdown_of(row["Text"]),
            editor=run.author(row, "UserId"),
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
        edited_by=run.author(last, "UserId"),
    )
