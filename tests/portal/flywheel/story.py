"""One full turn as events in the log: acme asks, northfield helps, sato updates, aki introduces, a
newcomer signs up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.accounts.models import Organization, User
from portal.accounts.services import create_organization, create_user
from portal.events.models import Event
from portal.flywheel import services
from tests.people import NOW
from tests.portal.teams.facts import fact
from tests.world import World


def newcomer() -> tuple[Organization, User]:
    company = create_organization(
        name="ひばり製作所", now=NOW, domains=("hibari.example",), became_customer_at=NOW
    )
    person = create_user(
        email="nana@hibari.example", display_name="野々村 奈々", organization=company, now=NOW
    )
    return company, person


def take(*events: Event, now: datetime = NOW) -> None:
    """Let the wheel take some events, one after the other, as the dispatcher does."""
    for event in events:
        services.note(event)
        services.settle_waiting(now)


def tell(world: World) -> list[Event]:
    """Write the seven stages in order and return the facts."""
    aki, mio, sato = (world.person(name) for name in ("aki", "mio", "sato"))
    company, nana = newcomer()
    day = timedelta(days=1)
    about = {"about": "community.topic:42", "person_id": aki.pk}
    introduced = {
        "referral_id": "r1",
        "referrer_id": aki.pk,
        "referrer_organization_id": aki.organization_id,
        "referee_organization_id": company.pk,
        "title": "ひばり製作所のご紹介",
    }
    start = NOW - 60 * day
    return [
        fact("community.question.posted", aki, at=start, asker_id=aki.pk),
        fact("community.answer.posted", mio, at=start + day, asker_id=aki.pk, number=2),
        fact("teams.signal.resolved", sato, at=start + 2 * day, outcome="helped", **about),
        fact("teams.customer.told", sato, at=start + 3 * day, **about),
        fact("teams.customer.confirmed", aki, at=start + 4 * day, answer="yes", **about),
        fact("referrals.referral.recorded", aki, at=start + 10 * day, **introduced),
        fact("referrals.referral.won", aki, at=start + 40 * day, **introduced),
        fact(
            "community.question.posted",
            nana,
            topic=77,
            at=start + 45 * day,
            title="はじめまして",
            asker_id=nana.pk,
        ),
    ]
