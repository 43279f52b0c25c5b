"""From what somebody typed to what they looked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher

from django.db.models import BooleanField, Case, Count, Exists, F, Q, QuerySet, Value, When
from django.utils.safestring import SafeString

from portal.municipalities.models import Municipality
from portal.search import databases, sources
from portal.search.databases import MOST_RANKED, Term
from portal.search.models import SearchEntry, SearchWord
from portal.search.snippets import hits_of, marked, snippet
from portal.search.text import Token, fold, stems_in_any_language, tokens

PER_PAGE = 20
LONGEST_QUERY = 200
MOST_WORDS = 12
# A word in more of the texts than this says nothing about what is looked for.
COMMON = 0.3
SHORTEST_MISSPELT = 4
SHORTEST_BEGINNING = 3
ALIKE = 0.72
# A word of another language is seldom what was meant: it has to be more alike.
ALIKE_ABROAD = 0.8
# As many letters too many or too few.
MISSED_LETTERS = 2


@dataclass(frozen=True)
class Hit:
    """A thing that was found, as the page shows it."""

    kind: str
    title: SafeString
    snippet: SafeString
    url: str
    language: str


@dataclass(frozen=True)
class Found:
    """What was found, and what the reader should know about how."""

    total: int = 0
    number: int = 1
    hits: list[Hit] = field(default_factory=list)
    # The query as it was understood, when words of it were corrected.
    corrected: str = ""
    # No text has all the words; these have some.
    some_words: bool = False
    # There was nothing in the reader's language; this is the language of what was found.
    other_language: str = ""


@dataclass(frozen=True)
class _Query:
    terms: list[Term]
    corrected: str = ""

    @property
    def stems(self) -> dict[str, bool]:
        return {stem: term.finds_longer(stem) for term in self.terms for stem in term.stems}


def clean(typed: str) -> tuple[str, bool]:
    """The query on one line without control characters, and whether it was too long and is cut."""
    start = typed[: LONGEST_QUERY * 4]
    visible = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in start)
    query = " ".join(visible.split())
    return query[:LONGEST_QUERY].rstrip(), len(query) > LONGEST_QUERY


def find(municipality: Municipality, language: str, query: str, *, page: int, on: date) -> Found:
    """The page of that number (the last one if there are not so many) for a reader of the language."""
    understood = _understand(municipality, language, query)
    if not understood.terms:
        return Found()
    entries = municipality.searchentrys.shown(on)
    for every in (True, False) if len(understood.terms) > 1 else (True,):
        matches = databases.matching(entries, understood.terms, every=every)
        chosen, total, other_language = _in_one_language(matches, municipality, language)
        if total:
            found = Found(corrected=understood.corrected, some_words=not every, other_language=other_language)
            return _page(found, chosen, understood, total, page, municipality, language, on)
    return Found()


# --- What is meant ---


def _understand(municipality: Municipality, language: str, query: str) -> _Query:
    """The words that say something, misspelt ones replaced by those that were probably meant."""
    found = list({fold(token.word): token for token in tokens(query)}.values())[:MOST_WORDS]
    stems = {token.word: stems_in_any_language(token.word) for token in found}
    known = _known(municipality, {stem for each in stems.values() for stem in each})
    shares = {word: [share for stem in its for share in known.get(stem, {}).values()] for word, its in stems.items()}
    meant = _meant(municipality, language, [word for word, its in shares.items() if not its])
    terms = {word: meant.get(word) or Term(its, begins=_may_go_on(its, known, language)) for word, its in stems.items()}
    telling = [
        word for word in terms if max(shares[word], default=0) <= COMMON and (len(word) > 1 or not word.isascii())
    ]
    return _Query([terms[word] for word in telling or terms], _corrected(query, found, meant))


def _known(municipality: Municipality, stems: Iterable[str]) -> dict[str, dict[str, float]]:
    """Of the stems that stand in some text, how common each is in which language."""
    known: dict[str, dict[str, float]] = {}
    rows = municipality.searchwords.filter(stem__in=list(stems)).order_by()
    for stem, language, share in rows.values_list("stem", "language", "share").distinct():
        known.setdefault(stem, {})[language] = share
    return known


def _may_go_on(stems: Iterable[str], known: dict[str, dict[str, float]], language: str) -> bool:
    """Whether a word that the reader's language does not have may be the beginning of one."""
    return not any(language in known.get(stem, {}) for stem in stems) and min(map(len, stems)) >= SHORTEST_BEGINNING


@dataclass(frozen=True)
class _Meant(Term):
    written: str = ""


def _meant(municipality: Municipality, language: str, unknown: Sequence[str]) -> dict[str, _Meant]:
    """For misspelt words the likeliest of the known ones. One that begins a known word is no mistake."""
    words = [word for word in unknown if len(fold(word)) >= SHORTEST_MISSPELT]
    if not words:
        return {}
    meant = {}
    for word, near in databases.near_words(municipality.pk, words).items():
        folded = fold(word)
        if any(row.word.startswith(folded) for row in near):
            continue
        likely = [row for row in near if _may_be_meant(folded, row, language)]
        best = max(likely, key=lambda row: _likeness(folded, row, language), default=None)
        if best:
            meant[word] = _Meant((best.stem,), written=best.written)
    return meant


def _may_be_meant(word: str, row: SearchWord, language: str) -> bool:
    needed = ALIKE if row.language == language else ALIKE_ABROAD
    return abs(len(row.word) - len(word)) <= MISSED_LETTERS and _likeness(word, row, language)[0] >= needed


def _likeness(word: str, row: SearchWord, language: str) -> tuple[float, bool, float]:
    """How alike they are; among equals the reader's language, then the commoner word."""
    alike = round(SequenceMatcher(None, word, row.word).ratio(), 2)
    return alike, row.language == language, row.share


def _corrected(query: str, found: list[Token], meant: dict[str, _Meant]) -> str:
    if not meant:
        return ""
    corrected = query
    for token in reversed(found):
        if token.word in meant:
            corrected = corrected[: token.start] + meant[token.word].written + corrected[token.end :]
    return corrected


# --- What is shown ---


def _in_one_language(
    matches: QuerySet[SearchEntry], municipality: Municipality, language: str
) -> tuple[QuerySet[SearchEntry], int, str]:
    """The matches in the reader's language, else in the main one, else in another; how many; and which other.

    What is written in one language only is for everyone, and stands among them.
    """
    rows = matches.order_by().values("language", "written_once").annotate(number=Count("pk"))
    once = sum(row["number"] for row in rows if row["written_once"])
    counts = {row["language"]: row["number"] for row in rows if not row["written_once"]}
    order = [language, municipality.main_language, *municipality.languages, *sorted(counts)]
    chosen = next((code for code in order if code in counts), language)
    entries = matches.filter(Q(language=chosen) | Q(written_once=True))
    total = counts.get(chosen, 0) + once
    return entries, total, "" if chosen == language else chosen


def _page(
    found: Found, matches: QuerySet[SearchEntry], query: _Query, total: int, page: int, municipality: Municipality,
    language: str, on: date,
) -> Found:  # fmt: skip
    number = min(max(page, 1), -(-min(total, MOST_RANKED) // PER_PAGE))
    start = (number - 1) * PER_PAGE
    ranked = databases.best(matches, query.terms).order_by(F("rank").desc(), "title", "pk")
    entries = ranked.annotate(is_public=_is_public(on)).defer("words", "title_words")[start : start + PER_PAGE]
    hits = [_hit(entry, query, municipality, language) if entry.is_public else None for entry in entries]
    shown = [hit for hit in hits if hit]
    left = total - len(hits) + len(shown)
    return replace(found, total=left, number=number, hits=shown) if left else Found()


def _is_public(on: date) -> Case:
    """Whether the public may read an entry at this moment. The databases ask it of the page's entries alone."""
    asked = [When(kind=source.kind, then=Exists(source.shown(on))) for source in sources.every() if source.shown]
    return Case(*asked, default=Value(True), output_field=BooleanField())


def _hit(entry: SearchEntry, query: _Query, municipality: Municipality, language: str) -> Hit:
    is_hit = hits_of(query.stems, entry.language)
    return Hit(
        kind=entry.kind,
        title=marked(entry.title, is_hit),
        snippet=snippet(entry.text, is_hit),
        url=entry.path(municipality, language),
        language=entry.language,
    )
