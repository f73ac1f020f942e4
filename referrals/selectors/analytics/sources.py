"""Sources of introductions: by program, channel, content and referrer, and clicks by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.flywheel.rules.statistics import wilson
from portal.search.models import SearchDocument
from referrals.models import Click, MilestoneCount, Program, ReferralLink, SourceCount
from referrals.selectors.analytics.breakdown import Line, counted
from referrals.selectors.analytics.clicks import by_verdict
from referrals.selectors.analytics.filters import CHANNELS, AnalyticsFilter, channel_label
from referrals.text import metric_definitions

V = Click.Verdict
WAYS = {
    "channel": gettext_lazy("By channel"),
    "program": gettext_lazy("By program"),
    "content": gettext_lazy("By shared content"),
    "referrer": gettext_lazy("By referrer"),
}
WORDS = metric_definitions.SOURCES


def breakdown(slice_: AnalyticsFilter, by: str) -> list[dict[str, Any]]:
    """Return people who clicked → registered → won for each value of a way, with the share won and
    its interval.
    """
    lines, whole = counted(slice_, by)
    named = _named(by, [line.key for line in lines if line.key is not None])
    rows = [
        _row(line, slice_, by, *named.get(line.key, (_("Former member"), ""))) for line in lines
    ]
    rest = Line(None, *(whole[n] - sum(line[n] for line in lines) for n in range(1, 5)))
    if any(rest[1:]):
        rows.append({**_row(rest, slice_, by, _("All others"), ""), "is_rest": True})
    return rows


def _row(line: Line, slice_: AnalyticsFilter, by: str, label: str, value: str) -> dict[str, Any]:
    between = wilson(line.won, line.introduced)
    return {
        "label": label,
        "clicked": line.clicked,
        "introduced": line.introduced,
        "signed_up": line.signed_up,
        "won": line.won,
        "share": line.won / line.introduced if line.introduced else None,
        "between": between,
        "is_faint": line.introduced < 10,
        "narrow": slice_.query(**{by: value}, by=by) if value else "",
        "queries": {
            stage: slice_.query(**{by: value}, stage=stage)
            for stage in ("clicked", "introduced", "signed_up", "won")
        }
        if value
        else {},
    }


def _named(by: str, keys: list[Any]) -> dict[Any, tuple[str, str]]:
    """Return for each key its name and its value as a filter ("" when it cannot narrow)."""
    if by == "program":
        return {row.pk: (row.name, row.slug) for row in Program.objects.filter(pk__in=keys)}
    if by == "channel":
        return {key: (channel_label(key), key) for key in keys}
    if by == "content":
        titles = content_titles(keys)
        return {
            key: (titles.get(key, key) if key else _("None: a person's own link"), key)
            for key in keys
        }
    return {
        row.pk: (row.display_name or _("Former member"), str(row.public_id))
        for row in User.objects.filter(pk__in=keys)
    }


def content_titles(paths: list[str]) -> dict[str, str]:
    """Return what shared questions and articles are called, as the search knows them."""
    wanted = [path for path in paths if path]
    return (
        dict(SearchDocument.objects.filter(url__in=wanted).values_list("url", "title"))
        if wanted
        else {}
    )


def options(slice_: AnalyticsFilter) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers, the chosen value always among it."""
    months = MilestoneCount.objects.all()
    keys = [
        f"{month:%Y-%m}"
        for month in months.order_by("-month").values_list("month", flat=True).distinct()[:24]
    ]
    contents = list(
        ReferralLink.objects.exclude(content_url="")
        .order_by("content_url")
        .values_list("content_url", flat=True)
        .distinct()[:100]
    )
    titles = content_titles(contents)
    found = {
        "cohort": [(key, key) for key in keys],
        "program": [(row.slug, row.name) for row in Program.objects.order_by("-is_default", "pk")],
        "channel": [(channel, channel_label(channel)) for channel in CHANNELS],
        "content": [(path, titles.get(path, path)) for path in contents],
        "referrer": _busiest(),
    }
    for name, value in slice_.parts.items():
        if value not in [key for key, _label in found[name]]:
            found[name].insert(0, (value, _chosen(name, value)))
    return found


def _busiest(most: int = 50) -> list[tuple[str, str]]:
    """Return the people who introduced most."""
    rows = SourceCount.objects.filter(kind=SourceCount.Kind.REFERRER, introduced__gt=0).order_by(
        "-introduced", "key"
    )
    counts = {int(key): n for key, n in rows.values_list("key", "introduced")[:most]}
    people = User.objects.filter(pk__in=counts)
    return [
        (str(person.public_id), person.display_name or _("Former member"))
        for person in sorted(people, key=lambda person: (-counts[person.pk], person.display_name))
    ]


def _chosen(name: str, value: str) -> str:
    if name == "referrer":
        person = User.objects.filter(public_id=value).first()
        return (person.display_name if person else "") or _("Former member")
    return value


KINDS = tuple(
    (str(key), tone, label, metric_definitions.CLICKS[key])
    for key, tone, label in (
        ("sure", 2, gettext_lazy("People, confirmed")),
        ("human", 5, gettext_lazy("People, not confirmed")),
        ("duplicate", 6, gettext_lazy("The same person again")),
        ("self", 6, gettext_lazy("The referrer")),
        ("preview", 7, gettext_lazy("Link previews")),
        ("scanner", 7, gettext_lazy("Mail scanners")),
        ("prefetch", 7, gettext_lazy("Fetched ahead")),
        ("bot", 7, gettext_lazy("Crawlers")),
    )
)


def clicks(slice_: AnalyticsFilter) -> dict[str, Any]:
    """Return the clicks by what they were, each with the words that explain it; people are split by
    proof.
    """
    sums = by_verdict(slice_)
    human, sure = sums.get(V.HUMAN, (0, 0))
    values = {
        **{kind: n for kind, (n, _sure) in sums.items()},
        "sure": min(sure, human),
        "human": human - min(sure, human),
    }
    whole = sum(n for n, _sure in sums.values())
    rows = [
        {
            "key": str(key),
            "tone": tone,
            "label": label,
            "words": words,
            "value": values[key],
            "share": values[key] / whole,
            "query": slice_.query(stage=f"clicks_{key}"),
        }
        for key, tone, label, words in KINDS
        if values.get(key)
    ]
    return {
        "rows": rows,
        "whole": whole,
        "people": human,
        "query": slice_.query(stage="clicks_all"),
    }


def chosen(slice_: AnalyticsFilter) -> list[str]:
    """Return the filters of a slice in words."""
    words: dict[str, Callable[[str], str]] = {
        "channel": channel_label,
        "content": lambda path: content_titles([path]).get(path, path),
    }
    found = []
    for name, value in slice_.parts.items():
        word = words.get(name)
        found.append(word(value) if word else _chosen(name, value))
    return found
