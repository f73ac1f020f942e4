"""Texts about tags, which become articles."""

from __future__ import annotations

from django.db import transaction

from community.imports.dump import Row, moment
from community.imports.run import THERE, Run
from community.models import Article, ArticleRevision
from portal.core.text import markdown


def bring_wikis(run: Run) -> None:
    """Texts about tags become articles: drafts where they are empty."""
    tally = run.tallies["Posts"]
    owners = {
        row[key]: row["TagName"]
        for row in run.dump.tables["Tags"]
        for key in ("ExcerptPostId", "WikiPostId")
        if key in row
    }
    known = set(
        Article.objects.filter(source=run.dump.source).values_list("external_id", flat=True)
    )
    for row in run.dump.tables["Posts"]:
        if row["PostTypeId"] in ("1", "2"):
            continue
        if row["Id"] in known:
            tally.reasons[THERE] += 1
            continue
        if row["PostTypeId"] not in ("4", "5"):
            tally.reasons["a kind of post that has no place here"] += 1
            continue
        with transaction.atomic():
            _article(run, row, owners.get(row["Id"], ""))
        tally.created += 1


def _article(run: Run, row: Row, tag: str) -> None:
    text, at = run.text(row), moment(row.get("LastActivityDate") or row["CreationDate"])
    kind = "excerpt" if row["PostTypeId"] == "4" else "wiki"
    rendered = markdown.render(text)
    shown = bool(text)
    article = Article.objects.create(
        slug=f"{run.space.slug}-{kind}-{row['Id']}",
        title=f"About the tag {tag}" if tag else f"Tag {kind} {row['Id']}",
        html=rendered.html,
        summary=markdown.excerpt(rendered.text, 160),
        language="en",
        space=run.space,
        tags=[tag] if tag else [],
        tag_names=[tag] if tag else [],
        author=run.author(row),
        created_at=moment(row["CreationDate"]),
        updated_at=at,
        last_number=1,
        status=Article.Status.PUBLISHED if shown else Article.Status.DRAFT,
        published_number=1 if shown else None,
        published_at=at if shown else None,
        source=run.dump.source,
        external_id=row["Id"],
        source_url=f"https://{run.dump.host}/tags/{tag}/info" if tag else "",
    )
    ArticleRevision.objects.create(
        article=article, number=1, title=article.title, markdown=text, at=at
    )
