"""Search documents of the generated data set, assembled from blocks tokenised once; search as a
scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from urllib.parse import quote

from django.db import connection
from django.utils.html import strip_tags

from community import topic_kinds
from community.bench.rows import OnePost, OneTopic
from community.rules.text import guess_language
from community.search import TEXT_LENGTH, with_tags
from portal.accounts.models import User
from portal.dev import bench_registry
from portal.dev.bench.texts import FREQUENT, RARE, joined
from portal.dev.bench_registry import BenchWorld, Request, Row, Scenario
from portal.search import tokens as words
from portal.search.models import SearchDocument
from portal.search.query_parser import parse

VISITORS = 400  # addresses in rotation: nobody meets the limit of searches


@dataclass(frozen=True, slots=True)
class Cut:
    """One piece of text with its line end: words and bigrams with their places, and where the next
    piece begins.
    """

    tokens: tuple[tuple[str, int], ...]
    bigrams: tuple[tuple[str, int], ...]
    places: int
    length: int


@cache
def cut(piece: str) -> Cut:
    text = words.normalise(f"{piece}\n")
    found = list(words.tokens(f"{text}end"))
    tokens = tuple((token.form, token.position) for token in found[:-1])
    return Cut(tokens, tuple(words.bigrams(text)), found[-1].position, len(text))


def _ending_where_lines_end(pieces: Sequence[str]) -> list[str]:
    """Move line ends from the beginning of a piece to the end of the one before: several in a row
    are one gap.
    """
    moved: list[str] = []
    for piece in pieces:
        rest = piece.lstrip("\n")
        if moved:
            moved[-1] += "\n" * (len(piece) - len(rest))
        moved.append(rest)
    return moved


def vector(title: str, pieces: Sequence[str], names: Sequence[str]) -> str:
    """What `portal.search.tokens.vector` makes of the pieces joined by line ends, without cutting
    each of them again.
    """
    entries: dict[str, list[str]] = {}

    def add(form: str, place: int, weight: str) -> None:
        found = entries.setdefault(form, [])
        if len(found) < words.POSITIONS_PER_LEXEME:
            found.append(f"{place % words.LAST_POSITION + 1}{weight}")

    end, name = 0, words.normalise(title)
    for token in words.tokens(name):
        add(token.form, token.position, "A")
        end = token.position
    place = end + words.TITLE_GAP
    pieces = _ending_where_lines_end(pieces)
    for piece in map(cut, pieces):
        for form, position in piece.tokens:
            add(form, place + position, "B")
        place += piece.places
    for form, position in words.bigrams(name):
        add(form, position, "")
    start = len(name) + words.TITLE_GAP
    for piece in map(cut, pieces):
        for form, position in piece.bigrams:
            add(form, start + position, "")
        start += piece.length
    words.add_names(entries, names)
    return " ".join(f"{words.quote(form)}:{','.join(places)}" for form, places in entries.items())


def _said(post: OnePost) -> list[str]:
    """Return what the indexer makes of a post, block by block: the blocks recur in thousands of
    posts.
    """
    said = [_plain(block.html) for block in post.blocks]
    said[0], said[-1] = said[0].lstrip(), said[-1].rstrip()
    return said


@cache
def _plain(html: str) -> str:
    return unescape(strip_tags(html))


def _rows(topics: Sequence[OneTopic], people: Mapping[int, str]) -> Iterator[Row]:
    for pk, topic in enumerate(topics, 1):
        said = [line for post in topic.posts for line in _said(post)]
        pieces = [*said, " ".join(topic.tags)]
        text = with_tags("\n".join(said), topic.tags)
        whole = len(text) < TEXT_LENGTH
        names = tuple(dict.fromkeys(people[post.author] for post in topic.posts))
        yield {
            "id": pk,
            "kind": topic.kind,
            "object_id": topic.pk,
            "title": topic.title,
            "text": text,
            "url": f"{topic_kinds.get(topic.kind).list_url}{topic.pk}/",
            "visibility": topic.visibility,
            "organization_id": topic.organization,
            "language": guess_language(f"{topic.title}\n{joined(topic.posts[0].blocks).text}"),
            "updated_at": topic.posts[-1].at,
            "form_version": words.VERSION,
            "is_solved": topic.accepted is not None,
            "votes": sum(len(post.marks) for post in topic.posts),
            "vector": vector(topic.title, pieces, names)
            if whole
            else words.vector(topic.title, text, names),
        }


def load(world: BenchWorld) -> None:
    """Load the documents of all topics; the index of their words is built afterwards, which is much
    faster.
    """
    index = next(each for each in SearchDocument._meta.indexes if each.name == "search_words")  # noqa: SLF001  no public way in
    with connection.schema_editor() as editor:
        editor.remove_index(SearchDocument, index)
    people = dict(User.objects.values_list("pk", "display_name"))  # not during the COPY
    world.copy(SearchDocument, _rows(world.made["community"], people))
    world.say("indexing their words …")
    with connection.schema_editor() as editor:
        editor.add_index(SearchDocument, index)
    cut.cache_clear()
    _plain.cache_clear()


def recall(world: BenchWorld) -> Iterator[tuple[str, bool]]:
    """Whether every document that holds a word is found by it."""
    for word in (*FREQUENT.values(), *RARE.values()):
        held = "position(%(word)s in lower(title || ' ' || text)) > 0"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), count(*) FILTER (WHERE vector @@ %(query)s::tsquery) "  # noqa: S608  our own names; what people typed is a parameter
                f"FROM search_searchdocument WHERE {held}",
                {"word": word, "query": parse(word).tsquery},
            )
            there, found = cursor.fetchone()
        if there:  # the rare words are in none of the smallest set
            yield (
                f"searching {word} finds {found:,} of {there:,} documents that hold it",
                found == there,
            )


def _searching(word: str) -> Callable[[BenchWorld], Sequence[Request]]:
    return lambda world: [
        Request(f"/search/?q={word}", headers={"X-Forwarded-For": f"10.9.{n >> 8}.{n & 255}"})
        for n in range(VISITORS)
    ]


def register() -> None:
    bench_registry.register_load("search documents", order=40, load=load)
    bench_registry.register_facts("recall", recall)
    for order, (name, word) in enumerate(
        (
            ("frequent, ja", FREQUENT["ja"]),
            ("rare, ja", RARE["ja"]),
            ("frequent, en", FREQUENT["en"]),
            ("rare, en", RARE["en"]),
        ),
        60,
    ):
        bench_registry.register_scenario(
            Scenario(
                f"search-{order}",
                f"search {name}",
                _searching(quote(word)),
                order=order,
                cpu_goal=60,
                p95_goal=100,
            )
        )
