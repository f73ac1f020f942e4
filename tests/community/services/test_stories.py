"""Success stories: each state, consent, and what database constraints refuse."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from community import services
from community.models import Post, Story, StoryConsent, StoryResult, Topic
from community.rules.state_machines import AUTHOR, EDITOR, STORY
from community.rules.story_metrics import Measured
from portal.accounts.services.people import erase_user
from portal.audit.models import AuditEntry
from portal.core.db.state_machine import TransitionRefused
from portal.dev.sample import delete_with_dependants
from portal.events.models import Event
from tests.community.things import a_published_story, a_space, a_story, a_submitted_story
from tests.people import NOW

pytestmark = pytest.mark.django_db


def facts() -> list[str]:
    return list(
        Event.objects.filter(name__startswith="community.story.")
        .order_by("pk")
        .values_list("name", flat=True)
    )


def test_a_story_goes_its_way_with_its_facts(aki: Any, mori: Any) -> None:
    story = a_submitted_story(aki)
    services.return_story(story=story, editor=mori, reason="数字の期間を足してください", now=NOW)
    story.refresh_from_db()
    assert (story.state, story.reason, story.consent) == (
        "returned",
        "数字の期間を足してください",
        None,
    )
    services.save_story(
        story=story,
        author=aki,
        title="書き直した題",
        problem="課題です",
        action="行いです",
        outcome="成果です",
        space=story.space,
        results=[Measured("日数", Decimal(6), Decimal(1), "日")],
        now=NOW,
    )
    services.submit_story(story=story, author=aki, audience="public", naming="company", now=NOW)
    story = services.publish_story(story=story, editor=mori, now=NOW + timedelta(hours=3))
    topic = Topic.objects.get()
    assert (topic.kind, topic.title, topic.author, topic.visibility) == (
        "story",
        "書き直した題",
        aki,
        "public",
    )
    assert "<h2" in topic.posts.get().html
    assert services.withdraw_story(story=story, actor=aki, now=NOW)
    assert facts() == [
        f"community.story.{verb}"
        for verb in ("submitted", "returned", "submitted", "published", "withdrawn")
    ]
    published = Event.objects.get(name="community.story.published")
    assert published.subject == f"community.topic:{topic.pk}"
    assert published.organization_id == aki.organization.pk
    assert published.payload == {
        "title": "書き直した題",
        "url": f"/stories/{topic.pk}/",
        "story_id": story.pk,
        "topic_id": topic.pk,
        "author_id": aki.pk,
        "kind": "story",
        "visibility": "public",
        "is_first": True,
        "audience": "public",
        "naming": "company",
        "waited_hours": 3.0,
    }
    returned = Event.objects.get(name="community.story.returned")
    assert returned.payload["reason"] == "数字の期間を足してください"
    assert returned.payload["url"] == story.get_absolute_url()
    withdrawn = Event.objects.get(name="community.story.withdrawn").payload
    assert (withdrawn["was_public"], withdrawn["by_author"]) == (True, True)
    actions = AuditEntry.objects.filter(action__startswith="community.story").order_by("pk")
    assert list(actions.values_list("action", "actor_id")) == [
        ("community.story.return", mori.pk),
        ("community.story.publish", mori.pk),
        ("community.story.withdraw", aki.pk),
    ]


def test_consent_is_kept_in_the_words_that_were_read(aki: Any, mori: Any) -> None:
    story = a_published_story(aki, mori)
    consent = StoryConsent.objects.get()
    assert "アクメ精機 · 秋山 秋" in consent.words
    assert (consent.given_by, consent.given_at, consent.text_version) == (aki, NOW, "2026-11")
    services.withdraw_story(story=story, actor=aki, now=NOW)
    consent.refresh_from_db()
    assert (consent.ended_at, consent.ended_by) == (NOW, aki)
    services.submit_story(story=story, author=aki, audience="members", naming="industry", now=NOW)
    assert list(StoryConsent.objects.order_by("pk").values_list("audience", "naming")) == [
        ("public", "company"),
        ("members", "industry"),
    ]


def test_without_names_nothing_says_whose_it_is(aki: Any, mori: Any) -> None:
    story = a_published_story(aki, mori, naming="industry", audience="members")
    topic = story.topic
    assert topic is not None
    assert (topic.author, topic.author_organization, topic.visibility) == (None, None, "members")
    assert Post.objects.get(topic=topic).author is None
    assert story.summary == "電話がなくなりました。"
    assert Event.objects.get(name="community.story.published").payload["author_id"] == aki.pk


ACTS = {
    "submit": (Story.State.SUBMITTED, AUTHOR),
    "publish": (Story.State.PUBLISHED, EDITOR),
    "return": (Story.State.RETURNED, EDITOR),
    "withdraw": (Story.State.WITHDRAWN, AUTHOR),
}


@pytest.mark.parametrize("state", Story.State.values)
@pytest.mark.parametrize("act", sorted(ACTS))
def test_only_the_moves_of_the_table_happen(aki: Any, mori: Any, state: str, act: str) -> None:
    story = a_story(aki)
    if state != "draft":
        services.submit_story(story=story, author=aki, audience="public", naming="company", now=NOW)
    if state == "published":
        services.publish_story(story=story, editor=mori, now=NOW)
    if state == "returned":
        services.return_story(story=story, editor=mori, reason="直し", now=NOW)
    if state == "withdrawn":
        services.withdraw_story(story=story, actor=aki, now=NOW)
    acts = {
        "submit": lambda: services.submit_story(
            story=story, author=aki, audience="public", naming="company", now=NOW
        ),
        "publish": lambda: services.publish_story(story=story, editor=mori, now=NOW),
        "return": lambda: services.return_story(story=story, editor=mori, reason="直し", now=NOW),
        "withdraw": lambda: services.withdraw_story(story=story, actor=aki, now=NOW),
    }
    after, role = ACTS[act]
    before = STORY.sources(after, role)
    count = len(facts())
    if state in before:
        acts[act]()
        assert Story.objects.get().state == after
    else:
        if act == "withdraw":
            assert not services.withdraw_story(story=story, actor=aki, now=NOW)
        else:
            with pytest.raises(services.StoryMoved):
                acts[act]()
        assert Story.objects.get().state == state
        assert len(facts()) == count


def test_a_withdrawn_page_comes_back_under_its_old_address_with_a_new_consent(
    aki: Any, mori: Any, mio: Any
) -> None:
    story = a_published_story(aki, mori)
    topic = story.topic
    assert topic is not None
    services.post_answer(topic=topic, author=mio, body="どう進めましたか", now=NOW)
    services.withdraw_story(story=story, actor=aki, now=NOW)
    services.save_story(
        story=story,
        author=aki,
        title="題を変えました",
        problem="課題です",
        action="行いです",
        outcome="別の成果です",
        space=story.space,
        now=NOW,
    )
    services.submit_story(story=story, author=aki, audience="members", naming="industry", now=NOW)
    again = services.publish_story(story=story, editor=mori, now=NOW + timedelta(days=1))
    topic.refresh_from_db()
    assert again.topic_id == topic.pk
    assert (topic.title, topic.visibility, topic.author, topic.answer_count) == (
        "題を変えました",
        "members",
        None,
        1,
    )
    assert "別の成果です" in topic.posts.get(number=1).html
    assert [
        row.payload["is_first"]
        for row in Event.objects.filter(name="community.story.published").order_by("pk")
    ] == [True, False]
    assert again.published_at == NOW


def test_staff_publish_only_what_they_have_read(aki: Any, mori: Any) -> None:
    story = a_submitted_story(aki)
    seen = story.consent_id
    services.withdraw_story(story=story, actor=aki, now=NOW)
    services.submit_story(story=story, author=aki, audience="public", naming="company", now=NOW)
    with pytest.raises(services.StoryMoved):
        services.publish_story(story=story, editor=mori, consent_id=seen, now=NOW)


def test_what_was_submitted_stays_as_it_was_agreed_to(aki: Any) -> None:
    story = a_submitted_story(aki)
    with pytest.raises(services.StoryMoved):
        services.save_story(
            story=story,
            author=aki,
            title="すり替え",
            problem="課題",
            action="行い",
            outcome="成果",
            space=story.space,
            now=NOW,
        )
    assert Story.objects.get().title == "稟議にかかる日数が6日から1日に"


def test_one_form_makes_one_story(aki: Any) -> None:
    key = uuid4()
    assert a_story(aki, form_key=key).pk == a_story(aki, form_key=key).pk
    assert StoryResult.objects.count() == 1


def test_stories_are_written_by_customers_where_members_may_read(aki: Any, sato: Any) -> None:
    with pytest.raises(ValueError, match="customers"):
        a_story(sato)
    with pytest.raises(ValueError, match="every member"):
        a_story(aki, space=a_space(slug="inside", visibility="staff"))
    with pytest.raises(ValueError, match="at most"):
        a_story(aki, results=[Measured("日数", Decimal(1), Decimal(2))] * 4)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda story: Topic.objects.filter(pk=story.topic_id).update(consent=None),
        lambda story: Topic.objects.filter(pk=story.topic_id).update(visibility="staff"),
        lambda story: Story.objects.filter(pk=story.pk).update(consent=None),
        lambda story: Story.objects.filter(pk=story.pk).update(topic=None),
        lambda story: Story.objects.filter(pk=story.pk).update(state="draft"),
        lambda story: Story.objects.filter(pk=story.pk).update(state="withdrawn"),
        lambda story: Story.objects.filter(pk=story.pk).update(outcome=""),
        lambda story: StoryConsent.objects.filter(story=story).update(words=""),
        lambda story: StoryResult.objects.filter(story=story).update(position=4),
        lambda story: Topic.objects.create(
            kind="story",
            title="勝手な公開",
            space=story.space,
            visibility="public",
            created_at=NOW,
            last_posted_at=NOW,
        ),
    ],
)
def test_the_database_itself_shows_nothing_without_consent(aki: Any, mori: Any, wrong: Any) -> None:
    story = a_published_story(aki, mori)
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong(story)


def test_the_database_itself_returns_nothing_without_a_reason(aki: Any) -> None:
    story = a_submitted_story(aki)
    row = Story.objects.filter(pk=story.pk)
    with pytest.raises(IntegrityError, match="a_returned_story_says_why"), transaction.atomic():
        row.update(state="returned", consent=None, reason="")
    with pytest.raises(TransitionRefused, match="needs a reason"):
        services.return_story(story=story, editor=aki, reason=" ", now=NOW)
    assert row.get().state == "submitted"


def test_a_withdrawn_story_is_not_brought_back_as_a_deleted_post(aki: Any, mori: Any) -> None:
    story = a_published_story(aki, mori)
    services.withdraw_story(story=story, actor=aki, now=NOW)
    post = Post.objects.get(topic=story.topic_id, number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.restore_post(post=post, actor=mori, now=NOW)


def test_erasing_a_person_deletes_their_stories(aki: Any, mori: Any, mio: Any, kato: Any) -> None:
    story = a_published_story(aki, mori)
    topic = story.topic
    assert topic is not None
    services.post_answer(topic=topic, author=mio, body="参考になりました", now=NOW)
    a_story(aki, title="下書きのまま")
    erase_user(user=aki, actor=kato, now=NOW, reason="退会")
    assert not Story.objects.exists()
    assert not StoryConsent.objects.exists()
    topic.refresh_from_db()
    assert topic.deleted_at is not None
    assert topic.title == ""
    assert topic.posts.get(number=1).html == ""
    assert topic.posts.get(number=2).author == mio


def test_a_sample_persons_stories_are_removed_however_they_were_made(
    aki: Any, mio: Any, mori: Any
) -> None:
    story = a_published_story(aki, mori)
    services.post_answer(topic=story.topic, author=mio, body="参考になりました", now=NOW)
    a_submitted_story(aki, title="確認待ち")
    delete_with_dependants(type(aki).objects.filter(pk=aki.pk))
    assert not Story.objects.exists()
    assert not Topic.objects.exists()


def at_once(*acts: Any) -> list[Exception]:
    """Run acts in threads with connections of their own; return what they raised."""
    raised: list[Exception] = []
    gate = threading.Barrier(len(acts))

    def run(act: Any) -> None:
        try:
            gate.wait()
            act()
        except services.StoryMoved as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_editors_publish_once_and_a_consent_taken_back_wins(
    aki: Any, mori: Any, kato: Any
) -> None:
    story = a_submitted_story(aki)
    publish = [
        lambda who=who: services.publish_story(story=story, editor=who, now=NOW)
        for who in (mori, kato)
    ]
    assert len(at_once(*publish)) == 1
    assert (
        Topic.objects.count() == Event.objects.filter(name="community.story.published").count() == 1
    )
    other = a_submitted_story(aki, title="もう一つの事例")
    at_once(
        lambda: services.publish_story(story=other, editor=mori, now=NOW),
        lambda: services.withdraw_story(story=other, actor=aki, now=NOW),
    )
    other.refresh_from_db()
    assert other.state == "withdrawn"
    assert not Topic.objects.listed().filter(title="もう一つの事例").exists()


@pytest.mark.django_db(transaction=True)
def test_one_form_in_four_threads_makes_one_story(aki: Any) -> None:
    key, space = uuid4(), a_space()
    assert aki.organization is not None
    at_once(*[lambda: a_story(aki, form_key=key, space=space)] * 4)
    assert Story.objects.count() == 1
    assert StoryResult.objects.count() == 1
