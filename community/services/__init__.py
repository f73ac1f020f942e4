"""Services of the community: each is one transaction that also publishes its event."""

from community.services.accepting import accept_answer, unaccept_answer
from community.services.articles import (
    SlugTaken,
    archive_article,
    judge_article,
    publish_article,
    restore_revision,
    review_article,
    save_article,
)
from community.services.drafts import discard_draft, forget_draft, restore_draft, save_draft
from community.services.moderation import (
    AlreadyDecided,
    claim_post,
    flag_post,
    hide_post,
    keep_post,
    lock_topic,
    show_post,
    undo_act,
    unlock_topic,
)
from community.services.posts import (
    Accepted,
    TopicClosed,
    delete_post,
    edit_post,
    post_answer,
    post_comment,
    restore_post,
)
from community.services.reactions import react, unreact
from community.services.reading import (
    follow_tag,
    follow_topic,
    mark_all_read,
    mark_read,
    put_back_unread,
    unfollow_tag,
    unfollow_topic,
)
from community.services.spaces import (
    add_space,
    change_space,
    create_space,
    first_space,
    is_empty_space,
    remove_space,
)
from community.services.stories import (
    StoryMoved,
    publish_story,
    return_story,
    save_story,
    submit_story,
    withdraw_story,
)
from community.services.topics import post_topic

post_reply = post_answer

__all__ = [
    "Accepted",
    "AlreadyDecided",
    "SlugTaken",
    "StoryMoved",
    "TopicClosed",
    "accept_answer",
    "add_space",
    "archive_article",
    "change_space",
    "claim_post",
    "create_space",
    "delete_post",
    "discard_draft",
    "edit_post",
    "first_space",
    "flag_post",
    "follow_tag",
    "follow_topic",
    "forget_draft",
    "hide_post",
    "is_empty_space",
    "judge_article",
    "keep_post",
    "lock_topic",
    "mark_all_read",
    "mark_read",
    "post_answer",
    "post_comment",
    "post_reply",
    "post_topic",
    "publish_article",
    "publish_story",
    "put_back_unread",
    "react",
    "remove_space",
    "restore_draft",
    "restore_post",
    "restore_revision",
    "return_story",
    "review_article",
    "save_article",
    "save_draft",
    "save_story",
    "show_post",
    "submit_story",
    "unaccept_answer",
    "undo_act",
    "unfollow_tag",
    "unfollow_topic",
    "unlock_topic",
    "unreact",
    "withdraw_story",
]
