"""Importing a Stack Exchange dump: people, tags, questions, wikis, votes, versions, in that order.

Every row keeps the id it had there, so a second run creates nothing and goes on where one before it
was interrupted. It is history: dated, counted, and silent.
"""

from __future__ import annotations

from community.imports.dump import Dump
from community.imports.people import bring_people, bring_tags
from community.imports.questions import bring_questions
from community.imports.run import Run, Say
from community.imports.versions import bring_versions
from community.imports.votes import bring_votes
from community.imports.wikis import bring_wikis
from community.models import Space, Topic
from community.services.spaces import create_space
from portal.events import history


def bring_in(dump: Dump, *, say: Say | None = None) -> Run:
    """Import everything; the tallies of the run say what became of each table's rows."""
    run = Run(dump, say=say) if say else Run(dump)
    with history.importing():
        run.space = _space(dump)
        for bring in (
            bring_people,
            bring_tags,
            bring_questions,
            bring_wikis,
            bring_votes,
            bring_versions,
        ):
            bring(run)
    for name, reason in (
        ("PostLinks", "links stand in the texts"),
        ("Badges", "badges are earned here anew"),
    ):
        run.tallies[name].reasons[reason] += len(dump.tables[name])
    return run


def _space(dump: Dump) -> Space:
    """Return the space an earlier run made for this site, whatever it is called by now, or make
    it.
    """
    earlier = Topic.objects.filter(source=dump.source).select_related("space").first()
    if earlier is not None:
        return earlier.space
    name = dump.host.split(".")[0] or "Stack Exchange"
    return create_space(
        slug=dump.source.replace(":", "-"),
        name_ja=f"取り込み（{name}）",
        name_en=f"Imported ({name})",
        position=90,
    )
