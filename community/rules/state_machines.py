"""The state machines of stories, articles and reports.

The notation is portal.core.db.state_machine.
"""

from __future__ import annotations

from typing import Final

from community.models.articles import Article
from community.models.moderation import Flag
from community.models.stories import Story
from portal.core.db.state_machine import StateMachine, step

AUTHOR, EDITOR = "author", "editor"

S = Story.State
STORY: Final = StateMachine(
    name="story",
    model=Story,
    states=S,
    initial=frozenset({S.DRAFT}),
    transitions=(
        *step((S.DRAFT, S.RETURNED, S.WITHDRAWN), S.SUBMITTED, AUTHOR),
        *step(S.SUBMITTED, S.PUBLISHED, EDITOR),
        *step(S.SUBMITTED, S.RETURNED, EDITOR, reason=True),
        *step((S.SUBMITTED, S.PUBLISHED), S.WITHDRAWN, AUTHOR, EDITOR),
    ),
    rule="stories_move_by_their_table",
    open=frozenset({S.SUBMITTED, S.PUBLISHED}),
)
EDITABLE: Final = frozenset(STORY.sources(S.SUBMITTED, AUTHOR))

A = Article.Status
ARTICLE: Final = StateMachine(
    name="article",
    model=Article,
    states=A,
    initial=frozenset({A.DRAFT, A.PUBLISHED}),  # what is imported was published elsewhere
    transitions=(
        *step((A.DRAFT, A.ARCHIVED), A.PUBLISHED),
        *step((A.DRAFT, A.PUBLISHED), A.ARCHIVED),
    ),
    rule="articles_move_by_their_table",
    column="status",
)

F = Flag.State
FLAG: Final = StateMachine(
    name="report",
    model=Flag,
    states=F,
    initial=frozenset({F.OPEN}),
    transitions=(
        *step(F.OPEN, (F.HIDDEN, F.KEPT)),
        *step((F.HIDDEN, F.KEPT), F.OPEN),  # the decision is taken back
    ),
    rule="reports_move_by_their_table",
    open=frozenset({F.OPEN}),
)

MACHINES: Final = (STORY, ARTICLE, FLAG)
