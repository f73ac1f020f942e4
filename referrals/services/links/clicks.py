"""The click drain: stream → COPY → insert once per stream id → roll-up, in one transaction,
acknowledged after its commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import connection as database
from django.db import transaction
from redis.exceptions import RedisError, ResponseError

from portal.core.calendar.calendars import site_zone_name
from portal.core.db.redis import connection
from referrals.edge.redirect import STREAM
from referrals.models import Click, ClickDay

log = structlog.get_logger(__name__)
GROUP = "drain"
BATCH = 5_000
ABANDONED_MS = (
    30_000  # entries a killed worker read but never acknowledged are taken over after this
)
Entry = tuple[str, dict[str, str]]

COLUMNS = "stream_id, click_id, link_id, verdict, visitor, channel, referrer_host, at"
STAGE = f"""
CREATE TEMP TABLE IF NOT EXISTS staged_click ON COMMIT DELETE ROWS AS SELECT {COLUMNS} FROM
    referrals_click
WITH NO DATA; DELETE FROM staged_click
"""  # noqa: S608  constants only
KEEP = f"""
WITH fresh AS (
    INSERT INTO referrals_click ({COLUMNS})
    SELECT {COLUMNS} FROM staged_click ON CONFLICT (stream_id) DO NOTHING
    RETURNING link_id, (at AT TIME ZONE 'UTC')::date AS day, verdict, channel,
        date_trunc('month', at AT TIME ZONE %s)::date AS month
), by_month AS (
    INSERT INTO referrals_clickmonth (link_id, month, channel, verdict, count, confirmed_count)
    SELECT link_id, month, channel, verdict, count(*), 0 FROM fresh GROUP BY 1, 2, 3, 4 ORDER BY 2,
        1, 3, 4
    ON CONFLICT (month, link_id, channel, verdict) DO UPDATE SET count = referrals_clickmonth.count
        + EXCLUDED.count
), marked AS (
    INSERT INTO referrals_rollupmark (link_id, month) SELECT DISTINCT link_id, month FROM fresh
)
INSERT INTO referrals_clickday (link_id, day, verdict, count, confirmed_count)
SELECT link_id, day, verdict, count(*), 0 FROM fresh GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (link_id, day, verdict) DO UPDATE SET count = referrals_clickday.count + EXCLUDED.count
"""  # noqa: S608  constants only
# A person seen on a page turns a prefetch or a scanner's request into their click; crawlers stay
# what they are.
CONFIRM = """
WITH found AS (
    SELECT id, verdict FROM referrals_click WHERE click_id = %(click)s AND verdict <> 'duplicate'
        AND confirmed_at IS NULL
    ORDER BY id LIMIT 1 FOR UPDATE
), proven AS (
    UPDATE referrals_click c SET confirmed_at = %(at)s, verdict = CASE
        WHEN %(person)s AND c.verdict IN ('prefetch', 'scanner') THEN 'human' ELSE c.verdict END
    FROM found WHERE c.id = found.id
    RETURNING c.link_id, (c.at AT TIME ZONE 'UTC')::date AS day, c.verdict, found.verdict AS before,
        c.channel,
        date_trunc('month', c.at AT TIME ZONE %(zone)s)::date AS month
), taken AS (
    UPDATE referrals_clickday d SET count = d.count - 1 FROM proven p
    WHERE d.link_id = p.link_id AND d.day = p.day AND d.verdict = p.before AND p.before <> p.verdict
), taken_by_month AS (
    UPDATE referrals_clickmonth m SET count = m.count - 1 FROM proven p
    WHERE m.link_id = p.link_id AND m.month = p.month AND m.channel = p.channel AND m.verdict =
        p.before
        AND p.before <> p.verdict
), by_month AS (
    INSERT INTO referrals_clickmonth (link_id, month, channel, verdict, count, confirmed_count)
    SELECT link_id, month, channel, verdict, (before <> verdict)::int, 1 FROM proven
    ON CONFLICT (month, link_id, channel, verdict) DO UPDATE SET
        count = referrals_clickmonth.count + EXCLUDED.count,
        confirmed_count = referrals_clickmonth.confirmed_count + 1
), marked AS (
    INSERT INTO referrals_rollupmark (link_id, month) SELECT link_id, month FROM proven
)
INSERT INTO referrals_clickday (link_id, day, verdict, count, confirmed_count)
SELECT link_id, day, verdict, (before <> verdict)::int, 1 FROM proven
ON CONFLICT (link_id, day, verdict) DO UPDATE SET
    count = referrals_clickday.count + EXCLUDED.count, confirmed_count =
        referrals_clickday.confirmed_count + 1
"""


def keep(entries: Iterable[Entry]) -> int:
    """Store clicks and confirmations in one transaction; an entry stored before changes nothing.
    Return the count.

    Raises DatabaseError, and then nothing is stored.
    """
    clicks, confirmations = [], []
    for stream_id, entry in entries:
        if entry.get("e") == "confirm":
            confirmations.append(entry)
        elif entry.get("l", "").isdigit():
            clicks.append((stream_id, entry))
    with transaction.atomic():
        if clicks:
            _copy(clicks)
        with database.cursor() as cursor:
            for entry in confirmations:
                cursor.execute(
                    CONFIRM,
                    {
                        "at": _moment(entry),
                        "click": entry["k"],
                        "person": entry.get("p") == "1",
                        "zone": site_zone_name(),
                    },
                )
    return len(clicks)


def _copy(clicks: list[Entry]) -> None:
    with database.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(f"COPY staged_click ({COLUMNS}) FROM STDIN") as copy:
            for stream_id, entry in clicks:
                copy.write_row(
                    (
                        stream_id,
                        entry["k"][:22],
                        int(entry["l"]),
                        entry["v"],
                        entry["h"][:32],
                        entry.get("c", "")[:12],
                        entry.get("r", "")[:120].replace("\x00", ""),
                        _moment(entry),
                    )
                )
        cursor.execute(KEEP, [site_zone_name()])


def _moment(entry: dict[str, str]) -> datetime:
    return datetime.fromtimestamp(int(entry["t"]) / 1000, UTC)


def drain(*, consumer: str, limit: int = 200_000) -> int:
    """Move waiting clicks from Redis into PostgreSQL until none is left (or `limit` are done);
    return how many.
    """
    client = connection()
    try:
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except ResponseError:
        pass  # the group exists
    done = _abandoned(client, consumer)
    while done < limit:
        reply = client.xreadgroup(GROUP, consumer, {STREAM: ">"}, count=BATCH)
        rows = _rows(reply)
        if not rows:
            break
        done += _store(client, rows)
    return done


def _rows(reply: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    if not reply:
        return []
    if isinstance(reply, dict):  # RESP3
        chunks = next(iter(reply.values()))
        return (
            [row for chunk in chunks for row in chunk]
            if chunks and isinstance(chunks[0], list)
            else list(chunks)
        )
    return list(reply[0][1])


def _abandoned(client: Any, consumer: str) -> int:
    done, start = 0, "0-0"
    while True:
        reply = client.xautoclaim(
            STREAM, GROUP, consumer, ABANDONED_MS, start_id=start, count=BATCH
        )
        rows = [row for row in reply[1] if row[1]]
        if rows:
            done += _store(client, rows)
        start = reply[0]
        if start in (b"0-0", "0-0"):
            return done


def _store(client: Any, rows: list[tuple[bytes, dict[bytes, bytes]]]) -> int:
    entries = [
        (
            stream_id.decode(),
            {name.decode(): value.decode("utf-8", "replace") for name, value in fields.items()},
        )
        for stream_id, fields in rows
    ]
    keep(entries)
    ids = [stream_id for stream_id, _ in rows]
    pipe = client.pipeline(transaction=False)  # only after the commit
    pipe.xack(STREAM, GROUP, *ids)
    pipe.xdel(STREAM, *ids)
    pipe.execute()
    return len(rows)


def confirm(click_id: str, *, now: datetime, is_person: bool = False) -> None:
    """Note that the landing page ran in a browser: the click was a person's. Through the stream,
    else directly.

    `is_person` says that somebody moved, typed or read there, which also a prefetched page may
    prove.
    """
    entry = {
        "e": "confirm",
        "k": click_id,
        "p": "1" if is_person else "0",
        "t": str(int(now.timestamp() * 1000)),
    }
    try:
        connection().xadd(STREAM, dict(entry.items()))
    except RedisError:
        keep([("", entry)])


def import_spool() -> int:
    """Store clicks this host kept in files while PostgreSQL was away."""
    folder: Path = settings.HAZUMI_DATA_DIR / "clicks"
    done = 0
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        taken = path.with_suffix(".taken")
        path.rename(taken)
        done += keep_file(taken)
    for path in sorted(folder.glob("*.taken")) if folder.is_dir() else ():
        done += keep_file(path)
    return done


def keep_file(path: Path) -> int:
    if not path.exists():
        return 0
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    stored = keep((f"f-{entry['k']}", entry) for entry in lines)
    path.unlink()
    return stored


def prune(*, now: datetime, human_days: int = 400, other_days: int = 30) -> int:
    """Delete raw clicks past their retention; the daily counts stay."""
    old, older = now - timedelta(days=other_days), now - timedelta(days=human_days)
    gone, _ = Click.objects.filter(at__lt=old).exclude(verdict=Click.Verdict.HUMAN).delete()
    gone += Click.objects.filter(at__lt=older).delete()[0]
    return gone


def counts_for(link_ids: Iterable[int], *, verdict: str = Click.Verdict.HUMAN) -> int:
    """Return how many clicks of a verdict links had, from the daily counts."""
    return sum(
        ClickDay.objects.filter(link_id__in=list(link_ids), verdict=verdict).values_list(
            "count", flat=True
        )
    )
