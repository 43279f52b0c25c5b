"""Whom the municipality reaches: of each group, how many got in touch with somebody, a host, a letter, a package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from newcomers.models import Household, Person, WayIn
from portal import clock, registry
from portal.municipalities.models import Municipality
from welcome.insight.segments import DIMENSIONS, Dimension, Facts, Words, ways_in
from welcome.insight.suppression import HOUSEHOLDS, TOTAL, Cell, Pair, Table, guarded_cells, hidden_cells

PERIODS: dict[str, Words] = {
    "year": _("this year so far"),
    "12": _("the last 12 months"),
    "24": _("the last 24 months"),
}


@dataclass(frozen=True)
class Count:
    """A number with its share of the row's households; None where it is not shown."""

    value: int | None
    share: float | None = None


@dataclass(frozen=True)
class Line:
    title: Words
    counts: Sequence[Count]


@dataclass(frozen=True)
class Segments:
    """One dimension's table: its lines, each with the households and then every kind of reach."""

    key: str
    title: Words
    lines: Sequence[Line]


@dataclass(frozen=True)
class Report:
    start: date
    until: date
    columns: Sequence[tuple[str, Words]]
    total: Line
    segments: Sequence[Segments]

    @property
    def is_empty(self) -> bool:
        return self.total.counts[0].value == 0


def start_of(period: str, on: date) -> date:
    """The first day that counts; the period ends `on`."""
    if period == "year":
        return date(on.year, 1, 1)
    return clock.add_months(on, -int(period)) + timedelta(days=1)


def households(places: Iterable[Municipality], start: date, until: date) -> QuerySet[Household]:
    """Those who came in the period: moved in, or told us then that they think of it. Never a protected one."""
    moved = Q(moved_in_on__range=(start, until))
    told = (Q(moved_in_on=None) | Q(moved_in_on__gt=until)) & Q(created_at__date__range=(start, until))
    return Household.objects.shown().filter(moved | told, municipality__in=list(places))


def report(places: Sequence[Municipality], period: str, on: date) -> Report:
    """The same two queries for one municipality and for a region, however many households there are."""
    start, kinds = start_of(period, on), registry.reach_kinds()
    names = {
        str(pk): name if len(places) == 1 else f"{name} ({place})"
        for pk, name, place in WayIn.objects.filter(municipality__in=places).values_list(
            "pk", "name", "municipality__name"
        )
    }
    dimensions = [*DIMENSIONS, ways_in(names)]
    columns = [HOUSEHOLDS, *(kind.name for kind in kinds)]
    tables = _tables(_facts(households(places, start, on), kinds, on), dimensions, columns)
    segments = []
    for dimension in dimensions:
        table, hidden = _region(tables[dimension.key], dimension, columns)
        lines = [_line(title, row, table, hidden) for row, title in dimension.rows.items() if row in table]
        segments.append(Segments(dimension.key, dimension.title, lines))
    # The total is the same whichever way they are divided; what one way must hide, all hide.
    total = _line(_("all"), TOTAL, *_region(tables["situation"], dimensions[0], columns))
    return Report(start, on, [(HOUSEHOLDS, _("households")), *((k.name, k.title) for k in kinds)], total, segments)


def _facts(found: QuerySet[Household], kinds: Sequence[registry.Reach], until: date) -> Iterator[Facts]:
    of_household = Person.objects.filter(household=OuterRef("pk"))
    born = of_household.filter(is_adult=True, birth_year__isnull=False).order_by("birth_year")
    reached: dict[str, Any] = {
        f"got_{kind.name}": ExpressionWrapper(kind.q(), output_field=BooleanField()) for kind in kinds
    }
    rows = found.annotate(
        eldest_born=Subquery(born.values("birth_year")[:1]),
        has_children=Exists(of_household.filter(is_adult=False)),
        **reached,
    ).values(
        "municipality_id", "state", "residency", "part_time_kind", "reason", "language", "source", "way_in_id",
        "eldest_born", "has_children", "preferences__important", *reached,
    )  # fmt: skip
    for row in rows.iterator():
        yield row | {"important": row["preferences__important"], "until": until}


# By municipality.
Tables = dict[Any, dict[str, dict[str, Pair]]]


def _tables(facts: Iterable[Facts], dimensions: Sequence[Dimension], columns: Sequence[str]) -> dict[str, Tables]:
    """A table for each dimension and municipality."""
    tables: dict[str, Tables] = {dimension.key: {} for dimension in dimensions}
    for household in facts:
        got = [True, *(household[f"got_{column}"] for column in columns[1:])]
        for dimension in dimensions:
            table = tables[dimension.key].setdefault(household["municipality_id"], _empty(dimension, columns))
            for row in [TOTAL, *dimension.rows_of(household)]:
                for column, reached in zip(columns, got, strict=True):
                    before = table[row][column]
                    table[row][column] = (before[0] + 1, before[1] + bool(reached))
    return tables


def _empty(dimension: Dimension, columns: Sequence[str]) -> dict[str, dict[str, Pair]]:
    return {row: dict.fromkeys(columns, (0, 0)) for row in [TOTAL, *dimension.rows]}


def _region(tables: Tables, dimension: Dimension, columns: Sequence[str]) -> tuple[Table, set[Cell]]:
    """All municipalities together, and what must not be shown of them."""
    whole = _empty(dimension, columns)
    for table in tables.values():
        for row, cells in table.items():
            for column, pair in cells.items():
                before = whole[row][column]
                whole[row][column] = (before[0] + pair[0], before[1] + pair[1])
    if len(tables) < 2:
        return whole, hidden_cells(whole, is_partition=dimension.is_partition)
    hidden_in = {place: hidden_cells(table, is_partition=dimension.is_partition) for place, table in tables.items()}
    guarded = guarded_cells(tables, hidden_in)
    return whole, hidden_cells(whole, is_partition=dimension.is_partition, guarded=guarded)


def _line(title: Words, row: str, table: Table, hidden: set[Cell]) -> Line:
    counts = []
    for column, (number, reached) in table[row].items():
        is_share = column != HOUSEHOLDS and number > 0
        shown = Count(reached, reached / number if is_share else None)
        counts.append(Count(None) if (row, column) in hidden else shown)
    return Line(title, counts)
