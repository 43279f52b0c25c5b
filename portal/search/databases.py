"""What the two databases do in their own ways: which entries match, how well, and which words are spelt alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Length

from portal.search.models import SearchEntry, SearchEntryQuerySet, SearchWord
from portal.search.text import fold

# Stems this long also find longer words: barnehage finds barnehageplass.
BEGINS_FROM = 4
NEAR_WORDS = 10
# Nobody reads on after so many.
MOST_RANKED = 300


@dataclass(frozen=True)
class Term:
    """A searched word: the stems of which one must stand in a text; `begins` when longer words count too."""

    stems: tuple[str, ...]
    begins: bool = False

    def finds_longer(self, stem: str) -> bool:
        return self.begins or len(stem) >= BEGINS_FROM

    @property
    def needed(self) -> list[str]:
        """Its stems without those that another one finds too: where `bibliot` is asked for, `bibliotek` need not be."""
        finding = [stem for stem in self.stems if self.finds_longer(stem)]
        return [stem for stem in self.stems if not any(stem != other and stem.startswith(other) for other in finding)]


def matching(entries: SearchEntryQuerySet, terms: Sequence[Term], *, every: bool) -> QuerySet[SearchEntry]:
    """The entries with every term, or else with any."""
    if connection.vendor == "postgresql":
        return entries.filter(_match("vector", terms, every))
    found = [reduce(or_, (_stands("words", stem, term.finds_longer(stem)) for stem in term.needed)) for term in terms]
    return entries.filter(reduce(and_ if every else or_, found))


def best(matches: QuerySet[SearchEntry], terms: Sequence[Term]) -> QuerySet[SearchEntry]:
    """The matches that fit best, at most MOST_RANKED, each with its `rank`: the higher, the better."""
    if connection.vendor == "postgresql":
        return _best_postgresql(matches, terms)
    ranks = [_rank(term) for term in terms]
    rank: Combinable = sum(ranks[1:], start=ranks[0])
    return matches.annotate(rank=rank * F("weight"))


def near_words(municipality_id: UUID, words: Sequence[str]) -> dict[str, list[SearchWord]]:
    """For each word the known words that are spelt somewhat like it, or begin with it."""
    plain = [fold(word) for word in words]
    find = _near_postgresql if connection.vendor == "postgresql" else _near_sqlite
    found = find(municipality_id, plain)
    return {word: found.get(folded, []) for word, folded in zip(words, plain, strict=True)}


# --- PostgreSQL: full text and trigrams ---


def _match(column: str, terms: Sequence[Term], every: bool) -> RawSQL:
    matches = f"{column} @@ to_tsquery('simple', %s)"
    return RawSQL(matches, [_query(terms, every)], output_field=BooleanField())  # noqa: S611  # a column of ours


def _query(terms: Sequence[Term], every: bool) -> str:
    return (" & " if every else " | ").join(f"({_alternatives(term)})" for term in terms)


def _best_postgresql(matches: QuerySet[SearchEntry], terms: Sequence[Term]) -> QuerySet[SearchEntry]:
    """Ranking thousands takes long: those with a term in the title go first, then what counts more."""
    in_title = _match("title_vector", terms, every=False)
    ids = matches.order_by(in_title.desc(), "-weight", "pk").values("pk")[:MOST_RANKED]
    # A word of the title counts ten times one of the text.
    rank = RawSQL("ts_rank('{0.1, 0.1, 0.1, 1}', vector, to_tsquery('simple', %s))", [_query(terms, every=False)],
                  output_field=FloatField())  # fmt: skip
    return SearchEntry.objects.filter(pk__in=ids).annotate(rank=rank * F("weight"))


def _alternatives(term: Term) -> str:
    """The stems are letters and digits only."""
    return " | ".join(f"'{stem}':*" if term.finds_longer(stem) else f"'{stem}'" for stem in term.needed)


_NEAR = """
SELECT near.*, asked.word AS asked FROM unnest(%s::text[]) AS asked(word) CROSS JOIN LATERAL (
    SELECT * FROM search_searchword WHERE municipality_id = %s AND (word %% asked.word OR word LIKE asked.word || '%%')
    ORDER BY similarity(word, asked.word) DESC, word LIMIT %s
) AS near
"""


def _near_postgresql(municipality_id: UUID, words: list[str]) -> dict[str, list[SearchWord]]:
    found: dict[str, list[SearchWord]] = {}
    for row in SearchWord.objects.raw(_NEAR, [words, municipality_id, NEAR_WORDS]):
        found.setdefault(row.asked, []).append(row)  # type: ignore[attr-defined]  # a column of the statement
    return found


# --- SQLite: good enough for some thousand texts ---


def _stands(name: str, stem: str, begins: bool) -> Q:
    return Q(**{f"{name}__contains": f" {stem}" if begins else f" {stem} "})


def _rank(term: Term) -> Combinable:
    points = [("title_words", False, 10), ("title_words", True, 6), ("words", False, 2), ("words", True, 1)]
    cases = [
        When(reduce(or_, (_stands(name, stem, begins and term.finds_longer(stem)) for stem in term.needed)), then=score)
        for name, begins, score in points
    ]
    return Case(*cases, default=Value(0.0), output_field=FloatField())


def _near_sqlite(municipality_id: UUID, words: list[str]) -> dict[str, list[SearchWord]]:
    lengths = reduce(or_, (Q(length__range=(len(word) - 2, len(word) + 2)) for word in words))
    beginnings = reduce(or_, (Q(word__startswith=word) for word in words))
    known = SearchWord.objects.filter(municipality=municipality_id).annotate(length=Length("word"))
    by_word: dict[str, list[SearchWord]] = {}
    for row in known.filter(lengths | beginnings):
        by_word.setdefault(row.word, []).append(row)
    return {word: [row for near in _spelt_like(word, by_word) for row in by_word[near]] for word in words}


def _spelt_like(word: str, known: Iterable[str]) -> list[str]:
    longer = [other for other in known if other.startswith(word)]
    return [*longer[:NEAR_WORDS], *get_close_matches(word, known, NEAR_WORDS, 0.7)]
