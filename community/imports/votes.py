"""Votes of a dump: they keep no person, so Score = up - down stays true."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Count, Q

from community.imports.dump import Row, Tally, moment
from community.imports.run import NO_POST, THERE, Run
from community.models import Follow, Post, Reaction, Topic


def bring_votes(run: Run) -> None:
    rows, tally = run.dump.tables["Votes"], run.tallies["Votes"]
    known = set(
        Reaction.objects.filter(source=run.dump.source).values_list("external_id", flat=True)
    )
    wikis = {row["Id"] for row in run.dump.tables["Posts"] if row["PostTypeId"] not in ("1", "2")}
    fresh: list[Reaction] = []
    for number, row in enumerate(rows):
        post = run.posts.get(row["PostId"])
        if post is None:
            tally.reasons["not a vote of a member" if row["PostId"] in wikis else NO_POST] += 1
        elif row["VoteTypeId"] in ("2", "3"):
            if row["Id"] in known:
                tally.reasons[THERE] += 1
                continue
            kind = Reaction.Kind.UP if row["VoteTypeId"] == "2" else Reaction.Kind.DOWN
            at = moment(row["CreationDate"])
            fresh.append(
                Reaction(
                    post=post,
                    kind=kind,
                    created_at=at,
                    source=run.dump.source,
                    external_id=row["Id"],
                )
            )
        elif row["VoteTypeId"] == "5":
            _favourite(run, row, post, tally)
        else:
            tally.reasons[
                "accepted answers come with their question"
                if row["VoteTypeId"] == "1"
                else "not a vote of a member"
            ] += 1
        run.say("votes", number + 1, len(rows))
    with transaction.atomic():
        Reaction.objects.bulk_create(fresh)
        tally.created += len(fresh)
        if fresh:
            _count_votes(run)


def _favourite(run: Run, row: Row, post: Post, tally: Tally) -> None:
    user = run.author(row, "UserId")
    if user is None:
        tally.reasons["nobody's favourite"] += 1
        return
    _row, created = Follow.objects.get_or_create(
        user=user, topic=post.topic, defaults={"created_at": moment(row["CreationDate"])}
    )
    tally.created += created
    tally.reasons[THERE] += not created


def _count_votes(run: Run) -> None:
    """Set the vote columns from the rows, so that Score = up - down."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE community_post p SET up_count = v.up, down_count = v.down FROM ("
            "SELECT post_id, count(*) FILTER (WHERE kind = 'up') AS up, count(*) FILTER "
            "(WHERE kind = 'down') AS down "
            "FROM community_reaction GROUP BY post_id) v WHERE v.post_id = p.id AND "
            "p.source = %s",
            [run.dump.source],
        )
    counts = Topic.objects.filter(source=run.dump.source).annotate(
        n=Count("posts__marks", filter=Q(posts__marks__kind__in=("up", "same", "thanks")))
    )
    for pk, count in counts.values_list("pk", "n"):
        Topic.objects.filter(pk=pk).update(reaction_count=count)
