"""A list of movers as spreadsheets save it: encoding, delimiter, columns; cells without identity numbers."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from io import StringIO
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import identity_numbers

MAX_BYTES = 10 * 1000 * 1000
MAX_ROWS = 50_000
# Of so few rows nobody can say what "most" of a column is.
FEW = 5

# English column name: every header that means it. The first Norwegian one is used in messages.
COLUMNS = {
    "name": ("navn", "namn"),
    "address": ("adresse",),
    "postcode": ("postnummer", "postnr"),
    "city": ("poststed", "poststad"),
    "moved_on": ("flyttedato",),
    "birth_year": ("fødselsår", "fodselsar"),
    "household": ("husstand", "hushald"),
    "language": ("språk", "sprak"),
    "protection": (
        "adressesperre",
        "gradering",
        "adressegradering",
        "diskresjonskode",
        "adressebeskyttelse",
        "sperrekode",
        "spesreg",
    ),
}
REQUIRED = ("name", "address", "postcode", "moved_on", "birth_year")
UNPROTECTED = frozenset({"", "ugradert", "nei", "ingen", "0"})
# What registers write of those who are protected, without spaces and signs.
PROTECTED = frozenset(
    {"fortrolig", "strengtfortrolig", "strengtfortroligutland", "fortruleg", "strengtfortruleg", "fortroligadresse",
     "strengtfortroligadresse", "kode6", "kode7", "6", "7", "spsf", "spfo", "ja"}
)  # fmt: skip
# Words that drop a row wherever they stand, when it has lost a cell.
PROTECTING = ("fortrolig", "kode6", "kode7", "spsf", "spfo")

_DELIMITERS = (";", ",", "\t")
_ENGLISH = {header: column for column, headers in COLUMNS.items() for header in (column, *headers)}
# What a workbook, an archive, a picture or a PDF begins with.
_BINARY_STARTS = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z",
)
_BINARY_CHARACTERS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
# Control characters, and what only steers the direction of writing or the breaking of words.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SIGNS = re.compile(r"[\W_]+")
# A word such as "N" or "ikke gradert"; what is longer may be about somebody.
_SHORT_WORD = re.compile(r"(?=.{1,15}$)(?:[^\W\d_]+(?: [^\W\d_]+)?|[^\w\s]+)")
_LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")

_SAVE_AS_CSV = gettext_lazy("Open it in Excel, choose Save as, and then “CSV UTF-8”.")


class MoversFileError(Exception):
    """The file as a whole cannot be taken. The message says how to mend it, and quotes no row."""


class Protection(IntEnum):
    """What the protection columns of a row say. A word that nobody knows drops the row, but protects nobody here."""

    NO = 0
    UNKNOWN = 1
    YES = 2


class Reading(NamedTuple):
    """The cells of a row by English column name, and what its protection columns say."""

    cells: dict[str, str]
    protection: Protection


@dataclass(frozen=True)
class Record:
    """One row. If it has more cells than the header, it has lost its columns: it then has one reading for each
    place where the surplus may belong. Every other row has exactly one."""

    line: int
    readings: tuple[Reading, ...]
    identity_numbers: int
    surplus_is_blank: bool = False
    # What stands in the protection column of a whole row and nobody knows, if it is short enough to be repeated.
    unknown_word: str = ""


def protection_of(cell: str) -> Protection:
    """Fails closed: looks at the cell as it stands, and anything unknown drops the row."""
    word = "".join(cell.split()).casefold()
    if word in UNPROTECTED:
        return Protection.NO
    return Protection.YES if _SIGNS.sub("", word) in PROTECTED else Protection.UNKNOWN


def _slipped_protection(cells: Iterable[str]) -> Protection:
    """What a cell that may have slipped to the left says."""
    words = {cell: "".join(cell.split()).casefold() for cell in cells}
    marked = [cell for cell, word in words.items() if any(mark in word for mark in PROTECTING)]
    return max((max(Protection.UNKNOWN, protection_of(cell)) for cell in marked), default=Protection.NO)


class MoversTable:
    """The header of the file, and its rows one by one."""

    def __init__(self, content: bytes, *, no_protection_column: bool = False) -> None:
        self._text = _decode(content)
        self._delimiter, header = _header(self._text)
        cleaned = [_clean(cell) for cell in header]
        self.identity_numbers = sum(count for _cell, count in cleaned)
        self._columns = [_ENGLISH.get(_folded(name), "") for name, _count in cleaned]
        _check_columns(self._columns, no_protection_column=no_protection_column)
        self.ignored_columns = tuple(
            name[:60] for (name, _count), column in zip(cleaned, self._columns, strict=True) if name and not column
        )

    def __iter__(self) -> Iterator[Record]:
        rows = _rows(self._text, self._delimiter)
        next(rows)
        for line, cells in rows:
            yield self._record(line, cells)

    def _record(self, line: int, cells: list[str]) -> Record:
        width = len(self._columns)
        identity_numbers = sum(_clean(cell)[1] for cell in cells)
        surplus = len(cells) - width
        if surplus <= 0:
            # Spreadsheets may leave out empty cells at the end of a row.
            reading = self._reading([*cells, *[""] * -surplus])
            if surplus < 0:
                # If a cell in the middle is missing, the one that protects has slipped to the left.
                reading = Reading(reading.cells, max(reading.protection, _slipped_protection(cells)))
                return Record(line, (reading,), identity_numbers)
            return Record(line, (reading,), identity_numbers, unknown_word=self._unknown_word(cells))
        surplus_is_blank = not any(cell.strip() for cell in cells[width:])
        layouts = [
            [*cells[:i], self._delimiter.join(cells[i : i + surplus + 1]), *cells[i + surplus + 1 :]]
            for i in range(width - 1)
        ]
        layouts.append(cells[:width])
        return Record(line, tuple(map(self._reading, layouts)), identity_numbers, surplus_is_blank)

    def _reading(self, cells: list[str]) -> Reading:
        texts = {
            column: _clean(_LINE_BREAK.sub(", ", cell.strip()) if column == "address" else cell)[0]
            for column, cell in zip(self._columns, cells, strict=True)
            if column and column != "protection"
        }
        protection = max(map(protection_of, self._protection_cells(cells)), default=Protection.NO)
        return Reading(texts, protection)

    def _protection_cells(self, cells: list[str]) -> list[str]:
        return [cell for column, cell in zip(self._columns, cells, strict=True) if column == "protection"]

    def _unknown_word(self, cells: list[str]) -> str:
        unknown = (cell for cell in self._protection_cells(cells) if protection_of(cell) == Protection.UNKNOWN)
        words = (_clean(cell)[0] for cell in unknown)
        return next((word for word in words if _SHORT_WORD.fullmatch(word)), "")


def check_size(size: int) -> None:
    """To be asked before the file is read."""
    if size > MAX_BYTES:
        raise MoversFileError(
            _("The file is %(size)s MB; at most %(limit)s MB are read. If it is the right file, split it.")
            % {"size": -(-size // 1_000_000), "limit": MAX_BYTES // 1_000_000}
        )


def _decode(content: bytes) -> str:
    check_size(len(content))
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise MoversFileError(_("The file is empty. Export the list of movers again."))
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if content.startswith(_BINARY_STARTS) or (b"\x00" in content and not is_utf16):
        raise MoversFileError(_("This is not a text file. %(fix)s") % {"fix": _SAVE_AS_CSV})
    try:
        text = content.decode("utf-16") if is_utf16 else _decode_utf8_or_windows(content)
    except UnicodeDecodeError:
        raise MoversFileError(_("The letters of this file cannot be read. %(fix)s") % {"fix": _SAVE_AS_CSV}) from None
    if "\x00" in text or _BINARY_CHARACTERS.search(text, 0, 4096):
        raise MoversFileError(_("This is not a text file. %(fix)s") % {"fix": _SAVE_AS_CSV})
    return text


def _decode_utf8_or_windows(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if content.startswith(b"\xef\xbb\xbf"):
            raise
        return content.decode("cp1252")


def _header(text: str) -> tuple[str, list[str]]:
    """The delimiter under which the first row makes most sense as a header, and that row."""
    best: tuple[int, str, list[str]] = (-1, "", [])
    for delimiter in _DELIMITERS:
        try:
            _line, cells = next(_rows(text, delimiter), (0, []))
        except MoversFileError:
            continue
        known = sum(_folded(_clean(cell)[0]) in _ENGLISH for cell in cells)
        best = max(best, (known, delimiter, cells), key=lambda found: found[0])
    if best[0] < 1:
        raise MoversFileError(
            _("The first line does not name the columns. It must hold at least: %(columns)s.")
            % {"columns": ", ".join(_both_names(column) for column in REQUIRED)}
        )
    return best[1], best[2]


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds something, with the line of the file where it starts."""
    # Strict, because a quotation mark that is never closed would otherwise swallow the rows after it.
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise MoversFileError(
                _(
                    "Line %(line)s cannot be read: a quotation mark is wrong there, or a cell is far too long. "
                    "Mend it and save the file again."
                )
                % {"line": line}
            ) from None
        # Excel may say its delimiter in a line of its own.
        says_delimiter = line == 1 and delimiter.join(cells).lower().startswith("sep=")
        if not says_delimiter and any(cell.strip() for cell in cells):
            yield line, cells


def _check_columns(columns: list[str], *, no_protection_column: bool) -> None:
    if missing := [_both_names(column) for column in REQUIRED if column not in columns]:
        raise MoversFileError(
            _("The file lacks these columns: %(columns)s. Add them and save it again.")
            % {"columns": ", ".join(missing)}
        )
    doubled = [name for name in COLUMNS if name != "protection" and columns.count(name) > 1]
    if doubled:
        raise MoversFileError(
            _("The file has more than one column for: %(columns)s. Keep one of each.")
            % {"columns": ", ".join(_both_names(column) for column in doubled)}
        )
    if "protection" not in columns and not no_protection_column:
        raise MoversFileError(
            _(
                "The file has no column that shows protected addresses (%(column)s). Export it with that "
                "column. If you know that nobody in the list has a protected address, say so: tick it in the "
                "form, or give --no-protection-column."
            )
            % {"column": _both_names("protection")}
        )


def check_protection(rows: int, unknown: int, words: Iterable[str]) -> None:
    """A column of words that nobody knows says nothing of who is protected: the list is not read by guessing."""
    if unknown < FEW or unknown * 2 <= rows:
        return
    raise MoversFileError(
        _(
            "In most rows the column for protected addresses (%(column)s) holds a word that we do not know: %(words)s. "
            "Write “ugradert” in it, or nothing, for those who are not protected."
        )
        % {"column": _both_names("protection"), "words": ", ".join(words) or "?"}
    )


def _both_names(column: str) -> str:
    return f"{COLUMNS[column][0]}/{column}"


def _folded(header: str) -> str:
    folded = unicodedata.normalize("NFKC", header).casefold()
    return "_".join(folded.replace("_", " ").split())


def _clean(cell: str) -> tuple[str, int]:
    """The cell on one line without identity numbers and unseen characters, and how many numbers it held."""
    text = " ".join(_UNSEEN.sub("", cell).split())
    text, count = identity_numbers.remove(text)
    if count:
        text = " ".join(_EMPTY_BRACKETS.sub("", text).split()).lstrip(" ,;:-/)]").rstrip(" ,;:-/([")
    return text, count
