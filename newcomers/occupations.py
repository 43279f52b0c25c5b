"""What people call their work, and its code in STYRK-08, Statistics Norway's standard of occupations.

The list and its source: newcomers/data/README.md.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from portal.search.text import fold, tokens

FILE = Path(__file__).parent / "data" / "occupations.csv"
# So many letters are looked at: what somebody does has a shorter name.
LONGEST = 200
TITLE_LANGUAGES = ("nb", "nn", "en")
# So many are offered where the words leave a choice.
MOST_CHOICES = 5
# A word with so many letters may stand within another; a name may be left off after so many.
PART_LETTERS, NAME_LETTERS = 4, 5
# Of a whole sentence, so many words are looked at for misspellings: it takes time.
MOST_WORDS = 5
# How alike two words must be to be one word misspelt, from 0 to 1.
ALIKE = 0.8


@dataclass(frozen=True)
class Occupation:
    code: str
    titles: Mapping[str, str]
    words: tuple[str, ...]

    def title(self, language: str) -> str:
        """In English where the standard is not written in the language."""
        return self.titles.get(language, self.titles["en"])


class Found(NamedTuple):
    """What some words may mean: one occupation without doubt, or the likeliest ones to choose among."""

    sure: Occupation | None = None
    choices: tuple[Occupation, ...] = ()


@cache
def occupations() -> dict[str, Occupation]:
    """All of them by code."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [
            Occupation(
                row["code"],
                {language: row[language] for language in TITLE_LANGUAGES},
                tuple(word for word in row["words"].split(";") if word),
            )
            for row in csv.DictReader(file)
        ]
    return {row.code: row for row in rows}


def title(code: str, language: str) -> str:
    """The name of a code; "" for none and for one that the standard does not have."""
    occupation = occupations().get(code)
    return occupation.title(language) if occupation else ""


def find(text: str) -> Found:
    """By its whole name first, then by its words or parts of them, then by words that look alike."""
    whole = _folded(text[:LONGEST])
    if not whole:
        return Found()
    codes = _by_name().get(whole) or _likeliest_first(_with_all(whole.split()), whole)
    if len(codes) == 1 and _is_named(codes[0], whole):
        return Found(occupations()[codes[0]])
    return Found(None, _choices(codes or _likeliest_first(_alike(whole.split()), whole)))


def codes_in(text: str) -> set[str]:
    """The occupations that are named in it, as a whole or in one word: quick, for going through many texts."""
    whole = _folded(text)
    return {code for name in (whole, *whole.split()) for code in _by_name().get(name, ())}


def _with_all(words: list[str]) -> set[str]:
    """In Norwegian, words stand within words: `mekaniker` finds `bilmekaniker`. Short ones only begin one."""
    found = [{code for known, codes in _by_word().items() if _is_part(word, known) for code in codes} for word in words]
    return set.intersection(*found)


def _is_part(word: str, known: str) -> bool:
    return word in known if len(word) >= PART_LETTERS else word == known


def _alike(words: list[str]) -> set[str]:
    near = [known for word in words[:MOST_WORDS] for known in get_close_matches(word, _by_word(), 3, ALIKE)]
    return {code for known in near for code in _by_word()[known]}


def _is_named(code: str, whole: str) -> bool:
    """Whether one of its names is this, or begins with it: the standard says `Meteorologer`, people `meteorolog`."""
    begins = len(whole) >= NAME_LETTERS
    return any(name == whole or (begins and name.startswith(whole)) for name in _names(code))


def _choices(codes: Iterable[str]) -> tuple[Occupation, ...]:
    return tuple(occupations()[code] for code in list(codes)[:MOST_CHOICES])


def _likeliest_first(codes: Iterable[str], whole: str) -> list[str]:
    """The common ones, which have everyday words; of them whose names begin with what was typed; the shorter names."""

    def rank(code: str) -> tuple[bool, bool, int, str]:
        names = _names(code)
        begins = any(name.startswith(whole) for name in names)
        return not occupations()[code].words, not begins, min(map(len, names)), code

    return sorted(codes, key=rank)


def _folded(text: str) -> str:
    return " ".join(fold(token.word) for token in tokens(text))


@cache
def _names(code: str) -> frozenset[str]:
    """Its names in all languages and its everyday words, as they are compared."""
    occupation = occupations()[code]
    return frozenset(_folded(name) for name in (*occupation.titles.values(), *occupation.words))


@cache
def _by_name() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code in occupations():
        for name in _names(code):
            found[name].append(code)
    return dict(found)


@cache
def _by_word() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, codes in _by_name().items():
        for word in name.split():
            found[word].update(codes)
    return dict(found)
