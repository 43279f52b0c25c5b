"""Texts in a person's language, or in the nearest there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_markdown = MarkdownIt("commonmark", {"html": False})
_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote", "hr", "code"}


def to_html(markdown: str) -> SafeString:
    """Editors' Markdown as HTML that can hold no script, style or picture."""
    html = nh3.clean(
        _markdown.render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return mark_safe(html)  # noqa: S308  # sanitised on the line above


def to_plain(markdown: str) -> str:
    """Editors' Markdown as a mail without signs shows it: paragraphs, items of lists, and where links lead."""
    blocks, mark = [], ""
    for token in _markdown.parse(markdown):
        if token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "– "
        elif token.type in {"inline", "code_block", "fence"}:
            blocks.append(mark + _plain_words(token))
            mark = ""
    return "\n\n".join(blocks)


def _plain_words(block: Token) -> str:
    words, href = "", ""
    for part in block.children or [block]:
        if part.type in {"softbreak", "hardbreak"}:
            words += "\n"
        elif part.type == "link_open":
            href = str(part.attrGet("href") or "")
        elif part.type == "link_close":
            words += "" if words.endswith(href) else f" ({href})"
        else:
            words += part.content
    return words.strip()


def text_in(obj: Any, language: str, fallback: str = "nb") -> Any | None:
    """The object's translation to show. Reads `obj.translations.all()`, so prefetch it in lists."""
    return nearest(obj.translations.all(), language, fallback)


def nearest(translations: Iterable[Any], language: str, fallback: str) -> Any | None:
    """The translation in this language, else in the other written form (English for those who read no Norwegian),
    else in the fallback, else any; None when there is none. Drafts, and what appears later, are not there yet.
    """
    rows = {row.language_code: row for row in translations if getattr(row, "is_shown", True)}
    second = {"nb": "nn", "nn": "nb"}.get(language, "en")
    for code in (language, second, fallback, *rows):
        if code in rows:
            return rows[code]
    return None
