"""From data to PDF: the only place that knows Typst.

Data reaches a template as one JSON string and is never Typst source, so nothing in a name or a text can
run. Nothing is written to disk. The same data and timestamp give the same bytes on every machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
from pypdf import PdfReader, PdfWriter

from portal.documents.glyphs import BYTE_ORDER_MARK, FONT_FOLDER, undrawable
from portal.documents.shapes import LetterDocument

LETTER = "letter"
PACKING_LIST = "packing_list"
GUIDE = "guide"
POSTER = "poster"
OWN_DATA = "own_data"

TEMPLATE_FOLDER = Path(__file__).resolve().parent / "typst"
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
MOST_ADDRESS_LINES = 5
CHUNK = 100  # letters in one compile; about 300 MB of memory

# Control characters come along when people paste; archival PDFs forbid them.
_INVISIBLE = {code: None for code in (*range(0x20), *range(0x7F, 0xA0), ord(BYTE_ORDER_MARK))}
_TIDY = str.maketrans({**_INVISIBLE, "\n": "\n", "\t": " ", "\u2028": "\n", "\u2029": "\n"})
_AS_IT_IS = {"svg", "url"}  # nothing that is written on the paper

# A word longer than any column may break, and so never runs off the paper. Addresses break at their slashes.
_OVERLONG_WORD = re.compile(r"[^\s/]{30}(?=\S{5})")


class RenderError(Exception):
    """A document cannot be made; the message says what to mend, and names no person."""


def render(template: str, data: Mapping[str, object], *, timestamp: date, forgiving: bool = False) -> bytes:
    """One PDF that conforms to PDF/UA-1 and PDF/A-2a.

    A character that no font has is an error, since it may stand in a name. A `forgiving` paper goes without it: an
    emoji in a text must not take the rest away.
    """
    try:
        pdf = compiler(template, data, forgiving=forgiving).compile(
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=datetime.combine(timestamp, time(), tzinfo=UTC),
        )
    except typst.TypstError as error:
        raise RenderError(f"{template}: {error.message}") from None
    assert isinstance(pdf, bytes)
    return pdf


def compiler(template: str, data: Mapping[str, object], *, forgiving: bool = False) -> typst.Compiler:
    """A template with its data, before it is any file format."""
    return typst.Compiler(
        TEMPLATE_FOLDER / f"{template}.typ",
        root=TEMPLATE_FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_printable(data, "", forgiving), ensure_ascii=False)},
    )


def render_letters(document: LetterDocument, *, timestamp: date, chunk: int = CHUNK) -> bytes:
    """The letters in order. Up to `chunk` of them are one conforming PDF; more are joined for the printer."""
    parts = list(letter_chunks(document, timestamp=timestamp, chunk=chunk))
    return parts[0] if len(parts) == 1 else join(parts)


def letter_chunks(document: LetterDocument, *, timestamp: date, chunk: int = CHUNK) -> Iterator[bytes]:
    """The letters as conforming PDFs of `chunk` letters: a compile keeps all its pages in memory."""
    letters = document["letters"]
    if not letters:
        raise RenderError("There is no letter to print.")
    for position, letter in enumerate(letters):
        if not 1 <= len(letter["recipient_lines"]) <= MOST_ADDRESS_LINES:
            raise RenderError(f"letters[{position}].recipient_lines: an address has 1 to 5 lines.")
    for start in range(0, len(letters), chunk):
        part: LetterDocument = {**document, "letters": letters[start : start + chunk]}
        pdf = render(LETTER, part, timestamp=timestamp)
        if len(part["letters"]) == chunk:
            _forget()
        yield pdf


def page_count(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)


def join(parts: Iterable[bytes]) -> bytes:
    """The pages of several PDFs in one file. For the printer only: tags, language and standards are lost."""
    writer = PdfWriter()
    for part in parts:
        if len(writer.pages) % 2:
            writer.add_blank_page()  # the next part begins on a sheet of its own
        writer.append(BytesIO(part), import_outline=False)
    joined = BytesIO()
    writer.write(joined)
    return joined.getvalue()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT_FOLDER])


def _forget() -> None:
    """Typst keeps what it laid out for ten compiles. Ten of nothing keep a long run's memory flat."""
    for _ in range(10):
        typst.compile(b"", format="svg", font_paths=_fonts(), ignore_system_fonts=True)


def _printable(value: object, where: str, forgiving: bool) -> Any:
    """The same data with its texts fit for print."""
    if isinstance(value, str):
        return _printable_text(value, where, forgiving)
    if isinstance(value, Mapping):
        return {
            key: item if key in _AS_IT_IS else _printable(item, f"{where}.{key}".lstrip("."), forgiving)
            for key, item in value.items()
        }
    if isinstance(value, Sequence):
        return [_printable(item, f"{where}[{position}]", forgiving) for position, item in enumerate(value)]
    return value


def _printable_text(value: str, where: str, forgiving: bool) -> str:
    text = value.translate(_TIDY)
    missing = undrawable(text)
    if missing and not forgiving:
        named = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing)
        raise RenderError(f"{where}: the letter font has no {named}.")
    text = text.translate({ord(character): None for character in missing})
    return _OVERLONG_WORD.sub("\\g<0>\u200b", text)
