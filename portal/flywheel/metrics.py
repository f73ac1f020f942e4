"""Built-in metric definitions: the rows behind each number, as of any moment in the past."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from portal.flywheel.history import Data
from portal.flywheel.metric_registry import Metric, Row, register_metric
from portal.flywheel.rules import friction, momentum
from portal.flywheel.rules.stages import Stage


def _name(data: Data, organization_id: int | None) -> str:
    company = data.companies.get(organization_id or 0)
    return company.name if company else "–"


def momentum_rows(data: Data, moment: datetime) -> list[Row]:
    return [
        Row(str(Stage(unit.stage).label), unit.weight, unit.at, unit.turn, unit.organization_id)
        for unit in momentum.within(data.units, moment)
    ]


def inertia_rows(data: Data, moment: datetime, days: int = 90, people: int = 2) -> list[Row]:
    active: dict[int, set[int]] = defaultdict(set)
    last: dict[int, datetime] = {}
    for company, person, at in data.took_part:
        if moment - timedelta(days=days) < at <= moment:
            active[company].add(person)
            last[company] = max(last.get(company, at), at)
    return [
        Row(_name(data, pk), 1, last[pk], organization_id=pk, note=str(len(found)))
        for pk, found in sorted(active.items())
        if len(found) >= people
    ]


def active_rows(data: Data, moment: datetime) -> list[Row]:
    return inertia_rows(data, moment, days=28, people=1)


def speed_rows(data: Data, moment: datetime) -> list[Row]:
    """ω = M₉₀ ÷ I: the momentum units as numerator, the companies behind I as denominator."""
    top = [
        Row(row.label, row.value, row.at, row.turn, row.organization_id, of=0)
        for row in momentum_rows(data, moment)
    ]
    bottom = [
        Row(row.label, 0, row.at, None, row.organization_id, of=1)
        for row in inertia_rows(data, moment)
    ]
    return top + bottom


def friction_rows(data: Data, moment: datetime) -> list[Row]:
    known = {turn.pk: turn for turn in data.turns}
    return [
        Row(
            "",
            part.waited,
            known[part.turn].stages[Stage.VOICE],
            part.turn,
            known[part.turn].organization_id,
            of=part.elapsed,
        )
        for part in friction.shares(data.turns, moment)
    ]


def asker_rows(data: Data, moment: datetime) -> list[Row]:
    """The same turns; the numerator is the time in which it was the asker's move."""
    known = {turn.pk: turn for turn in data.turns}
    return [
        Row(
            "",
            part.asker,
            known[part.turn].stages[Stage.VOICE],
            part.turn,
            known[part.turn].organization_id,
            of=part.elapsed,
        )
        for part in friction.shares(data.turns, moment)
    ]


def answered_rows(data: Data, moment: datetime) -> list[Row]:
    """Questions of 90 days that are at least seven days old; answered within seven days or not."""
    week = timedelta(days=7)
    return [
        Row(
            row.title,
            float(row.answered_at is not None and row.answered_at - row.asked_at <= week),
            row.asked_at,
            organization_id=row.organization_id,
            url=row.url,
            subject=row.subject,
        )
        for row in data.questions
        if moment - timedelta(days=90) - week < row.asked_at <= moment - week
    ]


def first_answer_rows(data: Data, moment: datetime) -> list[Row]:
    """Waits for the first answer of another person, questions of 90 days; who waits still counts
    (Kaplan-Meier).
    """
    found = []
    for row in data.questions:
        if moment - timedelta(days=90) < row.asked_at <= moment:
            ended = row.answered_at is not None and row.answered_at <= moment
            until = row.answered_at if ended and row.answered_at is not None else moment
            hours = (until - row.asked_at).total_seconds() / 3600
            found.append(
                Row(
                    row.title,
                    hours,
                    row.asked_at,
                    organization_id=row.organization_id,
                    url=row.url,
                    subject=row.subject,
                    ended=ended,
                )
            )
    return found


def peer_rows(data: Data, moment: datetime) -> list[Row]:
    return [
        Row(title, float(peer), at, url=url, subject=subject)
        for at, peer, title, url, subject in data.accepted
        if moment - timedelta(days=90) < at <= moment
    ]


def confirmed_rows(data: Data, moment: datetime) -> list[Row]:
    return _reached(data, moment, Stage.CONFIRMED, days=30)


def _reached(data: Data, moment: datetime, stage: str, days: int) -> list[Row]:
    return [
        Row("", 1, turn.stages[stage], turn.pk, turn.organization_id)
        for turn in data.turns
        if stage in turn.stages and moment - timedelta(days=days) < turn.stages[stage] <= moment
    ]


def _went_on(
    data: Data, moment: datetime, before: str, after: str, *, wait: int, days: int
) -> list[Row]:
    """Turns that reached a stage in the window, old enough to judge; whether the next stage came
    within `wait` days.
    """
    found = []
    for turn in data.turns:
        came, went = turn.stages.get(before), turn.stages.get(after)
        if came is None or not moment - timedelta(days=days + wait) < came <= moment - timedelta(
            days=wait
        ):
            continue
        good = went is not None and went <= moment and went - came <= timedelta(days=wait)
        found.append(Row("", float(good), came, turn.pk, turn.organization_id))
    return found


def confirm_rate_rows(data: Data, moment: datetime) -> list[Row]:
    return _went_on(data, moment, Stage.VOICE, Stage.CONFIRMED, wait=30, days=90)


def told_rate_rows(data: Data, moment: datetime) -> list[Row]:
    return _went_on(data, moment, Stage.ACTED, Stage.TOLD, wait=7, days=90)


def advocacy_rows(data: Data, moment: datetime) -> list[Row]:
    """Confirmed turns of 180 days, at least 30 days old; whether the company spoke for us within
    30 days.
    """
    return _went_on(data, moment, Stage.CONFIRMED, Stage.ADVOCACY, wait=30, days=180)


def recorded_rows(data: Data, moment: datetime) -> list[Row]:
    return [
        Row(title, 1, at, organization_id=company)
        for at, title, company in data.recorded
        if moment - timedelta(days=30) < at <= moment
    ]


def won_rows(data: Data, moment: datetime) -> list[Row]:
    return [
        Row(_name(data, company), 1, at, organization_id=company)
        for company, at in data.won
        if moment - timedelta(days=180) < at <= moment
    ]


def _new_customers(
    data: Data, moment: datetime, days: int, wait: int = 0
) -> list[tuple[int, datetime]]:
    return [
        (pk, since)
        for pk, since in sorted(data.customers.items())
        if moment - timedelta(days=days + wait) < since <= moment - timedelta(days=wait)
    ]


def activated_rows(data: Data, moment: datetime) -> list[Row]:
    """New customers of 180 days, at least 30 days old; whether somebody of theirs posted within 30
    days.
    """
    month = timedelta(days=30)
    return [
        Row(
            _name(data, pk),
            float(pk in data.first_posts and data.first_posts[pk] - since <= month),
            since,
            organization_id=pk,
        )
        for pk, since in _new_customers(data, moment, 180, 30)
    ]


def earned_rows(data: Data, moment: datetime) -> list[Row]:
    """New customers of 180 days; whether a customer introduced them."""
    introduced = {company for company, at in data.won if at <= moment}
    return [
        Row(_name(data, pk), float(pk in introduced), since, organization_id=pk)
        for pk, since in _new_customers(data, moment, 180)
    ]


METRICS = (
    Metric(
        "momentum",
        label=_("Momentum"),
        definition=_(
            "Verified turns of the last 90 days: confirmed 1, spoke for us +2, introduced "
            "company won +7, "
            "its first post +2. At most three confirmed turns per company and 30 days."
        ),
        kind="sum",
        unit=_("points"),
        rows=momentum_rows,
    ),
    Metric(
        "inertia",
        label=_("Companies that carry the wheel"),
        definition=_("Companies of which two or more people took part in the last 90 days."),
        kind="count",
        unit=_("companies"),
        rows=inertia_rows,
    ),
    Metric(
        "speed",
        label=_("Speed"),
        definition=_("Momentum per company that carries the wheel."),
        kind="ratio",
        unit=_("points"),
        rows=speed_rows,
    ),
    Metric(
        "friction",
        label=_("Friction"),
        definition=_(
            "Share of the time of turns, open or closed in the last 90 days, in which the "
            "customer waited for us."
        ),
        kind="ratio",
        unit="%",
        rows=friction_rows,
    ),
    Metric(
        "asker_wait",
        label=_("Answered, the customer silent"),
        definition=_(
            "Share of the same time in which the customer had an answer or an update of ours and "
            "had not said yet whether it solves it. Not part of friction."
        ),
        kind="ratio",
        unit="%",
        rows=asker_rows,
    ),
    Metric(
        "answered",
        label=_("Answered within 7 days"),
        definition=_(
            "Customers' questions of 90 days that got an answer of another person within 7 "
            "days; only "
            "questions older than 7 days."
        ),
        kind="share",
        unit="%",
        rows=answered_rows,
    ),
    Metric(
        "first_answer",
        label=_("Half have an answer after"),
        definition=_(
            "Kaplan-Meier median of the wait for the first answer of another person; "
            "unanswered questions "
            "count as waiting. 90 days."
        ),
        kind="median",
        unit=_("hours"),
        rows=first_answer_rows,
    ),
    Metric(
        "first_answer_p90",
        label=_("Nine of ten have an answer after"),
        definition=_(
            "Kaplan-Meier 90th percentile of the same wait. Not reached means that more than "
            "one in ten still waits."
        ),
        kind="p90",
        unit=_("hours"),
        rows=first_answer_rows,
    ),
    Metric(
        "peer",
        label=_("Solved by customers"),
        definition=_("Share of accepted answers of 90 days that customers gave."),
        kind="share",
        unit="%",
        rows=peer_rows,
    ),
    Metric(
        "active",
        label=_("Active companies"),
        definition=_("Companies of which somebody took part in the last 28 days."),
        kind="count",
        unit=_("companies"),
        rows=active_rows,
    ),
    Metric(
        "confirmed",
        label=_("Confirmed turns"),
        definition=_("Voices that ended in the customer's own confirmation in the last 30 days."),
        kind="count",
        unit=_("turns"),
        rows=confirmed_rows,
    ),
    Metric(
        "confirm_rate",
        label=_("Confirmed within 30 days"),
        definition=_(
            "Share of voices whose customer confirmed within 30 days that it is solved; only "
            "voices older than 30 days."
        ),
        kind="share",
        unit="%",
        rows=confirm_rate_rows,
    ),
    Metric(
        "told_rate",
        label=_("Updated within 7 days"),
        definition=_(
            "Share of resolved requests of 90 days whose customer was updated within 7 days; only "
            "those resolved more than 7 days ago."
        ),
        kind="share",
        unit="%",
        rows=told_rate_rows,
    ),
    Metric(
        "advocacy",
        label=_("Spoke for us"),
        definition=_(
            "Share of confirmed turns of 180 days after which the company helped another "
            "customer or introduced one within 30 days; only turns confirmed more than 30 days ago."
        ),
        kind="share",
        unit="%",
        rows=advocacy_rows,
    ),
    Metric(
        "recorded",
        label=_("Introductions"),
        definition=_("Introductions received in the last 30 days."),
        kind="count",
        unit=_("introductions"),
        rows=recorded_rows,
    ),
    Metric(
        "won",
        label=_("Won by introduction"),
        definition=_("Introduced companies won in the last 180 days."),
        kind="count",
        unit=_("companies"),
        rows=won_rows,
    ),
    Metric(
        "activated",
        label=_("Newcomers who take part"),
        definition=_(
            "New customers of 180 days of whom somebody posted within 30 days; only those "
            "older than 30 days."
        ),
        kind="share",
        unit="%",
        rows=activated_rows,
    ),
    Metric(
        "earned",
        label=_("Earned customers"),
        definition=_("Share of new customers of 180 days whom another customer introduced."),
        kind="share",
        unit="%",
        rows=earned_rows,
    ),
)


def register() -> None:
    """Add the built-in metrics; called from the app's ready()."""
    for row in METRICS:
        register_metric(row)
