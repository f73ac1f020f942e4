"""Search queries: visibility is part of the SQL; the newest matches are ranked; each page is
checked once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from portal.accounts.visibility import REACH
from portal.search import highlight, registry
from portal.search.folding import normalise
from portal.search.models import SearchDocument
from portal.search.query_parser import Loose, Query, corrected, loosened, parse
from portal.search.synonyms import known_synonyms
from portal.search.tokens import quote, tokens
from portal.search.typos import candidates

FIRST_STAGE = 250  # ranking reads the words of every match: see decision 0012
PAGE = 20
FEW = 5  # fewer matches than this are followed by what has only some of the words
SPELLINGS = 3  # of a word typed wrongly
BEGINNING = 4_000  # characters; enough for nearly every document's snippet
# Among equals the solved and the voted for come first.
WORTH = "(CASE WHEN found.is_solved THEN 1.15 ELSE 1 END * (1 + ln(1 + found.votes) / 20))"
# Weights of D, C, B, A; a document loses half its worth in two years.
RANK = "ts_rank('{0.05, 0.2, 0.4, 1.0}', found.vector, %(query)s::tsquery)"
DECAY = "power(0.5, greatest(0, extract(epoch FROM %(now)s - found.updated_at)) / (730 * 86400.0))"


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search besides its words; columns of the documents, no joins."""

    language: str = ""
    is_solved: bool = False
    since: date | None = None

    def sql(self) -> tuple[str, dict[str, Any]]:
        """Return further conditions, each beginning with AND, and their values."""
        conditions: list[str] = []
        if self.language:
            conditions.append("language = %(language)s")
        if self.is_solved:
            conditions.append("is_solved")
        if self.since:
            conditions.append("updated_at >= %(since)s")
        values = {"language": self.language, "since": self.since}
        return "".join(f" AND {each}" for each in conditions), values

    def __bool__(self) -> bool:
        return bool(self.language or self.is_solved or self.since)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, its words marked."""

    kind: str
    object_id: int
    label: str
    url: str
    title: list[highlight.Piece]
    snippet: list[highlight.Piece]
    updated_at: datetime
    language: str = ""

    @property
    def title_html(self) -> SafeString:
        return highlight.html(self.title)

    @property
    def snippet_html(self) -> SafeString:
        return highlight.html(self.snippet)


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, how many there are of each kind (within the newest 250), and the cursor of
    the next page.

    `exact` of the matches have every word; `corrected` says that no page has the words as typed.
    """

    query: Query
    hits: list[Hit] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    next_cursor: str | None = None
    exact: int = 0
    corrected: str = ""

    @property
    def is_loose(self) -> bool:
        """Whether some of the matches have only some of the words."""
        return self.exact < self.total and not self.corrected

    @property
    def cap(self) -> int | None:
        """How many matches were ranked, if there may be more."""
        return FIRST_STAGE if self.total >= FIRST_STAGE else None


def search(
    user: Any,
    text: str,
    kind: str | None = None,
    *,
    now: datetime,
    cursor: str | None = None,
    size: int = PAGE,
    newest: bool = False,
    filters: Filters | None = None,
) -> Results:
    """Find what `user` may see.

    `cursor` goes on after a page; `newest` orders by date instead of rank.
    """
    query = parse(text, known_synonyms())
    if not query.tsquery:
        return Results(query)
    filters = filters or Filters()
    found = _find(user, query, now=now, newest=newest, filters=filters)
    counts: dict[str, int] = {}
    for row in found.ranked:
        counts[row[1]] = counts.get(row[1], 0) + 1
    ranked = [row for row in found.ranked if kind in (None, "", row[1])]
    rest = ranked[_place_after(ranked, cursor) :]
    taken, hits = 0, list[Hit]()
    while taken < len(rest) and len(hits) < size:
        part = rest[taken : taken + size - len(hits)]
        taken += len(part)
        hits += _hits(user, found.query, part)
    more = _signer().sign(str(rest[taken - 1][0])) if 0 < taken < len(rest) else None
    return Results(query, hits, counts, len(found.ranked), more, found.exact, found.corrected)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found, and by which query in the end."""

    query: Query
    ranked: list[tuple[int, str, int]]
    exact: int
    corrected: str = ""


def _find(user: Any, query: Query, *, now: datetime, newest: bool, filters: Filters) -> _Found:
    """Find all words; where few pages have them, most of them; where none has, other spellings."""
    ranked = _ranked(user, query, now=now, newest=newest, filters=filters)
    exact = len(ranked)
    if exact >= FEW:
        return _Found(query, ranked, exact)
    loose = loosened(query, most=exact > 0, synonyms=known_synonyms())
    if loose is not None:
        ranked = _ranked(user, query, loose=loose, now=now, newest=newest, filters=filters)
        if len(ranked) > exact:
            marked = (*query.marked, *loose.words)
            return _Found(replace(query, marked=marked), ranked, exact)
    if ranked:
        return _Found(query, ranked, exact)
    spellings = _spellings(user, query)
    if not spellings:
        return _Found(query, [], 0)
    query = corrected(query, spellings)
    ranked = _ranked(user, query, now=now, newest=newest, filters=filters)
    return _Found(query, ranked, len(ranked), " ".join(query.words) if ranked else "")


def _spellings(user: Any, query: Query) -> dict[str, list[str]]:
    """Return the words of the index, in documents the reader may see, that are one slip of the
    keyboard away from what was typed.
    """
    tried = {each: word for word in query.words for each in candidates(word)}
    if not tried:
        return {}
    where, values = REACH.sql(user)
    wanted = " | ".join(quote(f"~{each}") for each in tried)
    sql = f"""
        WITH found AS MATERIALIZED (
            SELECT vector FROM search_searchdocument
            WHERE vector @@ %(wanted)s::tsquery AND {where}
            ORDER BY updated_at DESC LIMIT {FIRST_STAGE}
        )
        SELECT word.lexeme FROM found, unnest(found.vector) word
        WHERE word.lexeme = ANY(%(tried)s) GROUP BY 1 ORDER BY count(*) DESC, 1
    """  # noqa: S608  only constants are put in; what was typed is a parameter
    with connection.cursor() as cursor:
        tilde = [f"~{each}" for each in tried]
        cursor.execute(sql, {"wanted": wanted, "tried": tilde, **values})
        rows = [row[0][1:] for row in cursor.fetchall()]
    found: dict[str, list[str]] = {}
    for each in rows:
        found.setdefault(tried[each], []).append(each)
    return {word: near[:SPELLINGS] for word, near in found.items()}


def _ranked(
    user: Any,
    query: Query,
    *,
    now: datetime,
    newest: bool,
    loose: Loose | None = None,
    filters: Filters | None = None,
) -> list[tuple[int, str, int]]:
    """Return (id, kind, object id) of at most 250 matches, best first; with `loose`, those of the
    whole query, then those with the largest share of its words.

    The tsquery stands in the statement itself: only so does the planner see how frequent its words
    are, and read a frequent word from the newest document backwards instead of collecting all
    matches.
    """
    where, values = REACH.sql(user)
    more, more_values = (filters or Filters()).sql()
    values |= more_values | {"query": query.tsquery, "now": now}
    score = "extract(epoch FROM found.updated_at)" if newest else f"{RANK} * {DECAY} * {WORTH}"
    matches = "vector @@ %(query)s::tsquery"
    if loose is not None:
        share = [f"(found.vector @@ %(term{n})s::tsquery)::int" for n in range(len(loose.terms))]
        values |= {f"term{n}": term for n, term in enumerate(loose.terms)}
        values |= {"loose": loose.tsquery, "any": " | ".join(loose.terms)}
        if not newest:
            score = score.replace("%(query)s", "%(any)s")
        score = f"found.{matches} DESC, {' + '.join(share)} DESC, {score}"
        matches = f"({matches} OR vector @@ %(loose)s::tsquery)"
    is_bare = newest and loose is None
    sql = f"""
        WITH found AS MATERIALIZED (
            SELECT id, kind, object_id, updated_at, is_solved, votes,
                {"NULL::tsvector AS" if is_bare else ""} vector
            FROM search_searchdocument
            WHERE {matches} AND {where}{more}
            ORDER BY updated_at DESC LIMIT {FIRST_STAGE}
        )
        SELECT found.id, found.kind, found.object_id FROM found ORDER BY {score} DESC, found.id DESC
    """  # noqa: S608  only constants are put in; what was typed is a parameter
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _hits(user: Any, query: Query, part: Sequence[tuple[int, str, int]]) -> list[Hit]:
    """Load a part of the ranking, ask each source again what the reader may see, and mark the
    words.
    """
    allowed: set[tuple[str, int]] = set()
    for kind in {row[1] for row in part}:
        ids = [row[2] for row in part if row[1] == kind]
        source = registry.source(kind)
        if source is not None:
            allowed |= {(kind, pk) for pk in (source.visible(user, ids) if source.visible else ids)}
    kept = [row for row in part if (row[1], row[2]) in allowed]
    rows = _rows([row[0] for row in kept])
    texts = _texts(rows, query)
    return [_hit(rows[row[0]], texts[row[0]], query) for row in kept if row[0] in rows]


def _rows(ids: Sequence[int]) -> dict[int, Any]:
    """Load documents with the beginning of their text: a long discussion may have 200,000
    characters.
    """
    return (
        SearchDocument.objects.defer("vector", "text")
        .annotate(beginning=Left("text", BEGINNING))
        .in_bulk(ids)
    )


def _texts(rows: dict[int, Any], query: Query) -> dict[int, str]:
    """Return what each snippet is cut from: the beginning, or the whole text where no word stands
    in that.
    """
    texts = {pk: row.beginning for pk, row in rows.items()}
    late = [
        pk
        for pk, text in texts.items()
        if len(text) == BEGINNING
        and not highlight.stands_in(text[: -highlight.LENGTH], query.highlighted)
    ]
    if late:
        texts |= dict(SearchDocument.objects.filter(pk__in=late).values_list("pk", "text"))
    return texts


def _hit(row: SearchDocument, text: str, query: Query) -> Hit:
    source = registry.source(row.kind)
    return Hit(
        kind=row.kind,
        object_id=row.object_id,
        label=str(source.label) if source else "",
        url=row.url,
        title=highlight.mark(row.title, query.highlighted),
        snippet=highlight.snippet(text, query.highlighted),
        updated_at=row.updated_at,
        language=row.language,
    )


def similar(
    user: Any, text: str, *, now: datetime, kind: str | None = None, size: int = 5
) -> list[Hit]:
    """Find what resembles a text being written: any of its longer words, not all of them."""
    words = [word for word in dict.fromkeys(_key_words(text)) if word][:8]
    parts = [part for part in (parse(word).tsquery for word in words) if part]
    if not parts:
        return []
    query = Query(tuple(words), (), " | ".join(parts))
    ranked = [row for row in _ranked(user, query, now=now, newest=False) if kind in (None, row[1])]
    return _hits(user, query, ranked[:size])


def _key_words(text: str) -> list[str]:

    folded = normalise(text)[:400]
    return [
        folded[token.begin : token.end] for token in tokens(folded) if token.end - token.begin > 1
    ]


def _place_after(ranked: list[tuple[int, str, int]], cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        last = int(_signer().unsign(cursor))
    except (BadSignature, ValueError):
        return 0
    return next((n + 1 for n, row in enumerate(ranked) if row[0] == last), 0)


def _signer() -> Signer:
    return Signer(salt="hazumi.search", sep="~")


__all__ = ["Filters", "Hit", "Results", "search", "similar"]
