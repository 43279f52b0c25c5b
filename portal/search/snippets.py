"""The words around a hit, with the hits marked; everything else is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from portal.search.text import Token, stem, tokens

LENGTH = 200
BEFORE = 60
# Where the first hit is looked for; a later one shows the beginning of the text.
READ = 5_000

Test = Callable[[Token], bool]


def hits_of(stems: dict[str, bool], language: str) -> Test:
    """Whether a word of a text in this language was searched for. `stems`: each, and whether longer words count."""
    begins = tuple(each[:2] for each in stems)

    def is_hit(token: Token) -> bool:
        its_stem = stem(token.word, language)
        return its_stem.startswith(begins) and any(
            its_stem.startswith(each) if longer else its_stem == each for each, longer in stems.items()
        )

    return is_hit


def marked(text: str, is_hit: Test) -> SafeString:
    """The whole text, its hits marked."""
    return mark_safe("".join(_parts(text, is_hit)))  # noqa: S308  # each part is escaped


def snippet(text: str, is_hit: Test) -> SafeString:
    """About 200 characters of the text, around the first hit; a text no longer than that is shown whole."""
    if len(text) <= LENGTH:
        return marked(text, is_hit)
    first = next((token.start for token in tokens(text[:READ]) if is_hit(token)), 0)
    start = text.find(" ", max(0, first - BEFORE)) + 1 if first > BEFORE else 0
    start = min(start, first)
    end = len(text) if len(text) <= start + LENGTH else max(text.rfind(" ", start, start + LENGTH), first + 1)
    words = marked(text[start:end].strip(), is_hit)
    return format_html("{}{}{}", "… " if start else "", words, " …" if end < len(text) else "")


def _parts(text: str, is_hit: Test) -> Iterator[str]:
    end = 0
    for token in tokens(text):
        if is_hit(token):
            yield escape(text[end : token.start])
            yield f"<mark>{escape(text[token.start : token.end])}</mark>"
            end = token.end
    yield escape(text[end:])
