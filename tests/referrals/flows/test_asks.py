"""Asking for introductions: only when earned, seldom, never with an open issue, and with a hold-out
group.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from community.services import accept_answer
from portal.accounts.models import Organization
from portal.accounts.services import create_organization, create_user
from portal.notifications.models import Notification, Preference
from portal.teams.services import confirm_update
from referrals.models import Ask, EarnedMoment, Program, ReferralLink
from referrals.selectors.asks import is_held_out, lift
from referrals.services.introductions.staff_actions import open_dispute
from referrals.services.links.links import link_for, share_link
from referrals.services.programs.asks import ask, note_moment, remind_unshared
from tests.people import NOW
from tests.referrals.made import make_program, won_referral

DAY = timedelta(days=1)


@pytest.fixture
def asking(program: Program) -> Program:
    """Nobody is held out, so that the lot does not decide the test."""
    Program.objects.filter(pk=program.pk).update(hold_out_percent=0)
    program.refresh_from_db()
    return program


def moment(user: Any, subject: str = "community.topic:1", days: int = 0) -> Ask | None:
    return note_moment(user_id=user.pk, kind="helped", subject=subject, at=NOW + days * DAY)


@pytest.mark.django_db
def test_whose_answer_is_accepted_is_asked_once_and_in_their_language(
    as_: Any, world: Any, aki: Any, mio: Any, asking: Program, dispatched: Any
) -> None:
    accept_answer(post=world.answer, actor=aki, now=NOW)
    dispatched()
    assert [(row.user, row.kind) for row in Ask.objects.all()] == [(mio, "helped")]
    dispatched()
    told = Notification.objects.get(user=mio, kind="referral_helped")
    assert told.url == "/referrals/?program=friends"
    assert "同じ質問を持つ方" in as_(mio).get(reverse("notifications:list")).content.decode()
    english = (
        as_(mio, **{"accept-language": "en"}).get(reverse("notifications:list")).content.decode()
    )
    assert "Somebody you know may have the same question." in english


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "asked"), [("yes", 1), ("partly", 0), ("no", 0)])
def test_only_a_yes_is_a_moment(
    world: Any, aki: Any, asking: Program, dispatched: Any, answer: str, asked: int
) -> None:
    confirm_update(told=world.told, person=aki, answer=answer, now=NOW)
    dispatched()
    assert EarnedMoment.objects.filter(user=aki, kind="solved").count() == asked


@pytest.mark.django_db
def test_one_in_fourteen_days_and_two_in_ninety(mio: Any, asking: Program) -> None:
    asked = [
        moment(mio, f"community.topic:{day}", day) is not None for day in (0, 13, 14, 30, 89, 92)
    ]
    assert asked == [True, False, True, False, False, True]
    assert moment(mio, "community.topic:92", 200) is None  # the same moment again


@pytest.mark.django_db
def test_never_while_a_dispute_or_a_question_of_the_customer_is_open(
    world: Any, aki: Any, mio: Any, asking: Program
) -> None:
    referral = won_referral(mio, asking)
    open_dispute(referral=referral, user=mio, text="なぜですか", now=NOW)
    assert moment(mio) is None
    assert world.question.pk  # aki waits for an answer
    assert moment(aki, days=1) is None


@pytest.mark.django_db
def test_never_while_a_team_has_an_unsettled_signal_of_the_customer(
    world: Any, aki: Any, asking: Program
) -> None:
    assert world.signal.person == aki
    assert moment(aki) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fulfilment", "asked"), [("gift", False), ("cash", False), ("credit", True)]
)
def test_public_servants_are_not_asked_for_personal_rewards(
    mio: Any, asking: Program, fulfilment: str, asked: bool
) -> None:
    Organization.objects.filter(pk=mio.organization_id).update(is_public_sector=True)
    Program.objects.filter(pk=asking.pk).update(fulfilment=fulfilment)
    assert (moment(mio) is not None) is asked


@pytest.mark.django_db
def test_neither_staff_nor_who_wants_no_asks_nor_where_asking_is_off(
    sato: Any, mio: Any, aki: Any, asking: Program
) -> None:
    assert moment(sato) is None
    Preference.objects.create(user=mio, kind="referral_helped", in_page=False, mail="off")
    assert moment(mio) is None
    Program.objects.filter(pk=asking.pk).update(asks_enabled=False)
    assert moment(aki) is None


@pytest.mark.django_db
def test_the_held_out_get_a_row_and_no_message(mio: Any, program: Program, dispatched: Any) -> None:
    Program.objects.filter(pk=program.pk).update(hold_out_percent=50)
    program.refresh_from_db()
    program.public_id = next(p for p in _ids() if _held(program, p, mio.pk))
    program.save(update_fields=["public_id"])
    row = moment(mio)
    assert row is not None
    assert row.is_held_out
    dispatched()
    assert not Notification.objects.filter(user=mio).exists()


def _ids() -> Any:

    return (UUID(int=number) for number in range(200))


def _held(program: Program, public_id: Any, user_id: int) -> bool:
    program.public_id = public_id
    return is_held_out(program, user_id)


@pytest.mark.django_db
def test_the_lot_is_fair_and_stays(program: Program) -> None:
    drawn = [is_held_out(program, user_id) for user_id in range(4_000)]
    assert 320 < sum(drawn) < 480
    assert drawn == [is_held_out(program, user_id) for user_id in range(4_000)]


@pytest.mark.django_db
def test_a_link_never_shared_is_mentioned_once_and_only_to_the_glad(
    aki: Any, mio: Any, ren: Any, asking: Program
) -> None:
    for user in (aki, mio, ren):
        link_for(user=user, program=asking, now=NOW - 20 * DAY)
    for user in (aki, ren):
        EarnedMoment.objects.create(
            user=user, kind="helped", subject="community.topic:9", at=NOW - DAY
        )
    share_link(link=ReferralLink.objects.get(user=ren), channel="copy", now=NOW - DAY)
    assert remind_unshared(now=NOW) == 1
    assert Ask.objects.get().user == aki
    assert remind_unshared(now=NOW + 40 * DAY) == 0


@pytest.mark.django_db
def test_staff_see_both_groups_with_their_numbers(
    as_: Any, kato: Any, aki: Any, mio: Any, ren: Any, asking: Program
) -> None:
    rows = ((aki, False, 30), (mio, False, 30), (ren, True, 30), (ren, False, 2))
    for user, held, ago in rows:
        Ask.objects.create(
            program=asking,
            user=user,
            kind="helped",
            moment=f"m{user.pk}{ago}",
            is_held_out=held,
            asked_at=NOW - ago * DAY,
        )
    share_link(
        link=link_for(user=aki, program=asking, now=NOW - 40 * DAY),
        channel="line",
        now=NOW - 20 * DAY,
    )
    share_link(
        link=link_for(user=mio, program=asking, now=NOW - 40 * DAY),
        channel="line",
        now=NOW - 10 * DAY,
    )
    found = lift(asking, NOW)
    assert (found.sent, found.running) == (3, 1)
    assert (found.asked.count, found.asked.shared) == (2, 1)
    assert (found.held_out.count, found.held_out.shared) == (1, 0)
    page = as_(kato).get(reverse("referrals:program", args=[asking.slug])).content.decode()
    assert "お声がけしない方（比較用）" in page
    assert "効果はまだ判断できません" in page


@pytest.mark.django_db
def test_the_database_keeps_one_ask_for_one_moment(mio: Any, asking: Program) -> None:
    row = moment(mio)
    assert row is not None
    with pytest.raises(IntegrityError, match="one_ask_for_one_moment"), transaction.atomic():
        Ask.objects.create(
            program=asking, user=mio, kind="helped", moment=row.moment, asked_at=NOW + 90 * DAY
        )


def test_eight_moments_at_once_are_one_ask(committed: None) -> None:
    program = make_program(hold_out_percent=0)
    company = create_organization(name="K", now=NOW, domains=("k.example",))
    user = create_user(email="k@k.example", display_name="K", organization=company, now=NOW)
    barrier = Barrier(8)

    def act(number: int) -> None:
        try:
            barrier.wait(timeout=30)
            ask(user=user, kind="helped", moment=f"helped:{number}", now=NOW, program=program)
        finally:
            connection.close()

    threads = [Thread(target=act, args=[number]) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join(timeout=60) for thread in threads]
    assert Ask.objects.count() == 1
