"""Who may see what of the community: the degree of visibility (portal/accounts/visibility.py) and
what each kind of content adds to it.

Querysets, permissions and the search read these rules and have none of their own. Columns are those
of the row a rule is asked about.
"""

from __future__ import annotations

from portal.accounts.rules import Empty, Is, IsNot, Own, Rule
from portal.accounts.visibility import (
    MEMBER,
    MODERATOR,
    REACH,
    STAFF,
    administered_organization_id,
    person_id,
)

NOT_DELETED: Rule = Empty("deleted_at")
NOT_HIDDEN: Rule = Empty("hidden_at")
# What a moderator hid stays with its author and the moderators.
SHOWN: Rule = NOT_HIDDEN | Own("author_id", person_id) | MODERATOR

SPACE: Rule = REACH
TOPIC_WITHIN_REACH: Rule = REACH & SHOWN  # deleted or not: tells "gone" from "never was"
TOPIC: Rule = NOT_DELETED & REACH & SHOWN
TOPIC_LISTED: Rule = REACH & NOT_HIDDEN & NOT_DELETED  # hidden ones are in nobody's list
POST: Rule = NOT_DELETED & SHOWN  # in a topic the viewer may read

PUBLISHED: Rule = Is("status", "published")
ARTICLE: Rule = REACH & (PUBLISHED | STAFF)  # staff see drafts and archived ones too
ARTICLE_LISTED: Rule = REACH & PUBLISHED

# The writer's page of a story; readers see its topic.
STORY: Rule = MEMBER & (
    Own("author_id", person_id)
    | STAFF
    | (IsNot("state", "draft") & Own("organization_id", administered_organization_id))
)

# Beside this, whoever may read a text sees the pictures in it.
ATTACHMENT: Rule = Own("uploader_id", person_id) | MODERATOR
