"""What is said of a place: its key facts in one query, and everything on the page about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi, gettext

from portal.municipalities.models import Municipality
from portal.page_cache import remember
from portal.statistics.charts import Chart, grouped, lying, over_time, pairs
from portal.statistics.enums import AGE_GROUPS, UNDER_20, Measure
from portal.statistics.models import PlaceFigure

# As many years as the source is asked for.
YEARS_SHOWN = 10

ByYear = Mapping[int, PlaceFigure]
Figures = Mapping[str, ByYear]


@dataclass(frozen=True)
class KeyFact:
    label: str
    value: str
    detail: str
    is_invented: bool = False


@dataclass(frozen=True)
class Source:
    """Where numbers are from, as the licence asks for it to be said."""

    table: str
    year: int
    is_invented: bool

    @classmethod
    def of(cls, figure: PlaceFigure) -> Source:
        year = figure.source_updated.year if figure.source_updated else figure.year
        return cls(figure.table, year, figure.is_invented)


@dataclass(frozen=True)
class Part:
    """A part of the page: a chart, and the same numbers as rows of a table. A row begins with what it is about."""

    chart: Chart
    rows: list[tuple[str, ...]]
    source: Source
    on: str = ""
    now: str = ""
    change: str = ""


def key_facts(municipality: Municipality) -> list[KeyFact]:
    """How many live here, how many moved in last year, and how many are young; what is not known is left out.

    In the reader's language, and kept until something changes.
    """
    return remember(f"key-facts:{municipality.pk}:{get_language()}", lambda: _key_facts(municipality))


def _key_facts(municipality: Municipality) -> list[KeyFact]:
    figures = _figures(municipality)
    facts = []
    if people := _latest(figures, Measure.POPULATION):
        facts.append(KeyFact(gettext("People live here"), grouped(people.value), _day(people.year), people.is_invented))
    if moved := _latest(figures, Measure.MOVED_IN):
        detail = gettext("in %(year)s") % {"year": moved.year}
        facts.append(KeyFact(gettext("Moved here"), grouped(moved.value), detail, moved.is_invented))
    ages = _ages(figures)
    if total := sum(figure.value for figure in ages.values()):
        young = sum(ages[measure].value for measure in UNDER_20 if measure in ages)
        some = next(iter(ages.values()))
        facts.append(
            KeyFact(gettext("Are under 20 years old"), _share(young, total), _day(some.year), some.is_invented)
        )
    return facts


def place_facts(municipality: Municipality) -> dict[str, Part | None]:
    """The parts of the page about a place, in the reader's language. One of which nothing is known is None."""
    figures = _figures(municipality)
    return {"population": _population(figures), "ages": _age_groups(figures), "moves": _moves(figures)}


def _figures(municipality: Municipality) -> Figures:
    found: dict[str, dict[int, PlaceFigure]] = defaultdict(dict)
    for figure in municipality.placefigures.order_by("year"):
        found[figure.measure][figure.year] = figure
    return {measure: dict(list(by_year.items())[-YEARS_SHOWN:]) for measure, by_year in found.items()}


def _latest(figures: Figures, measure: Measure) -> PlaceFigure | None:
    by_year = figures.get(measure, {})
    return by_year[max(by_year)] if by_year else None


def _ages(figures: Figures) -> dict[Measure, PlaceFigure]:
    """The age groups of the last year that has all of them."""
    measures = [measure for _first, measure in AGE_GROUPS]
    years = set.intersection(*(set(figures.get(measure, {})) for measure in measures))
    return {measure: figures[measure][max(years)] for measure in measures} if years else {}


def _population(figures: Figures) -> Part | None:
    by_year = figures.get(Measure.POPULATION)
    if not by_year:
        return None
    numbers = {year: figure.value for year, figure in by_year.items()}
    last = by_year[max(by_year)]
    return Part(
        chart=over_time(numbers, mirrored=get_language_bidi()),
        rows=[(str(year), grouped(numbers[year])) for year in sorted(numbers, reverse=True)],
        source=Source.of(last),
        on=_day(last.year),
        now=grouped(last.value),
        change=_change(last.value - numbers[last.year - 1]) if last.year - 1 in numbers else "",
    )


def _change(more: int) -> str:
    """How the number differs from the year before, in words."""
    if more > 0:
        words = gettext("%(number)s more than a year before")
    elif more < 0:
        words = gettext("%(number)s fewer than a year before")
    else:
        words = gettext("As many as a year before")
    return words % {"number": grouped(abs(more))}


def _age_groups(figures: Figures) -> Part | None:
    ages = _ages(figures)
    total = sum(figure.value for figure in ages.values())
    if not total:
        return None
    bars = [(str(m.label), figure.value, _share(figure.value, total)) for m, figure in ages.items()]
    some = next(iter(ages.values()))
    return Part(
        chart=lying(bars, mirrored=get_language_bidi()),
        rows=[(label, grouped(number), share) for label, number, share in bars],
        source=Source.of(some),
        on=_day(some.year),
    )


def _moves(figures: Figures) -> Part | None:
    moved_in, moved_out = figures.get(Measure.MOVED_IN, {}), figures.get(Measure.MOVED_OUT, {})
    net = figures.get(Measure.NET_MOVES, {})
    years = sorted(set(moved_in) & set(moved_out))
    if not years:
        return None
    rows = [
        (str(year), grouped(moved_in[year].value), grouped(moved_out[year].value),
         _signed(net[year].value if year in net else moved_in[year].value - moved_out[year].value))
        for year in reversed(years)
    ]  # fmt: skip
    numbers = {year: (moved_in[year].value, moved_out[year].value) for year in years}
    return Part(pairs(numbers, mirrored=get_language_bidi()), list(rows), Source.of(moved_in[years[-1]]))


def _share(part: int, whole: int) -> str:
    return gettext("%(number)s%%") % {"number": round(100 * part / whole)}


def _signed(value: int) -> str:
    """With its sign before it, also where the line is read from the right."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"\u200e{sign}{grouped(abs(value))}"


def _day(year: int) -> str:
    """The population is counted on the first of January."""
    return date_format(date(year, 1, 1))
