"""Display tags for every page: icons, times, money, counts, people.

They are simple tags that build strings, because a list calls them hundreds of times; nothing here
queries or renders a template.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from html import escape
from typing import Any
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from portal.core.text.currencies import digits_of
from portal.core.time import now as moment_now
from portal.core.web.staff_mark import is_marked

register = template.Library()

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYMBOLS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}


def _japanese() -> bool:
    return (get_language() or "ja").startswith("ja")


@lru_cache(maxsize=256)
def _around_id(name: str, rest: tuple[str, ...]) -> tuple[str, str]:
    """What stands before and after the id in an address."""
    before, _zero, after = reverse(name, args=[0, *rest]).partition("/0/")
    return f"{before}/", f"/{after}"


@register.simple_tag
def row_url(name: str, pk: int, *rest: str) -> str:
    """Return `{% url %}` of a row's id; pages that name hundreds of rows reverse each name once."""
    before, after = _around_id(name, rest)
    return f"{before}{pk}{after}"


@lru_cache(maxsize=512)
def _icon(name: str, size: str) -> SafeString:
    classes = f"icon {size}".strip()
    return mark_safe(  # a name from our own templates, escaped below
        f'<svg class="{escape(classes)}" aria-hidden="true"><use '
        f'href="{static("icons.svg")}#{escape(name)}"/></svg>'
    )


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """Draw an icon of the one sprite.

    `size` is "", "s" or "l"; with a `label` it speaks, without one it is decoration.
    """
    drawn = _icon(name, size)
    if not label:
        return drawn
    return mark_safe(
        f'{drawn}<span class="sr-only">{escape(label)}</span>'
    )  # both parts are escaped


@register.simple_tag
def nowrap(words: str) -> SafeString:
    """A name that no heading may break, such as はずみ, which a browser takes for two words."""
    return mark_safe(f'<span class="whitespace-nowrap">{escape(words)}</span>')


# --- moments ---


def long_date(day: date) -> str:
    """2026年11月22日, or 22 Nov 2026."""
    if _japanese():
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date, today: date) -> str:
    """11月22日, or 22 Nov; with the year where it is another one."""
    if day.year != today.year:
        return long_date(day)
    return f"{day.month}月{day.day}日" if _japanese() else f"{day.day} {MONTHS[day.month - 1]}"


def chart_day(day: date) -> str:
    """Format a day under a chart, where space is short: 11/22, or 22 Nov."""
    return f"{day.month}/{day.day}" if _japanese() else f"{day.day} {MONTHS[day.month - 1]}"


@register.simple_tag
def month(value: date | str) -> str:
    """2026年11月, or Nov 2026; of a date or of a key such as 2026-11. What is neither stays as it
    is.
    """
    try:
        day = date.fromisoformat(f"{value}-01") if isinstance(value, str) else value
    except ValueError:
        return str(value)
    if isinstance(day, datetime):
        day = timezone.localtime(day)
    return f"{day.year}年{day.month}月" if _japanese() else f"{MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=512)
def _ago(language: str | None, unit: str, count: int) -> str:
    """The words of the active language; `language` tells the remembered answers apart."""
    if not count:
        return gettext("just now")
    if unit == "minute":
        words = ngettext("%(count)d minute ago", "%(count)d minutes ago", count)
    elif unit == "hour":
        words = ngettext("%(count)d hour ago", "%(count)d hours ago", count)
    else:
        words = ngettext("%(count)d day ago", "%(count)d days ago", count)
    return words % {"count": count}


def relative(then: datetime, now: datetime) -> str:
    """Say how long ago a moment was, up to seven days; older moments are dates; nothing is ever in
    the future.
    """
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < 3600:
        return _ago(get_language(), "minute", seconds // 60)
    if seconds < 86400:
        return _ago(get_language(), "hour", seconds // 3600)
    if seconds < 7 * 86400:
        return _ago(get_language(), "day", seconds // 86400)
    return short_date(timezone.localtime(then).date(), timezone.localtime(now).date())


def age_step(then: datetime, now: datetime) -> object:
    """Return what the words of `relative` depend on, beside the language and the year: equal as
    long as they are the same.
    """
    seconds = int((now - then).total_seconds())
    if seconds < 3600:
        return seconds // 60
    if seconds < 86400:
        return "h", seconds // 3600
    return ("d", seconds // 86400) if seconds < 7 * 86400 else "date"


@register.simple_tag
def when(value: datetime | date | None, style: str = "relative") -> SafeString:
    """Show a moment as <time>: `relative` (default), `date`, `hour` (date and hour), or `full`
    (with the year, always). Refreshed in the page by when.js."""
    if value is None:
        return SafeString("")
    if not isinstance(value, datetime):
        return mark_safe(
            f'<time datetime="{value.isoformat()}" title="{long_date(value)}">'
            f"{long_date(value)}</time>"
        )
    if timezone.is_naive(value):
        value = value.replace(tzinfo=UTC)
    local = timezone.localtime(value)
    full = f"{long_date(local)} {local.hour:02d}:{local.minute:02d}"
    if style == "relative":
        shown, live = relative(value, moment_now()), " data-live"
    elif style == "date":
        shown, live = short_date(local.date(), timezone.localtime(moment_now()).date()), ""
    elif style == "hour":
        shown, live = (
            f"{short_date(local.date(), timezone.localtime(moment_now()).date())} {local:%H:%M}",
            "",
        )
    else:
        shown, live = full, ""
    stamp = value.astimezone(UTC).isoformat(timespec="seconds")
    return mark_safe(
        f'<time datetime="{stamp}" title="{full} {local.tzname()}"{live}>{shown}</time>'
    )  # digits only


# --- figures ---


@register.simple_tag
def money(amount: int | None, currency: str = "JPY") -> str:
    """Show an amount of integer minor units: 30000 JPY is ¥30,000, 123450 USD is $1,234.50."""
    if amount is None:
        return "–"
    sign, units = ("−" if amount < 0 else ""), abs(amount)
    symbol = SYMBOLS.get(currency, f"{currency} ")
    if currency == "PTS":
        return sign + ngettext("%(count)s point", "%(count)s points", units) % {
            "count": f"{units:,}"
        }
    digits = digits_of(currency)
    whole, part = divmod(units, 10**digits)
    return f"{sign}{symbol}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


@register.simple_tag
def short_number(value: float | None) -> str:
    """Format a count where space is short: 1.2万 in Japanese, 12k in English."""
    if value is None:
        return "–"
    steps = ((10**8, "億"), (10**4, "万")) if _japanese() else ((10**6, "m"), (10**3, "k"))
    for size, unit in steps:
        if abs(value) >= size:
            if not _japanese() and size == 10**3 and abs(value) < 10**4:
                break
            shown = value / size
            return (
                f"{shown:.0f}{unit}"
                if abs(shown) >= 100
                else f"{shown:.1f}".removesuffix(".0") + unit
            )
    return f"{value:,}"


@register.simple_tag
def percent(part: float | None, whole: float | None = None, digits: int = 0) -> str:
    """Show a share as a percentage: of `whole`, or `part` is a ratio from 0 to 1."""
    if part is None or (whole is not None and not whole):
        return "–"
    return f"{100 * (part / whole if whole is not None else part):.{digits}f}%"


# --- people ---


def person_called(name: str) -> str:
    """Address somebody: 秋さん in Japanese, a Latin name as it is."""
    if _japanese() and name and not name.isascii() and not name.endswith(("さん", "様")):
        return f"{name}さん"
    return name


@lru_cache(maxsize=1)
def _member_path() -> tuple[str, str]:
    blank = "00000000-0000-7000-8000-000000000000"
    try:
        before, after = reverse("accounts:member", args=[blank]).split(blank)
    except (NoReverseMatch, ValueError):
        return "", ""
    return before, after


def member_url(user: Any) -> str:
    """Return the address of a person's page without asking the resolver for every row."""
    before, after = _member_path()
    return f"{before}{user.public_id}{after}" if before else ""


def staff_mark(user: Any) -> SafeString:
    """Show the mark of staff: a picture with a label, which no name can contain."""
    if not is_marked(user):
        return SafeString("")
    label = escape(gettext("Staff of this site"))
    return mark_safe(
        f'<span class="staff-mark" title="{label}">{icon("shield-check", "s")}'
        f'<span class="sr-only">{label}</span></span>'
    )


class PersonName(template.Node):
    """`{% person_name user %}` shows a name with its mark; `… as name` keeps the bare text."""

    def __init__(self, user: template.base.FilterExpression, target: str) -> None:
        self.user, self.target = user, target

    def render(self, context: template.Context) -> SafeString:
        user = self.user.resolve(context)
        if self.target:
            context[self.target] = person_name(user)
            return SafeString("")
        return mark_safe(f"{escape(person_name(user))}{staff_mark(user)}")


@register.tag("person_name")
def _person_name(parser: template.base.Parser, token: template.base.Token) -> PersonName:
    match token.split_contents()[1:]:
        case [user]:
            return PersonName(parser.compile_filter(user), "")
        case [user, "as", target]:
            return PersonName(parser.compile_filter(user), target)
    raise template.TemplateSyntaxError("{% person_name user %} or {% person_name user as name %}")


def person_name(user: Any) -> str:
    """Show how a person is called on a page; somebody who left is a former member."""
    return person_called(user.display_name) if user else gettext("Former member")


@register.simple_tag
def avatar(user: Any, size: str = "") -> SafeString:
    """Show a person's picture, or the first letter of the name on a colour that stays.

    Decoration: the name is beside it.
    """
    classes = f"av {size}".strip()
    picture = getattr(user, "avatar", None) if user else None
    if picture:
        return mark_safe(
            f'<img class="{escape(classes)}" src="{escape(picture.url)}" alt="" loading="lazy" '
            'width="34" height="34">'
        )
    name = user.display_name if user else "?"
    tone = crc32(str(user.pk).encode()) % 6 + 1 if user else 6
    return mark_safe(
        f'<span class="{escape(classes)}" data-t="{tone}" aria-hidden="true">'
        f"{escape(name[:1].upper() or '?')}</span>"
    )


@register.simple_tag
def person_line(user: Any, org: Any = None, size: str = "") -> SafeString:
    """Show a person on one line: picture, name (a link to the page), organization or role."""
    name = f"{escape(person_name(user))}{staff_mark(user)}"
    url = member_url(user) if user else ""
    named = (
        f'<a class="t" href="{escape(url)}">{name}</a>' if url else f'<span class="t">{name}</span>'
    )
    under = f'<span class="org">{escape(getattr(org, "name", org))}</span>' if org else ""
    return mark_safe(f'<span class="person">{avatar(user, size)}<span>{named}{under}</span></span>')
