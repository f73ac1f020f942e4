"""Two people at one item: the second looks again under the lock, changes nothing and learns why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from community import services
from community.models import Flag, Post, Topic
from tests.community.things import a_question, an_answer
from tests.people import NOW
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")
ROUNDS = 4


@pytest.fixture
def crowd(committed: None) -> Iterator[World]:
    """The people, in a database where threads see each other's commits."""
    yield World()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Let every act run in a thread of its own, at the same moment; return what each gave."""
    barrier, given = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            given[place] = act()
        except Exception as error:  # noqa: BLE001  the test looks at it
            given[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return given


def flagged(world: World) -> Post:
    post = an_answer(a_question(world.person("aki")), world.person("mio"))
    services.flag_post(post=post, reporter=world.person("ren"), reason="spam", now=NOW)
    return post


def test_accepting_against_deleting_never_ends_solved_without_an_answer(crowd: World) -> None:
    aki, mio = crowd.person("aki"), crowd.person("mio")
    for _ in range(ROUNDS):
        post = an_answer(a_question(aki), mio)
        accepted, deleted = at_once(
            lambda post=post: services.accept_answer(post=post, actor=aki, now=NOW),
            lambda post=post: services.delete_post(post=post, actor=mio, now=NOW),
        )
        assert deleted is True, deleted
        assert accepted is True or isinstance(accepted, services.AnswerGone), accepted
        assert Topic.objects.get(pk=post.topic_id).accepted_post_id is None
    with pytest.raises(services.AnswerGone) as gone:
        services.accept_answer(post=post, actor=aki, now=NOW)
    assert gone.value.by == mio


def test_accepting_against_hiding_neither_locks_up_nor_passes_unseen(crowd: World) -> None:
    aki, mio, mori = crowd.person("aki"), crowd.person("mio"), crowd.person("mori")
    for _ in range(ROUNDS):
        post = an_answer(a_question(aki), mio)
        accepted, hidden = at_once(
            lambda post=post: services.accept_answer(post=post, actor=aki, now=NOW),
            lambda post=post: services.hide_post(post=post, moderator=mori, reason="x", now=NOW),
        )
        assert not isinstance(hidden, Exception), hidden
        assert accepted is True or isinstance(accepted, services.AnswerGone), accepted


def test_of_two_decisions_made_from_the_same_page_one_counts(crowd: World) -> None:
    mori, kato = crowd.person("mori"), crowd.person("kato")
    for _ in range(ROUNDS):
        post = flagged(crowd)
        kept, hidden = at_once(
            lambda post=post: services.keep_post(
                post=post, moderator=mori, reason="", now=NOW, seen=0
            ),
            lambda post=post: services.hide_post(
                post=post, moderator=kato, reason="宣伝", now=NOW, seen=0
            ),
        )
        refused = [one for one in (kept, hidden) if isinstance(one, services.AlreadyDecided)]
        assert len(refused) == 1, (kept, hidden)
        act = refused[0].act
        assert act is not None
        assert act == (hidden if refused[0] is kept else kept)
        assert post.acts.count() == 1
        post.refresh_from_db()
        assert (post.hidden_at is None) is (refused[0] is hidden)


def test_a_claim_binds(crowd: World) -> None:
    mori, kato, post = crowd.person("mori"), crowd.person("kato"), flagged(crowd)
    first, second = at_once(
        lambda: services.claim_post(post=post, moderator=mori, now=NOW),
        lambda: services.claim_post(post=post, moderator=kato, now=NOW),
    )
    assert first == second
    other = kato if first == mori else mori
    for act in (services.hide_post, services.keep_post):
        with pytest.raises(services.HeldByAnother) as held:
            act(post=post, moderator=other, reason="x", now=NOW)
        assert held.value.holder == first
    assert Flag.objects.get(post=post).state == Flag.State.OPEN
    services.keep_post(post=post, moderator=first, reason="", now=NOW)


def test_an_edit_of_what_was_deleted_meanwhile_says_by_whom(crowd: World) -> None:
    mio, mori = crowd.person("mio"), crowd.person("mori")
    for _ in range(ROUNDS):
        post = an_answer(a_question(crowd.person("aki")), mio)
        edited, deleted = at_once(
            lambda post=post: services.edit_post(post=post, editor=mio, body="新しい文", now=NOW),
            lambda post=post: services.delete_post(post=post, actor=mori, now=NOW),
        )
        assert deleted is True
        assert edited is True or (isinstance(edited, services.PostGone) and edited.by == mori), (
            edited
        )


def test_a_question_that_is_answered_is_not_deleted_under_the_answer(crowd: World) -> None:
    aki, mio = crowd.person("aki"), crowd.person("mio")
    for _ in range(ROUNDS):
        topic = a_question(aki)
        body = topic.posts.get(number=1)
        deleted, answered = at_once(
            lambda body=body: services.delete_post(post=body, actor=aki, now=NOW),
            lambda topic=topic: services.post_answer(
                topic=topic, author=mio, body="こうします。", now=NOW
            ),
        )
        assert (deleted is True) is isinstance(answered, services.TopicClosed), (deleted, answered)
        assert (deleted is True) is not isinstance(deleted, services.AnsweredMeanwhile)
