"""Words as search compares them: small letters, one spelling of the special ones, without endings.

Everything is done here and not by the database, so that both databases find the same.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import snowballstemmer
from markdown_it import MarkdownIt

# Longer ones are addresses and rubbish, which nobody types; folded, a ligature becomes several letters.
LONGEST_WORD, LONGEST_FOLDED = 40, 80

# A letter or digit with the marks that belong to it (accents, Arabic vowels).
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]*)+")
_LETTERS = str.maketrans({"æ": "ae", "ä": "ae", "ø": "o", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
_STEMMERS = {"nb": "norwegian", "nn": "norwegian", "en": "english", "de": "german", "pl": "polish", "ar": "arabic"}
# Their endings have no special letters: folded first, `Ålesund` and `Aalesund` end alike.
_FOLDED_FIRST = {"nb", "nn", "en"}

_markdown = MarkdownIt("commonmark", {"html": False})
_own = threading.local()  # a stemmer keeps the word it works on


@dataclass(frozen=True)
class Token:
    """A word and where it stands in its text."""

    word: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    for match in _WORD.finditer(text):
        if match.end() - match.start() <= LONGEST_WORD and 0 < len(fold(match[0])) <= LONGEST_FOLDED:
            yield Token(match[0], match.start(), match.end())


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """A word in plain small letters: Ål, Aal and al are one; so are ø, oe and o, æ and ae, é and e."""
    plain = unicodedata.normalize("NFC", word.casefold()).translate(_LETTERS)
    # Twice, because a letter taken apart may hold another that has a spelling of its own.
    for _time in range(2):
        parts = unicodedata.normalize("NFKD", plain).casefold().translate(_LETTERS)
        plain = "".join(letter for letter in parts if letter.isalnum())
    return re.sub(r"oe+", "o", re.sub(r"aa+", "a", plain))


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The word without its ending, folded. Where the library knows no endings (Ukrainian), the folded word."""
    name = _STEMMERS.get(language)
    if name is None:
        return fold(word)
    if language in _FOLDED_FIRST:
        return str(_stemmer(name).stemWord(fold(word)))
    return fold(_stemmer(name).stemWord(word.casefold())) or fold(word)


def stems(text: str, language: str) -> list[str]:
    """The stems of a text's words, in their order."""
    return [stem(token.word, language) for token in tokens(text)]


def stems_in_any_language(word: str) -> tuple[str, ...]:
    """A searched word as each language would shorten it: nobody says in which language they search."""
    return tuple(dict.fromkeys([*(stem(word, language) for language in _STEMMERS), fold(word)]))


def plain(markdown: str) -> str:
    """The words of a Markdown text in one line, without signs and addresses."""
    blocks = [block for block in _markdown.parse(markdown) if block.type in {"inline", "code_block", "fence"}]
    return " ".join(" ".join(_words_of(block).split()) for block in blocks)


def _words_of(block: Any) -> str:
    if not block.children:
        return str(block.content)
    return "".join(part.content if part.type in {"text", "code_inline"} else " " * (part.type in _BREAKS)
                   for part in block.children)  # fmt: skip


_BREAKS = {"softbreak", "hardbreak"}


def _stemmer(name: str) -> Any:
    if not hasattr(_own, name):
        setattr(_own, name, snowballstemmer.stemmer(name))
    return getattr(_own, name)
