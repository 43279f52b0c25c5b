"""One row of a list of movers: what it says, and why it cannot be taken if it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from newcomers.matching import name_key, street_key
from newcomers.movers.table import Protection, Record

MAX_NAME_LENGTH = 200
MAX_ADDRESS_LENGTH = 200
FIRST_BIRTH_YEAR = 1900
ADULT_AGE = 18

SURPLUS_CELLS = _("The row has more cells than the header. Quote the cell that holds the delimiter.")
MISSING = _("The cell is empty.")
TOO_LONG = _("The text has %(length)s characters; at most %(limit)s fit.")
NOT_A_POSTCODE = _("A postcode has four digits.")
UNKNOWN_POSTCODE = _("There is no postcode %(postcode)s.")
OTHER_MUNICIPALITY = _("Postcode %(postcode)s belongs to %(municipality)s.")
NOT_A_DATE = _("This is not a date. Write it as 22.11.2026.")
NOT_THIS_DATE = _("%(date)s is not a date. Write it as 22.11.2026.")
FUTURE_DATE = _("%(date)s is in the future.")
NOT_A_YEAR = _("A birth year has four digits.")
IMPOSSIBLE_YEAR = _("Somebody who moved in %(moved)s cannot be born in %(year)s.")

_POSTCODE = re.compile(r"(?:no?-)?([0-9]{1,4})", re.IGNORECASE)
_MIDNIGHT = r"(?:[ T]00:00(?::00)?)?"
_NORWEGIAN_DATE = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})" + _MIDNIGHT)
_ISO_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})" + _MIDNIGHT)
# Any other cell may be somebody's name in the wrong column, so a reason does not repeat it.
_LOOKS_LIKE_A_DATE = re.compile(r"[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}")
_YEAR = re.compile(r"[0-9]{4}")
_CARE_OF = re.compile(r"(?:\bc\s?/\s?o\b|℅)[.:]?\s*", re.IGNORECASE)

_LANGUAGES = {
    word: code
    for code, words in {
        "nb": "norsk|bokmål|norsk bokmål|norwegian|no|nob",
        "nn": "nynorsk|norsk nynorsk|nno",
        "en": "engelsk|english|eng",
        "pl": "polsk|polish|pol",
        "uk": "ukrainsk|ukrainian|ukr",
        "de": "tysk|german|deu|ger",
        "ar": "arabisk|arabic|ara",
    }.items()
    for word in words.split("|")
}


class PostcodePlace(NamedTuple):
    city: str
    municipality_code: str
    municipality_name: str


class Problem(NamedTuple):
    field: str
    reason: str


class Home(NamedTuple):
    """By which a row finds those who moved with it. Empty parts are unknown."""

    household: str
    street: str
    postcode: str


@dataclass(frozen=True)
class Row:
    line: int
    protection: Protection
    # More than one when the row has lost its columns.
    homes: tuple[Home, ...]
    name: str = ""
    address: str = ""
    care_of: str = ""
    city: str = ""
    language: str = ""
    moved_on: date | None = None
    birth_year: int | None = None
    problem: Problem | None = None

    @property
    def protected(self) -> bool:
        """Whether nothing of it may be taken."""
        return self.protection != Protection.NO

    @property
    def is_adult(self) -> bool:
        return not is_child(self.moved_on, self.birth_year)

    @property
    def person(self) -> tuple[object, ...] | None:
        """Who moved where and when; None for a row without a name, which is nobody in particular."""
        if not self.name:
            return None
        home = self.homes[0]
        return (name_key(self.name), self.birth_year, home.street, home.postcode, self.moved_on)


class RowReader:
    """Knows what a row of this municipality's list may say on this day."""

    def __init__(self, municipality_code: str, postcodes: Mapping[str, PostcodePlace], on: date) -> None:
        self._municipality_code = municipality_code
        self._postcodes = postcodes
        self._on = on

    def read(self, record: Record) -> Row:
        if len(record.readings) == 1:
            return self._read(record.line, *record.readings[0])
        if record.surplus_is_blank:
            row = self._read(record.line, *record.readings[-1])
            if row.protected or not row.problem:
                return row
        return Row(
            line=record.line,
            protection=min(reading.protection for reading in record.readings),
            homes=tuple(self._home(reading.cells) for reading in record.readings),
            problem=_problem("row", SURPLUS_CELLS),
        )

    def _read(self, line: int, cells: Mapping[str, str], protection: Protection) -> Row:
        home = self._home(cells)
        name, name_care_of = split_care_of(cells["name"])
        address, care_of = _address(cells["address"])
        moved_on, date_problem = self._moved_on(cells["moved_on"])
        birth_year, year_problem = _birth_year(cells["birth_year"], moved_on)
        place = self._postcodes.get(home.postcode)
        return Row(
            line=line,
            protection=protection,
            homes=(home,),
            name=name,
            address=address,
            care_of=care_of or name_care_of,
            city=place.city if place else "",
            language=language_code(cells.get("language", "")),
            moved_on=moved_on,
            birth_year=birth_year,
            problem=_text_problem("address", address, MAX_ADDRESS_LENGTH)
            or _text_problem("address", care_of, MAX_ADDRESS_LENGTH, required=False)
            or self._postcode_problem(cells["postcode"], home.postcode, place)
            or date_problem
            or year_problem
            or _name_problem(name, name_care_of, is_child(moved_on, birth_year)),
        )

    def _home(self, cells: Mapping[str, str]) -> Home:
        postcode = _POSTCODE.fullmatch(cells["postcode"])
        return Home(
            cells.get("household", ""),
            street_key(_address(cells["address"])[0]),
            # Spreadsheets take the zeros off 0161.
            postcode[1].zfill(4) if postcode else "",
        )

    def _postcode_problem(self, cell: str, postcode: str, place: PostcodePlace | None) -> Problem | None:
        if not cell:
            return _problem("postcode", MISSING)
        if not postcode:
            return _problem("postcode", NOT_A_POSTCODE)
        if place is None:
            return _problem("postcode", UNKNOWN_POSTCODE, postcode=postcode)
        if place.municipality_code != self._municipality_code:
            return _problem("postcode", OTHER_MUNICIPALITY, postcode=postcode, municipality=place.municipality_name)
        return None

    def _moved_on(self, cell: str) -> tuple[date | None, Problem | None]:
        if not cell:
            return None, _problem("moved_on", MISSING)
        match = _NORWEGIAN_DATE.fullmatch(cell) or _ISO_DATE.fullmatch(cell)
        try:
            day = date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
        except ValueError:
            day = None
        if day is None and _LOOKS_LIKE_A_DATE.fullmatch(cell):
            return None, _problem("moved_on", NOT_THIS_DATE, date=cell)
        if day is None:
            return None, _problem("moved_on", NOT_A_DATE)
        if day > self._on:
            return None, _problem("moved_on", FUTURE_DATE, date=f"{day:%d.%m.%Y}")
        return day, None


def is_child(moved_on: date | None, birth_year: int | None) -> bool:
    """Under 18 in the year of moving."""
    return moved_on is not None and birth_year is not None and moved_on.year - birth_year < ADULT_AGE


def split_care_of(text: str) -> tuple[str, str]:
    """The text without its c/o, and with whom: "c/o Li, Storgata 1" is ("Storgata 1", "Li")."""
    match = _CARE_OF.search(text)
    if not match:
        return text, ""
    before = text[: match.start()].strip(" ,;")
    care_of, _comma, after = text[match.end() :].partition(",")
    return ", ".join(part for part in (before, after.strip(" ,;")) if part), care_of.strip()


def language_code(word: str) -> str:
    word = word.casefold()
    return _LANGUAGES.get(word, word)


def _address(cell: str) -> tuple[str, str]:
    address, care_of = split_care_of(cell)
    # "c/o Li Storgata 1": nobody can tell where the name ends, so it stays one line.
    return (address, care_of) if address else (cell, "")


def _birth_year(cell: str, moved_on: date | None) -> tuple[int | None, Problem | None]:
    if not cell:
        return None, _problem("birth_year", MISSING)
    if not _YEAR.fullmatch(cell):
        return None, _problem("birth_year", NOT_A_YEAR)
    year = int(cell)
    if moved_on and not FIRST_BIRTH_YEAR <= year <= moved_on.year:
        return None, _problem("birth_year", IMPOSSIBLE_YEAR, year=year, moved=moved_on.year)
    return year, None


def _name_problem(name: str, care_of: str, of_child: bool) -> Problem | None:
    if of_child:
        return None
    return _text_problem("name", name, MAX_NAME_LENGTH) or _text_problem(
        "name", care_of, MAX_NAME_LENGTH, required=False
    )


def _text_problem(field: str, text: str, limit: int, *, required: bool = True) -> Problem | None:
    if required and not text:
        return _problem(field, MISSING)
    if len(text) > limit:
        return _problem(field, TOO_LONG, length=len(text), limit=limit)
    return None


def _problem(field: str, reason: object, **values: object) -> Problem:
    return Problem(field, str(reason) % values if values else str(reason))
