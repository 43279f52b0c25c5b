"""The three tables that are shown: what to ask Statistics Norway for, and what its answers mean.

The codes of what is counted are read from each table when it is loaded; here stand only the words to know them by.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.statistics.enums import Measure, age_group
from portal.statistics.jsonstat import BadAnswer, cells, dimensions, extension, labels

REGION, CONTENTS, YEAR, AGE = "Region", "ContentsCode", "Tid", "Alder"
# Series in today's borders, where a table has them: else a municipality with a new number has no past.
TODAYS_BORDERS = ("agg_KommSummerHist", "agg_KommSummer")

# The number of each measure and year; None where the source has none.
Figures = dict[tuple[Measure, int], int | None]


@dataclass(frozen=True)
class Table:
    """A table of the source: its number, how many years to ask for, and the words each measure is known by."""

    number: str
    years: int
    words: dict[Measure, tuple[str, ...]] = field(default_factory=dict)
    by_age: bool = False

    def measures(self, dataset: Mapping[str, Any]) -> dict[str, Measure]:
        """Which code stands for which measure: by code if it is one we know, else by how its label begins."""
        found = labels(dataset, CONTENTS)
        return {self._code(found, words): measure for measure, words in self.words.items()}

    def _code(self, found: Mapping[str, str], words: tuple[str, ...]) -> str:
        for word in words:
            if word in found:
                return word
        for word in words:
            for code, label in found.items():
                if label.lower().startswith(word.lower()):
                    return code
        raise BadAnswer(f"None of {', '.join(found)} is what we call {words[0]}.")

    def query(self, metadata: Mapping[str, Any], regions: Collection[str], codelist: str | None) -> dict[str, str]:
        """The parameters that ask for these regions. A dimension we do not know must be one that can be left out."""
        asked = {
            REGION: ",".join(regions),
            CONTENTS: ",".join(self.measures(metadata)),
            YEAR: f"top({self.years})",
        }
        if self.by_age:
            asked[AGE] = "*"
        for name in set(dimensions(metadata)) - set(asked):
            if not extension(metadata, name).get("elimination"):
                raise BadAnswer(f"The table has a dimension {name!r} that cannot be left out.")
        chosen = {f"valueCodes[{name}]": codes for name, codes in asked.items()}
        if codelist:
            chosen |= {f"codelist[{REGION}]": codelist, f"outputValues[{REGION}]": "aggregated"}
        return chosen

    def read(self, dataset: Mapping[str, Any]) -> dict[str, Figures]:
        """The figures of each municipality, by its code. A sum of which a part is missing is missing."""
        measures = self.measures(dataset)
        found: dict[str, Figures] = defaultdict(dict)
        for codes, number in cells(dataset):
            measure, municipality = self._measure(measures, codes), municipality_code(codes.get(REGION, ""))
            if measure is None or municipality is None:
                continue
            key, figures = (measure, _year(codes)), found[municipality]
            before = figures.get(key, 0)
            figures[key] = None if number is None or before is None else before + round(number)
        return {code: _without_empty_years(figures) for code, figures in found.items()}

    def _measure(self, measures: Mapping[str, Measure], codes: Mapping[str, str]) -> Measure | None:
        measure = measures.get(codes.get(CONTENTS, ""))
        if measure is None or not self.by_age:
            return measure
        age = re.fullmatch(r"(\d{1,3})\+?", codes.get(AGE, ""))
        return age_group(int(age[1])) if age else None


POPULATION = Table("06913", years=10, words={Measure.POPULATION: ("Folkemengde", "Personer")})
AGES = Table("07459", years=1, words={Measure.POPULATION: ("Personer1", "Personer", "Folkemengde")}, by_age=True)
MOVES = Table(
    "09588",
    years=10,
    words={
        Measure.MOVED_IN: ("Innflytting",),
        Measure.MOVED_OUT: ("Utflytting",),
        Measure.NET_MOVES: ("Netto", "Nettoinnflytting"),
    },
)
TABLES = (POPULATION, AGES, MOVES)


def codelist_of(metadata: Mapping[str, Any]) -> str | None:
    """The list of regions in today's borders, if the table has one."""
    about = extension(metadata, REGION)
    lists = about.get("codelists") or about.get("codeLists") or []
    offered = {entry.get("id") for entry in lists if isinstance(entry, dict)} if isinstance(lists, list) else set()
    return next((name for name in TODAYS_BORDERS if name in offered), None)


def municipality_code(region: str) -> str | None:
    """3324 of K-3324, K_3324 or 3324; None for counties, districts and the country."""
    found = re.fullmatch(r"(?:K[-_])?(\d{4})", region)
    return found[1] if found else None


def _year(codes: Mapping[str, str]) -> int:
    year = codes.get(YEAR, "")
    if not re.fullmatch(r"[12]\d{3}", year):
        raise BadAnswer(f"{year!r} is no year.")
    return int(year)


def _without_empty_years(figures: Figures) -> Figures:
    """Before a municipality was there the source says nobody lived in it; such a year is left out."""
    lived_in = {year for (_measure, year), number in figures.items() if number}
    return {key: number for key, number in figures.items() if key[1] in lived_in}
