"""Dates as people, spreadsheets and systems write them: understood exactly, or asked.

"4/1/2026" is two days. Which order a column has is decided over all its values
(`possible_orders`); what stays open is asked, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

YMD, MDY, DMY = "ymd", "mdy", "dmy"
ORDERS: Final = (YMD, MDY, DMY)
FIRST_YEAR, LAST_YEAR = 1990, 2200
ERAS: Final = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}  # the year before the first
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|"
        "sep sept september|oct october|nov november|dec december".split("|"),
        1,
    )
    for name in names.split()
}
SERIAL_DAY_ZERO: Final = date(1899, 12, 30)  # of Excel's serial numbers after February 1900

_CLOCK: Final = re.compile(
    r"""(?:[T\s]+|(?<=日))(?P<half>午前|午後|AM\s|PM\s)?\s*
    (?P<hour>\d{1,2})(?::|時)(?P<minute>\d{2})分?(?::?(?P<second>\d{2})(?:[.,]\d+)?秒?)?
    \s*(?P<half2>AM|PM)?\s*(?P<zone>Z|UTC|GMT|JST|[+-]\d{2}:?\d{2})?$""",
    re.VERBOSE | re.IGNORECASE,
)
_THREE: Final = re.compile(r"(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,4})")
_KANJI: Final = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_ERA: Final = re.compile(
    r"(令和|平成|[RH])\s*\.?\s*(元|\d{1,2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?"
)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([A-Za-z]+)[\s.,-]+(\d{4})")
_MONTH_FIRST: Final = re.compile(r"([A-Za-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_WEEKDAY: Final = re.compile(r"\s*\([月火水木金土日]\)|^[A-Za-z]{3,9},\s*(?=\d|[A-Za-z]+ \d)")


class BadDate(ValueError):
    """A date that cannot be read. `reason`: no_date, or ambiguous_date when it can be two days."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_date(text: str, *, zone: tzinfo, order: str = "") -> datetime:
    """Return the moment a text names: midnight in `zone` when it has no time. Raises BadDate."""
    plain = _plain(text)
    moment = _machine(plain)
    if moment is not None:
        return moment
    day, clock, own_zone = _apart(plain)
    days = set(_days(day, order).values())
    if not days:
        raise BadDate("no_date")
    if len(days) > 1:
        raise BadDate("ambiguous_date")
    return datetime.combine(days.pop(), clock, own_zone or zone).astimezone(UTC)


def possible_orders(texts: Iterable[str]) -> set[str]:
    """Return the orders in which every date of a column can be read.

    All of them when no date depends on it; none when two dates contradict each other.
    """
    orders = set(ORDERS)
    for text in set(texts):
        try:
            found = _days(_apart(_plain(text))[0])
        except BadDate:
            continue  # shown with its own reason when it is read
        if found:
            orders &= found.keys()
    return orders


def is_open(texts: Iterable[str], orders: set[str]) -> bool:
    """Say whether the order has to be asked: some date is another day in another order."""
    for text in set(texts):
        try:
            found = _days(_apart(_plain(text))[0])
        except BadDate:
            continue
        days = {day for order, day in found.items() if not orders or order in orders}
        if len(days) > 1:
            return True
    return False


def _plain(text: str) -> str:
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    return _WEEKDAY.sub("", re.sub("[\u2010-\u2015\u2212]", "-", plain))


def _machine(plain: str) -> datetime | None:
    """Return what only systems write: seconds or milliseconds since 1970."""
    if re.fullmatch(r"[0-9]{10}|[0-9]{13}", plain):
        return datetime.fromtimestamp(int(plain[:10]), tz=UTC)
    return None


def _apart(plain: str) -> tuple[str, time, tzinfo | None]:
    """Return the day's text, the time of day and the zone. Raises BadDate."""
    serial = re.fullmatch(r"([0-9]{5})(?:\.([0-9]{1,12}))?", plain)
    if serial:
        day = SERIAL_DAY_ZERO + timedelta(days=int(serial[1]))
        seconds = round(float(f"0.{serial[2] or 0}") * 86_400)
        clock = (datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=min(seconds, 86_399))).time()
        return day.isoformat(), clock, None
    compact = re.fullmatch(
        r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T?([0-9]{2})([0-9]{2})([0-9]{2})?)?Z?", plain
    )
    if compact:
        plain = (
            "-".join(compact.groups()[:3])
            + (f" {compact[4]}:{compact[5]}:{compact[6] or '00'}" if compact[4] else "")
            + ("Z" if plain.endswith("Z") and compact[4] else "")
        )
    found = _CLOCK.search(plain)
    if found is None:
        return plain, time(), None
    return plain[: found.start()].strip(), _clock(found), _zone(found["zone"])


def _clock(found: re.Match[str]) -> time:
    hour, half = int(found["hour"]), (found["half"] or found["half2"] or "").strip().upper()
    if half and not 0 <= hour <= 12:
        raise BadDate("no_date")
    if half in ("PM", "午後"):
        hour = hour % 12 + 12
    elif half:
        hour %= 12
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError as error:
        raise BadDate("no_date") from error


def _zone(name: str | None) -> tzinfo | None:
    if not name:
        return None
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    written = "+09:00" if name.upper() == "JST" else name
    try:
        return datetime.strptime(written, "%z").tzinfo
    except ValueError as error:
        raise BadDate("no_date") from error


def _days(day: str, order: str = "") -> dict[str, date]:
    """Return the day in every order it can be read in; in all of them when it is plain."""
    three = _THREE.fullmatch(day)
    if three:
        return _in_orders((three[1], three[3], three[4]), three[2], order)
    plain = _named(day)
    return dict.fromkeys(ORDERS, plain) if plain else {}


def _in_orders(parts: tuple[str, str, str], sign: str, order: str) -> dict[str, date]:
    if len(parts[0]) > 2:
        orders: tuple[str, ...] = (YMD,) if len(parts[0]) == 4 else ()
    elif len(parts[2]) > 2:
        orders = (MDY, DMY) if sign != "." else (DMY,)  # nobody writes the month first with dots
        orders = orders if len(parts[2]) == 4 else ()
    else:
        orders = (order,) if order else ORDERS
    # an order chosen for the column says how two of the three are told apart, not what is plain
    if order in orders:
        orders = (order,)
    found = {}
    for one in orders:
        named = dict(zip(one, parts, strict=True))
        year = int(named["y"]) + (2000 if len(named["y"]) <= 2 else 0)
        made = _date(year, int(named["m"]), int(named["d"]))
        if made:
            found[one] = made
    if len(parts[0]) == 4 or (len(parts[2]) == 4 and sign == "."):
        return dict.fromkeys(ORDERS, next(iter(found.values()))) if found else {}
    return found


def _named(day: str) -> date | None:
    if kanji := _KANJI.fullmatch(day):
        return _date(int(kanji[1]), int(kanji[2]), int(kanji[3]))
    if era := _ERA.fullmatch(day):
        year = ERAS[era[1]] + (1 if era[2] == "元" else int(era[2]))
        return _date(year, int(era[3]), int(era[4]))
    if first := _DAY_FIRST.fullmatch(day):
        return _date(int(first[3]), MONTHS.get(first[2].lower(), 0), int(first[1]))
    if first := _MONTH_FIRST.fullmatch(day):
        return _date(int(first[3]), MONTHS.get(first[1].lower(), 0), int(first[2]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
