"""The trigger that needs nothing but participation. Apps above register theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.accounts.models import Membership, User
from portal.engagement.models import PointEntry
from portal.teams import registry
from portal.teams.models import Signal, SignalRule
from portal.teams.registry import Finding

POWER_WINDOW = timedelta(days=90)
POWER_POINTS = 3.0  # below this a person was never a power user, whatever the quartile says


def register() -> None:
    """Add the built-in trigger, and the voice that is a customer's answer to us; called from the
    app's ready().
    """
    registry.register_condition(
        "power_user_silent",
        label=_lazy("Somebody who took part a lot falls silent"),
        unit=_lazy("days"),
        find=silent_power_users,
        still=still_silent,
        explain=lambda facts: (
            _(
                "Was among the most active quarter (%(points)s points in 90 days) and has been "
                "silent for %(days)s days."
            )
            % facts
        ),
    )
    registry.register_voice(
        "teams.customer.confirmed",
        label=_lazy("Is it solved? %(answer)s"),
        icon="check",
        tone="ok",
    )


def silent_power_users(rule: SignalRule, now: datetime) -> Iterable[Finding]:
    """People of the top quarter of the 90 days before, who have done nothing for `threshold` days
    (Common Room).
    """
    silence = now - timedelta(days=rule.threshold)
    rows = list(
        PointEntry.objects.filter(counted=True, at__gt=silence - POWER_WINDOW, at__lte=silence)
        .values("user_id")
        .annotate(points=Sum("weight"), last=Max("at"), last_event=Max("event_id"))
        .order_by("-points", "user_id")
    )
    quarter = [row for row in rows[: max(1, len(rows) // 4)] if row["points"] >= POWER_POINTS]
    lively = set(
        PointEntry.objects.filter(at__gt=silence, at__lte=now).values_list("user_id", flat=True)
    )
    found = {row["user_id"]: row for row in quarter if row["user_id"] not in lively}
    companies = dict(
        Membership.objects.filter(user__in=found, ended_at=None).values_list(
            "user_id", "organization_id"
        )
    )
    for user in User.objects.filter(pk__in=found, is_active=True).order_by("pk"):
        row = found[user.pk]
        yield Finding(
            subject=f"accounts.user:{user.pk}",
            title=user.display_name,
            url=reverse("accounts:member", args=[user.public_id]),
            occurred_at=row["last"],
            occurrence=f"accounts.user:{user.pk}@{row['last_event']}",
            organization_id=companies.get(user.pk),
            person_id=user.pk,
            evidence=(row["last_event"],),
            facts={"points": round(row["points"]), "days": (now - row["last"]).days},
        )


def still_silent(signal: Signal, now: datetime) -> bool:
    """Whether the user has done nothing since the signal was raised."""
    if signal.person_id is None:
        return True
    of_hers = PointEntry.objects.filter(user_id=signal.person_id)
    return not of_hers.filter(at__gt=signal.raised_at, at__lte=now).exists()
