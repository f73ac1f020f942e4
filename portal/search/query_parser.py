"""Parses a search: words, "phrases" and -exclusions become one tsquery. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from portal.search.folding import LONG_END, fold_kana, normalise
from portal.search.tokens import CJK, LATIN, Token, bigrams, quote, tokens

MAX_WORDS = 12
MAX_KEY_WORDS = 6  # of which most must be there; their combinations stand in the query
MAX_ALTERNATIVES = 6
PART = re.compile(r'(-?)"([^"]+)"|(-?)([^\s"]+)')
Synonyms = Mapping[str, tuple[str, ...]]  # a normalised word and the other words for it


@dataclass(frozen=True, slots=True)
class Query:
    """A readable query: its words in normalised form, those to leave out, and the tsquery text (""
    finds nothing).

    `phrases` are the words that stood in quotes, `marked` is what is highlighted besides the words.
    """

    words: tuple[str, ...]
    without: tuple[str, ...]
    tsquery: str
    phrases: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()

    @property
    def highlighted(self) -> tuple[str, ...]:
        return (*self.words, *self.marked)


@dataclass(frozen=True, slots=True)
class Loose:
    """What is left to ask when a query demands too much: how many of which words, and the tsquery
    of each word.
    """

    tsquery: str
    words: tuple[str, ...]
    terms: tuple[str, ...]


def parse(typed: str, synonyms: Synonyms | None = None) -> Query:
    """Read what was typed, at most 12 words of it."""
    words: list[str] = []
    without: list[str] = []
    phrases: list[str] = []
    for match in PART.finditer(normalise(typed)[:400]):
        word = (match.group(2) or match.group(4) or "").strip()
        if word and any(c.isalnum() for c in word):
            (without if match.group(1) or match.group(3) else words).append(word)
            if match.group(2) and not match.group(1):
                phrases.append(word)
    query = Query(tuple(words[:MAX_WORDS]), tuple(without[:MAX_WORDS]), "", tuple(phrases))
    return _with_terms(query, synonyms or {})


def corrected(query: Query, spellings: Mapping[str, Sequence[str]]) -> Query:
    """Return the query with other spellings in the place of words that were typed wrongly."""
    terms = [_any(_term(each) for each in spellings.get(word, (word,))) for word in query.words]
    found = tuple(each for word in query.words for each in spellings.get(word, (word,)))
    return replace(query, words=found, tsquery=_all(terms, query.without), marked=())


def loosened(query: Query, *, most: bool, synonyms: Synonyms | None = None) -> Loose | None:
    """Return what asks for most of the key words (or at least half of them), or None where that is
    no less than all of them.

    Particles, endings and auxiliaries are no key words; quoted phrases stay demanded.
    """
    words = tuple(key_words(query))[:MAX_KEY_WORDS]
    count = len(words)
    needed = count // 2 + 1 if most else (count + 1) // 2
    pairs = [(word, _alternatives(word, synonyms or {})) for word in words]
    terms = [term for word, others in pairs if (term := _any(map(_term, (word, *others))))]
    if not terms or (needed >= count and words == query.words):
        return None
    ways = [" & ".join(some) for some in combinations(terms, min(needed, len(terms)))]
    demanded = [f"({' | '.join(f'({way})' for way in ways)})", *map(_term, query.phrases)]
    return Loose(_all(demanded, query.without), words, tuple(terms))


def key_words(query: Query) -> list[str]:
    """Return the words somebody looks for, without what only joins them."""
    found: list[str] = []
    for word in query.words:
        found += [word] if word in query.phrases else _content(word)
    return list(dict.fromkeys(found))


def _content(word: str) -> list[str]:
    """Cut a run of Japanese into its nouns and verbs, with their suffixes."""
    if CJK.search(word) is None:
        kept = [token for token in tokens(word) if not token.is_function_word]
        return [word] if kept else []
    found: list[str] = []
    before: Token | None = None  # what the next piece may belong to
    begin = 0
    for token in tokens(word):
        if token.is_function_word:
            before = None
            continue
        is_near = before is not None and before.end == token.begin
        if is_near and before is not None and (token.is_suffix or before.is_prefix):
            found[-1] = word[begin : token.end]
        elif not token.is_suffix:
            begin = token.begin
            found.append(word[begin : token.end])
        before = token
    return found


def _with_terms(query: Query, synonyms: Synonyms) -> Query:
    others = {word: _alternatives(word, synonyms) for word in query.words}
    terms = [_any(map(_term, (word, *others[word]))) for word in query.words]
    marked = tuple(each for word in query.words for each in _marks(word, synonyms))
    return replace(query, tsquery=_all(terms, query.without), marked=marked)


def _all(terms: Iterable[str], without: Iterable[str]) -> str:
    wanted = [term for term in terms if term]
    refused = [f"!{term}" for term in map(_term, without) if term]
    return " & ".join(wanted + refused) if wanted else ""


def _any(terms: Iterable[str]) -> str:
    ways = [term for term in terms if term]
    return ways[0] if len(ways) == 1 else f"({' | '.join(ways)})" if ways else ""


def _alternatives(word: str, synonyms: Synonyms) -> tuple[str, ...]:
    """Return a word with its synonyms put in; a Japanese run may have one in its middle."""
    found = [
        word.replace(known, other) for known in _known(word, synonyms) for other in synonyms[known]
    ]
    return tuple(dict.fromkeys(found))[:MAX_ALTERNATIVES]


def _marks(word: str, synonyms: Synonyms) -> tuple[str, ...]:
    return tuple(other for known in _known(word, synonyms) for other in synonyms[known])


def _known(word: str, synonyms: Synonyms) -> list[str]:
    if word in synonyms:
        return [word]
    return [known for known in synonyms if CJK.fullmatch(known) and known in word]


def _term(word: str) -> str:
    ways = [way for way in (_by_words(word), _by_bigrams(word)) if way]
    return f"({' | '.join(ways)})" if ways else ""


def _by_words(word: str) -> str:
    """Build the phrase of the word's Sudachi tokens, keeping the gaps between them."""
    text, last = "", None
    for token in tokens(word):
        if last is None:
            text = quote(token.form)
        else:
            text += f" <{token.position - last}> {quote(token.form)}"
        last = token.position
    return f"({text})" if text else ""


def _by_bigrams(word: str) -> str:
    """Build the same from pieces: a Latin word as a beginning, a Japanese run as a phrase of its
    bigrams.
    """
    parts = []
    for latin in LATIN.finditer(word):
        found = latin.group()
        stem = found[:-1] if len(found) > 4 and found.endswith("s") and found.isascii() else found
        parts.append(f"{quote('~' + stem)}:*" if len(found) > 2 else quote("~" + found))
    for run in CJK.finditer(word):
        characters = LONG_END.sub("", fold_kana(run.group()))
        if len(characters) == 1:
            parts.append(f"{quote('~' + characters)}:*")
        else:
            # The last character alone is in the index only at the end of a run.
            pairs = [quote(pair) for pair, _ in bigrams(characters)][:-1]
            parts.append(f"({' <-> '.join(pairs)})")
    return f"({' & '.join(parts)})" if parts else ""
