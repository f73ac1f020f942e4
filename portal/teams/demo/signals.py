"""Demo data of the teams app: rules evaluated day by day, staff who claim, act and update,
customers who answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.accounts.models import User
from portal.core.calendar.calendars import site_calendar
from portal.core.time import day_of, is_business_day
from portal.dev.demo_registry import DemoWorld
from portal.events import dispatch
from portal.teams import registry, services
from portal.teams.demo.texts import said
from portal.teams.models import Signal, SignalChange, SignalRule, Team
from portal.teams.services import evaluation

if TYPE_CHECKING:
    from portal.dev.sample_removal import Removal

LEADS = {
    "support": ("sato", "ono"),
    "sales": ("tanaka", ""),
    "marketing": ("ueda", ""),
    "product": ("hara", ""),
    "community": ("mori", ""),
}
AGREEMENTS = {
    "support": "回答のない質問は4時間で引き取ります。対応の結果は、"
    "必ずご本人へお伝えしてから完了にします。",
    "sales": "紹介いただいた企業へは当日中に連絡し、結果をマーケティングへ返します。",
    "marketing": "届いた紹介は1営業日以内に確認します。"
    "成約のお知らせは紹介してくださった方へ最初に届けます。",
    "product": "月に一度、繰り返し届いた声を並べて、やること・やらないことを理由つきで返します。",
    "community": "初めて投稿してくださった方には24時間以内にお礼と次の案内をお送りします。",
}


def create(world: DemoWorld) -> None:
    """Live through the four months, one business morning after the other."""
    dispatch.run_pending(now=world.end)
    _teams(world)
    rules = list(
        SignalRule.objects.filter(enabled=True, trigger__in=registry.conditions()).select_related(
            "team", "stand_in"
        )
    )
    day, site = world.start + timedelta(days=1), site_calendar()
    while day < world.end:
        if is_business_day(day_of(day, site), site):
            for rule in rules:
                evaluation.ask(rule, now=day)
                evaluation.close_vanished(rule, now=day)
            evaluation.wake(now=day)
            _again(world, day)
            _work(world, day)
        day += timedelta(days=1)
    evaluation.sweep(now=world.end)


def _teams(world: DemoWorld) -> None:
    staff = world.made["staff"]
    for name, (lead, stand_in) in LEADS.items():
        Team.objects.filter(name=name, lead=None).update(
            lead=staff[lead], stand_in=staff.get(stand_in), agreement=AGREEMENTS[name]
        )


def remove(removal: Removal) -> None:
    """Take back what the sample wrote into the installation's own teams."""
    Team.objects.filter(agreement__in=AGREEMENTS.values()).update(agreement="")
    Team.objects.filter(lead__in=removal.people).update(lead=None)
    Team.objects.filter(stand_in__in=removal.people).update(stand_in=None)


def _work(world: DemoWorld, day: datetime) -> None:
    """What the teams get done on a day; the last days leave something for the reader."""
    rows = (
        Signal.objects.filter(state=Signal.State.OPEN, raised_at__lte=day)
        .with_names()
        .order_by("due_at", "pk")
    )
    late = world.end - day < timedelta(days=4)
    for signal in rows:
        if world.dice.random() < (0.3 if late else 0.72):
            _handle(world, signal, day)


def _again(world: DemoWorld, day: datetime) -> None:
    """What a customer sent back ("not yet") is looked at again."""
    sent_back = SignalChange.objects.filter(kind=SignalChange.Kind.REOPENED, at__lt=day)
    rows = Signal.objects.filter(state=Signal.State.CLAIMED, pk__in=sent_back.values("signal"))
    for signal in rows.with_names().order_by("pk"):
        if (
            signal.claimed_by is not None
            and signal.person is not None
            and day + timedelta(hours=5) < world.end
        ):
            _tell(
                world, signal, signal.claimed_by, day + timedelta(hours=world.dice.randrange(1, 5))
            )


def _handle(world: DemoWorld, signal: Signal, day: datetime) -> None:
    dice = world.dice
    actor = _actor(world, signal)
    claimed = day + timedelta(minutes=dice.randrange(5, 300))
    done = claimed + timedelta(hours=dice.choice((1, 2, 3, 5, 8, 20, 30, 50)))
    if claimed >= world.end:
        return
    signal = services.claim_signal(signal=signal, actor=actor, now=claimed)
    if done >= world.end:
        return
    if dice.random() < 0.06:
        services.snooze_signal(
            signal=signal,
            actor=actor,
            until=done + timedelta(days=3),
            reason="お客さまの返事を待っています",
            now=done,
        )
        return
    if signal.person is None or dice.random() < 0.2:
        step = dice.choice(("idea", "none", "ask"))
        services.resolve_signal(
            signal=signal,
            actor=actor,
            outcome=dice.choice(("done", "helped")),
            next_step=step,
            now=done,
            reason="電話でご案内済みのため" if step == "none" else "",
        )
        return
    _tell(world, signal, actor, done)


def _tell(world: DemoWorld, signal: Signal, actor: User, done: datetime) -> None:
    dice, person = world.dice, signal.person
    assert person is not None
    text = said(signal.rule.code, signal.title, person.language)
    told = services.notify_customer(person=person, text=text, actor=actor, signal=signal, now=done)
    services.resolve_signal(
        signal=signal, actor=actor, outcome="helped", next_step="told", now=done
    )
    answered = done + timedelta(hours=dice.randrange(1, 90))
    if answered < world.end and dice.random() < 0.7:
        services.mark_read(told_ids=[told.pk], person=person, now=answered)
        answer = dice.choices(("yes", "partly", "no"), (80, 14, 6))[0]
        services.confirm_update(told=told, person=person, answer=answer, now=answered)


def _actor(world: DemoWorld, signal: Signal) -> User:
    staff: dict[str, User] = world.made["staff"]
    choices = {
        "support": ("sato", "ono"),
        "marketing": ("ueda",),
        "sales": ("tanaka",),
        "community": ("mori",),
    }
    return staff[world.dice.choice(choices.get(signal.team.name, ("sato",)))]
