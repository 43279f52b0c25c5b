"""How easy a text is to read: LIX, the figure that plain language work in Norway uses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

# From here on a text is too hard for most newcomers.
TOO_HARD = 45
# LIX was made for Swedish and is used for languages with letters of their own for vowels. Arabic has none.
WITHOUT_LIX = frozenset({"ar"})

_markdown = MarkdownIt("commonmark", {"html": False})
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_SENTENCE_END = re.compile(r"[.!?…]+[\"»”)\]]*(?=\s+[^\s\da-zæøåäöüß]|\s*$)")
_LEVELS: list[tuple[float, str | Promise]] = [
    (30, _("very easy, like a children's book")),
    (40, _("easy")),
    (50, _("medium, like a newspaper")),
    (60, _("hard, like official papers")),
]


@dataclass(frozen=True)
class Readability:
    """`lix` is words per sentence plus the percentage of words longer than six letters; None without words."""

    words: int
    sentences: int
    long_words: int

    @property
    def lix(self) -> int | None:
        if not self.words:
            return None
        return round(self.words / self.sentences + 100 * self.long_words / self.words)

    @property
    def meaning(self) -> str | Promise:
        """In words; empty when there is nothing to judge."""
        lix = self.lix
        if lix is None:
            return ""
        return next((words for limit, words in _LEVELS if lix < limit), _("very hard, like a law"))

    @property
    def is_too_hard(self) -> bool:
        return self.lix is not None and self.lix > TOO_HARD


def has_lix(language: str) -> bool:
    return language not in WITHOUT_LIX


def readability(markdown: str) -> Readability:
    """Counts the running text: headings, code, addresses and Markdown's own signs are left out.

    Each paragraph and each point of a list ends a sentence, with or without a full stop.
    """
    words = sentences = long_words = 0
    for block in _blocks(markdown):
        for sentence in _SENTENCE_END.split(block):
            found = _WORD.findall(sentence)
            words += len(found)
            sentences += bool(found)
            long_words += sum(len(word) > 6 for word in found)
    return Readability(words, sentences, long_words)


def lix(markdown: str) -> int | None:
    """The figure alone, from about 15 to about 80."""
    return readability(markdown).lix


def _blocks(markdown: str) -> list[str]:
    blocks, in_heading = [], False
    for token in _markdown.parse(markdown):
        if token.type in {"heading_open", "heading_close"}:
            in_heading = token.type == "heading_open"
        elif token.type == "inline" and not in_heading:
            parts = [child.content if child.type == "text" else " " for child in token.children or []
                     if child.type in {"text", "softbreak", "hardbreak"}]  # fmt: skip
            blocks.append(_ADDRESS.sub(" ", "".join(parts)))
    return blocks
