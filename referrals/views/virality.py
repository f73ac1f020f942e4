"""Staff: virality: how introductions multiply, the cycle time, and who shares."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from referrals.selectors.analytics import cycle_time, figures
from referrals.selectors.analytics import virality as reads
from referrals.services.analytics.virality import spread_of
from referrals.text import metric_definitions


@team_required
@require_GET
def spread(request: MemberRequest) -> HttpResponse:
    """K now and by month of activation, its factors, both legs of a round, both share rates, the
    four rates.

    As last counted, a few minutes ago at most: the page says when.
    """
    count = spread_of(now=time.now())
    now, numbers = count.counted_at, count.numbers
    look = reads.window(now)
    rates, shared = numbers["rates"], numbers["shared"]
    introduced, fresh = numbers["earned"]
    chain = reads.factors(numbers["factors"])
    k = chain["k"]
    context = {
        "finding": finding(k),
        "k": k,
        "look": look,
        "now": now,
        "words": metric_definitions.SPREAD,
        "cohorts": reads.cohorts(numbers["cohorts"], now),
        "horizons": reads.HORIZONS,
        "chain": chain,
        "steps": figures.steps(chain["steps"]),
        "legs": cycle_time.legs(numbers["legs"]),
        "earned": _share(
            "earned", _("New customers who were introduced"), introduced, fresh, "new"
        ),
        "shared": _share(
            "sharers", _("People who share"), shared["sharers"], shared["eligible"], "eligible"
        ),
        "asked": _asked(shared),
        "rates": figures.rates(rates),
        "still_open": rates["open"],
    }
    return render(request, "referrals/staff/spread.html", context)


def _share(key: str, label: str, part: int, whole: int, whole_stage: str) -> figures.Share:
    return figures.Share(key, label, metric_definitions.SPREAD[key], part, whole, key, whole_stage)


def _asked(shared: dict[str, int | None]) -> tuple[figures.Share, figures.Share] | None:
    """Return the share rate of those who were asked and how many answered by sharing; None while
    nobody is asked.
    """
    if not shared["asked"]:
        return None
    part, answered, whole = shared["asked_sharers"] or 0, shared["answered"] or 0, shared["asked"]
    return (
        figures.Share(
            "asked", _("Of those who were asked"), metric_definitions.SPREAD["asked"], part, whole
        ),
        figures.Share(
            "answered",
            _("Asked, then shared"),
            metric_definitions.SPREAD["answered"],
            answered,
            whole,
        ),
    )


def finding(k: reads.Ratio) -> str:
    """Return what K says, as the page's title."""
    if not k.n:
        return _("There are no customers yet whose introductions could be counted")
    if not k.count:
        return _("No customer has brought another one yet")
    if k.ceiling is None:
        return _("Each customer brings %(k).2f others: it grows by itself") % {"k": k.value}
    return _("Each customer brings %(k).2f others: by introduction alone 100 become %(most)d") % {
        "k": k.value,
        "most": round(100 * k.ceiling),
    }
