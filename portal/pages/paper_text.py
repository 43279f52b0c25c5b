"""Editors' Markdown for paper: the parts it has on the site, as plain data, each link with its address in letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from portal.documents.shapes import TextBlock, TextRun

_markdown = MarkdownIt("commonmark", {"html": False})
_SCHEMES = {"http", "https", "mailto", "tel"}
_BEFORE_THE_NAME = re.compile(r"^(https?://(www\.)?|mailto:|tel:|www\.)", re.IGNORECASE)


def blocks_of(markdown: str) -> list[TextBlock]:
    """Headings, paragraphs, lists and quotes. Pictures and rules are left out, as paper has no use for them here."""
    return _blocks(SyntaxTreeNode(_markdown.parse(markdown)).children)


def printed_address(url: str) -> str:
    """An address as one would read it out: "helsenorge.no", not "https://www.helsenorge.no/"."""
    return _BEFORE_THE_NAME.sub("", url).rstrip("/")


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> list[TextBlock]:
    return [block for node in nodes for block in _block(node)]


def _block(node: SyntaxTreeNode) -> list[TextBlock]:
    if node.type in {"heading", "paragraph"}:
        runs = _runs(node.children)
        return [_new_block(node.type, runs=runs)] if runs else []
    if node.type in {"bullet_list", "ordered_list"}:
        items = [_blocks(item.children) for item in node.children]
        first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
        return [_new_block("list", items=items, first=first)]
    if node.type == "blockquote":
        return [_new_block("quote", items=[_blocks(node.children)])]
    if node.type in {"fence", "code_block"}:
        return [_new_block("paragraph", runs=[_run(node.content.rstrip("\n"))])]
    return []


def _new_block(
    kind: str, *, runs: Sequence[TextRun] = (), items: Sequence[list[TextBlock]] = (), first: int = 0
) -> TextBlock:
    return {"kind": kind, "runs": list(runs), "first": first, "items": list(items)}


def _run(text: str, *, bold: bool = False, italic: bool = False, url: str = "") -> TextRun:
    return {"text": text, "bold": bold, "italic": italic, "url": url}


def _runs(nodes: Sequence[SyntaxTreeNode], *, bold: bool = False, italic: bool = False, url: str = "") -> list[TextRun]:
    runs: list[TextRun] = []
    for node in nodes:
        if node.type == "softbreak":
            runs.append(_run(" ", bold=bold, italic=italic, url=url))
        elif node.type == "hardbreak":
            runs.append(_run("\n"))
        elif node.type == "link":
            runs += _link(node, bold=bold, italic=italic)
        elif node.type == "image":
            continue
        elif node.children:
            inner = {"bold": bold or node.type == "strong", "italic": italic or node.type == "em"}
            runs += _runs(node.children, **inner, url=url)
        elif node.content:
            runs.append(_run(node.content, bold=bold, italic=italic, url=url))
    return runs


def _link(node: SyntaxTreeNode, *, bold: bool, italic: bool) -> list[TextRun]:
    """The words, and after them where they lead, unless the words are the address."""
    url = str(node.attrs.get("href", ""))
    if urlsplit(url).scheme.lower() not in _SCHEMES:
        return _runs(node.children, bold=bold, italic=italic)
    runs = _runs(node.children, bold=bold, italic=italic, url=url)
    address = printed_address(url)
    if printed_address("".join(run["text"] for run in runs)).casefold() != address.casefold():
        runs.append(_run(f" ({address})"))
    return runs
