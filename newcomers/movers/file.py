"""Reads a list of movers: which households it holds, and which rows cannot be taken and why.

Nothing here touches the database, so a protected row or an identity number never comes near it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from newcomers.matching import address_key, name_key
from newcomers.movers.rows import Home, PostcodePlace, Row, RowReader
from newcomers.movers.table import (
    MAX_BYTES,
    MAX_ROWS,
    MoversFileError,
    MoversTable,
    Protection,
    check_protection,
    check_size,
)

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "MovedAdult",
    "MovedHousehold",
    "MoversFile",
    "MoversFileError",
    "PostcodePlace",
    "RefusedRow",
    "check_size",
    "parse_movers",
]

SAME_MOVE = timedelta(days=14)


@dataclass(frozen=True)
class MovedAdult:
    name: str
    birth_year: int
    line: int


@dataclass(frozen=True)
class MovedHousehold:
    address: str
    care_of: str
    postcode: str
    city: str
    moved_in_on: date
    language: str
    adults: tuple[MovedAdult, ...]
    child_birth_years: tuple[int, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, order=True)
class RefusedRow:
    line: int
    field: str
    reason: str


class ProtectedPerson(NamedTuple):
    """By which a household we know already is found in memory. Never stored, shown or searched for."""

    birth_year: int | None
    address_key: str


@dataclass(frozen=True)
class MoversFile:
    rows: int
    households: tuple[MovedHousehold, ...]
    refused: tuple[RefusedRow, ...]
    protected_dropped: int
    identity_numbers_dropped: int
    ignored_columns: tuple[str, ...]
    # Of the dropped rows those that a word dropped which we do not know, and the words that more than one row has.
    unknown_protection: int = 0
    unknown_words: tuple[str, ...] = ()
    # Those whom a word that we know protects, by name key.
    protected: Mapping[str, Sequence[ProtectedPerson]] = field(default_factory=dict, repr=False)


def parse_movers(
    content: bytes,
    *,
    municipality_code: str,
    postcodes: Mapping[str, PostcodePlace],
    on: date,
    no_protection_column: bool = False,
) -> MoversFile:
    """Raises MoversFileError when the file as a whole cannot be taken."""
    table = MoversTable(content, no_protection_column=no_protection_column)
    reader = RowReader(municipality_code, postcodes, on)
    identity_numbers = table.identity_numbers
    rows: list[Row] = []
    words: Counter[str] = Counter()
    for record in table:
        if len(rows) == MAX_ROWS:
            raise MoversFileError(_("The file has more than %(limit)s rows. Split it in two.") % {"limit": MAX_ROWS})
        identity_numbers += record.identity_numbers
        words[record.unknown_word] += 1
        rows.append(reader.read(record))
    if not rows:
        raise MoversFileError(_("The file has a header but no rows. Export the list of movers again."))
    unknown_words = _repeated(words)
    check_protection(len(rows), sum(row.protection == Protection.UNKNOWN for row in rows), unknown_words)
    protected = _lines_beside(rows, [row for row in rows if row.protected])
    for_sure = _lines_beside(rows, [row for row in rows if row.protection == Protection.YES])
    households, refused = _settle([row for row in rows if row.line not in protected])
    return MoversFile(
        rows=len(rows),
        households=tuple(sorted(households, key=lambda household: household.lines)),
        refused=tuple(sorted(refused)),
        protected_dropped=len(protected),
        identity_numbers_dropped=identity_numbers,
        ignored_columns=table.ignored_columns,
        unknown_protection=len(protected - for_sure),
        unknown_words=unknown_words,
        protected=_persons(row for row in rows if row.line in for_sure and row.name),
    )


def _repeated(words: Counter[str]) -> tuple[str, ...]:
    """A word of one row alone may be about somebody, and is not repeated."""
    return tuple(word for word, rows in words.most_common(6) if word and rows > 1)


def _persons(rows: Iterable[Row]) -> dict[str, list[ProtectedPerson]]:
    found: dict[str, list[ProtectedPerson]] = defaultdict(list)
    for row in rows:
        address = address_key(row.address, row.homes[0].postcode) if row.address else ""
        found[name_key(row.name)].append(ProtectedPerson(row.birth_year, address))
    return dict(found)


class _Places:
    """Addresses with a line each. One without a readable postcode may be any with the same street line."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], int] = {}
        self._streets: dict[str, int] = {}

    def add(self, home: Home, line: int) -> None:
        if home.street:
            self._lines.setdefault((home.street, home.postcode), line)
            self._streets.setdefault(home.street, line)

    def line_at(self, home: Home) -> int | None:
        if not home.postcode:
            return self._streets.get(home.street)
        return self._lines.get((home.street, home.postcode)) or self._lines.get((home.street, ""))


def _lines_beside(rows: list[Row], marked: list[Row]) -> set[int]:
    """The lines of everybody who may live with one of the marked, themselves included."""
    if not marked:
        return set()
    households = {home.household for row in marked for home in row.homes if home.household}
    persons = {row.person for row in marked if row.person}
    every_row, rows_without_household = _Places(), _Places()
    for row in marked:
        for home in row.homes:
            rows_without_household.add(home, row.line)
            if not home.household:
                every_row.add(home, row.line)

    def lives_there(home: Home) -> bool:
        places = every_row if home.household else rows_without_household
        return places.line_at(home) is not None

    dropped = {row.line for row in rows if row.person in persons or any(map(lives_there, row.homes))}
    dropped.update(row.line for row in marked)
    households.update(home.household for row in rows if row.line in dropped for home in row.homes)
    households.discard("")
    return dropped | {row.line for row in rows if any(home.household in households for home in row.homes)}


def _settle(rows: list[Row]) -> tuple[list[MovedHousehold], list[RefusedRow]]:
    """Takes each household whole or not at all."""
    groups = list(_groups(rows))
    repeats = _repeats(groups)
    stray_rows = _StrayRows(rows)
    households, refused = [], []
    for group in groups:
        taken = []
        blamed = stray_rows.in_household(group[0].homes[0])
        for row in group:
            if row.problem:
                refused.append(RefusedRow(row.line, *row.problem))
                blamed = min(blamed or row.line, row.line)
            elif row.line in repeats:
                reason = _("The row repeats line %(line)s.") % {"line": repeats[row.line]}
                refused.append(RefusedRow(row.line, "name", reason))
            else:
                taken.append(row)
        if reason := _reason_against_household(taken, blamed):
            refused += [RefusedRow(row.line, "household", reason) for row in taken]
        elif taken:
            households.append(_household(taken))
    return households, refused


def _reason_against_household(rows: list[Row], blamed: int | None) -> str:
    if blamed:
        return _("Line %(line)s of the same household was refused, and a household is taken whole or not at all.") % {
            "line": blamed
        }
    if not any(row.is_adult for row in rows):
        return _("The household has no adult.")
    return ""


def _repeats(groups: list[list[Row]]) -> dict[int, int]:
    """Lines that say again what an earlier line said, and that line. Children without names may be twins."""
    first: dict[object, int] = {}
    repeats = {}
    numbered = [(row, number) for number, group in enumerate(groups) for row in group]
    for row, group_number in sorted(numbered, key=lambda pair: pair[0].line):
        if row.problem or not row.person:
            continue
        keys: list[object] = [row.person]
        if row.is_adult:
            keys.append((group_number, name_key(row.name), row.birth_year))
        earlier = next((first[key] for key in keys if key in first), None)
        if earlier is not None:
            repeats[row.line] = earlier
        for key in keys:
            first.setdefault(key, row.line)
    return repeats


class _StrayRows:
    """Refused rows that may belong to one of several households: each of those must wait for them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._places = _Places()
        self._households: dict[str, int] = {}
        for row in filter(_is_stray, rows):
            for home in row.homes:
                if home.household:
                    self._households.setdefault(home.household, row.line)
                else:
                    self._places.add(home, row.line)

    def in_household(self, home: Home) -> int | None:
        return self._households.get(home.household) if home.household else self._places.line_at(home)


def _is_stray(row: Row) -> bool:
    home = row.homes[0]
    found_by_address = home.street and home.postcode and row.moved_on
    return len(row.homes) > 1 or not (home.household or found_by_address)


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows of one household each; a stray row is alone."""
    by_household: dict[str, list[Row]] = defaultdict(list)
    by_address: dict[Home, list[tuple[date, int, Row]]] = defaultdict(list)
    for row in rows:
        home = row.homes[0]
        if _is_stray(row):
            yield [row]
        elif home.household:
            by_household[home.household].append(row)
        elif row.moved_on:
            by_address[home].append((row.moved_on, row.line, row))
    yield from by_household.values()
    for moves in by_address.values():
        yield from _moves_together(moves)


def _moves_together(moves: list[tuple[date, int, Row]]) -> Iterator[list[Row]]:
    """Splits those who came to one address into moves, each within 14 days of its first date."""
    group: list[Row] = []
    first = date.min
    for moved_on, _line, row in sorted(moves, key=lambda move: move[:2]):
        if group and moved_on - first > SAME_MOVE:
            yield group
            group = []
        if not group:
            first = moved_on
        group.append(row)
    yield group


def _household(rows: list[Row]) -> MovedHousehold:
    rows = sorted(rows, key=lambda row: row.line)
    adults = [row for row in rows if row.is_adult]
    return MovedHousehold(
        address=adults[0].address,
        care_of=adults[0].care_of,
        postcode=adults[0].homes[0].postcode,
        city=adults[0].city,
        moved_in_on=min(row.moved_on for row in rows if row.moved_on),
        language=adults[0].language,
        adults=tuple(MovedAdult(row.name, row.birth_year or 0, row.line) for row in adults),
        child_birth_years=tuple(sorted(row.birth_year or 0 for row in rows if not row.is_adult)),
        lines=tuple(row.line for row in rows),
    )
