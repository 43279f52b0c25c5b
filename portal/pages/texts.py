"""Texts in a person's language, or in the nearest there is."""

from __future__ import annotations

from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

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


def text_in(obj: Any, language: str, fallback: str = "nb") -> Any | None:
    """The translation row in this language, else in the fallback, else any; None when there is no text at all.

    Reads `obj.translations.all()`, so prefetch it in lists.
    """
    rows = {row.language_code: row for row in obj.translations.all()}
    other_form = {"nb": "nn", "nn": "nb"}.get(language, "")
    for code in (language, other_form, fallback, *rows):
        if code in rows:
            return rows[code]
    return None
