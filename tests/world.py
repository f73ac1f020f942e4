"""The world of the tests: people, companies and one object of each kind, created through the
services on first use.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from community.services import hide_post, save_draft
from community.services.attachments import note_uses, take_attachment
from portal.accounts.models import Invitation, MailProvider, User
from portal.accounts.services import mail_providers
from portal.accounts.services.invitations import invite_member, token_for
from portal.api.services import create_key
from portal.core import time
from portal.core.models import LongJob
from portal.delivery.services import add_destination
from portal.flywheel import services
from portal.flywheel.models import Turn
from portal.notifications.unsubscribe_links import token
from portal.teams.models import Signal, Told
from portal.teams.services import notify_customer
from tests import people
from tests.community.things import (
    a_discussion,
    a_published_story,
    a_question,
    a_story,
    an_answer,
    an_article,
)
from tests.pictures import a_picture
from tests.portal.teams.facts import asked, raised
from tests.referrals.made import Made


class World:
    """`world.person("aki")` and one property per object that the permission matrix needs."""

    def __init__(self) -> None:
        self._people: dict[str, User] = {}

    @cached_property
    def companies(self) -> people.Companies:
        return people.make_companies()

    def person(self, name: str) -> User:
        if name not in self._people:
            self._people[name] = people.make_person(name, self.companies)
        return self._people[name]

    @cached_property
    def provider(self) -> MailProvider:
        return mail_providers.add_provider(
            domain="provider.example", actor=self.person("kato"), now=people.NOW
        )

    @cached_property
    def invitation(self) -> Invitation:
        now = time.now()  # its ten days count from the real clock, as the pages' do
        return invite_member(
            organization=self.companies.acme, invited_by=self.person("kato"), now=now
        )[0]

    @cached_property
    def invitation_token(self) -> str:
        return token_for(self.invitation)

    @cached_property
    def long_job_id(self) -> Any:
        """A long job of aki's that is done."""
        job = LongJob.objects.create(
            kind="test",
            title="取り込み",
            started_by_id=self.person("aki").pk,
            created_at=people.NOW,
            heartbeat_at=people.NOW,
        )
        mine = LongJob.objects.filter(pk=job.pk)
        mine.update(state=LongJob.State.RUNNING)
        mine.update(state=LongJob.State.DONE, finished_at=people.NOW)
        return job.public_id

    @cached_property
    def signal(self) -> Signal:
        """aki's question waits for an answer; sato leads support."""
        return raised(self.person("aki"), lead=self.person("sato"))

    @cached_property
    def turn(self) -> Turn:
        """aki's question has begun a turn."""
        services.note(asked(self.person("aki")))
        services.settle_waiting(people.NOW)
        return Turn.objects.get(subject="community.topic:42")

    @cached_property
    def told(self) -> Told:
        """sato sent aki an update on their question."""
        return notify_customer(
            person=self.person("aki"),
            text="次の版で直りました。",
            actor=self.person("sato"),
            signal=self.signal,
            now=people.NOW,
        )

    @cached_property
    def destination_id(self) -> Any:
        """A webhook outside."""
        return add_destination(
            kind="webhook",
            name="CRM",
            url="https://8.8.8.8/hook",
            event_names=["community.*"],
            actor=self.person("kato"),
            now=people.NOW,
        )[0].public_id

    @cached_property
    def introductions(self) -> Any:
        """aki introduced 青葉製作所, which became a customer; see tests/referrals/made.py."""

        return Made(self.person("aki"), self.person("kato"))

    @cached_property
    def question(self) -> Any:
        """A public question of aki's."""

        return a_question(self.person("aki"))

    @cached_property
    def question_post(self) -> Any:
        return self.question.posts.get(number=1)

    @cached_property
    def discussion(self) -> Any:
        """A public discussion of aki's."""

        return a_discussion(self.person("aki"))

    @cached_property
    def answer(self) -> Any:
        """mio's answer to aki's question."""

        return an_answer(self.question, self.person("mio"))

    @cached_property
    def article(self) -> Any:
        """A published article of sato's."""

        return an_article(self.person("sato"))

    @cached_property
    def story(self) -> Any:
        """A success story of aki's that nobody else has yet."""

        return a_story(self.person("aki"))

    @cached_property
    def published_story(self) -> Any:
        """A success story of aki's that mori published."""

        return a_published_story(self.person("aki"), self.person("mori"))

    @cached_property
    def attachment(self) -> Any:
        """A picture in a public question of aki's."""

        aki, post = self.person("aki"), self.question_post
        row = take_attachment(
            uploader=aki, file=a_picture(), name="screen.png", size=1_000, now=people.NOW
        )
        note_uses(writer=aki, text=row.get_absolute_url(), post=post)
        return row

    @cached_property
    def draft(self) -> Any:
        """Something aki has begun to write."""

        return save_draft(
            user=self.person("aki"), key="topic:question", data={"title": "途中"}, now=people.NOW
        )

    @cached_property
    def moderation_act(self) -> Any:
        """mori hid mio's answer."""

        return hide_post(
            post=self.answer, moderator=self.person("mori"), reason="宣伝", now=people.NOW
        )

    @cached_property
    def unsubscribe_token(self) -> str:
        """What stops mio's mails."""
        return token(self.person("mio").pk, "*")

    @cached_property
    def api_key_id(self) -> Any:
        """A key of kato's that may read events."""
        key, _ = create_key(
            name="CRM", scopes=["events:read"], actor=self.person("kato"), now=people.NOW
        )
        return key.public_id

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the world has no {name}; add it to tests/world.py")
