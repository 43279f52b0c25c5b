"""Whom the municipality reaches: of each group, how many got in touch with somebody, a host, a letter, a package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newcomers.models import Household, Person, WayIn
from portal import clock, registry
from portal.municipalities.models import Municipality
from welcome.insight.segments import DIMENSIONS, Dimension, Facts, Words, ways_in
from welcome.insight.suppression import HOUSEHOLDS, REGION, TOTAL, Cell, Table, Window, hidden_in

# The shortest first; all end with the last full month. A day earlier or later, and whoever read the page on both days
# would know all that it tells of the one household that came between.
PERIODS: dict[str, Words] = {
    "year": _("since 1 January"),
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


def last_day(on: date) -> date:
    """The end of the last full month, with which every period ends."""
    return on.replace(day=1) - timedelta(days=1)


def start_of(period: str, until: date) -> date:
    """The first day that counts of a period that ends with a full month."""
    if period == "year":
        return date(until.year, 1, 1)
    return clock.add_months(until + timedelta(days=1), -int(period))


def households(places: Iterable[Municipality], start: date, until: date) -> QuerySet[Household]:
    """Those who came in the period: moved in, or told us then that they think of it. Never a protected one."""
    moved = Q(moved_in_on__range=(start, until))
    told = (Q(moved_in_on=None) | Q(moved_in_on__gt=until)) & Q(created_at__date__range=(start, until))
    return Household.objects.shown().filter(moved | told, municipality__in=list(places))


def report(places: Sequence[Municipality], period: str, on: date) -> Report:
    """The same two queries for one municipality and for a region, however many households there are.

    Longer periods are always counted as well: what they tell decides what this one may.
    """
    until, kinds = last_day(on), registry.reach_kinds()
    starts = [start_of(one, until) for one in list(PERIODS)[list(PERIODS).index(period) :]]
    names = {
        str(pk): name if len(places) == 1 else f"{name} ({place})"
        for pk, name, place in WayIn.objects.filter(municipality__in=places).values_list(
            "pk", "name", "municipality__name"
        )
    }
    dimensions = [*DIMENSIONS, ways_in(names)]
    columns = [HOUSEHOLDS, *(kind.name for kind in kinds)]
    facts = _facts(households(places, starts[-1], until), kinds, until)
    spans = _counted(facts, starts, dimensions, columns)
    windows = _windows(spans, [str(place.pk) for place in places], dimensions, columns)
    hidden = hidden_in(windows, [dimension.key for dimension in dimensions if dimension.is_partition])
    segments = []
    for dimension in dimensions:
        table, cells = windows[0][dimension.key][REGION], hidden[dimension.key, REGION]
        lines = [_line(title, row, table, cells) for row, title in dimension.rows.items()]
        segments.append(Segments(dimension.key, dimension.title, lines))
    total = _line(_("all"), TOTAL, windows[0]["situation"][REGION], hidden["situation", REGION])
    titles = [(HOUSEHOLDS, _("households")), *((kind.name, kind.title) for kind in kinds)]
    return Report(starts[0], until, titles, total, segments)


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
        "eldest_born", "has_children", "preferences__important", "moved_in_on", "created_at", *reached,
    )  # fmt: skip
    for row in rows.iterator():
        moved = row["moved_in_on"]
        came_on = moved if moved and moved <= until else timezone.localdate(row["created_at"])
        yield row | {"important": row["preferences__important"], "came_on": came_on, "until": until}


# How many stand in a cell: by dimension, municipality, row and column.
Counted = Counter[tuple[str, str, str, str]]


def _counted(
    facts: Iterable[Facts], starts: Sequence[date], dimensions: Sequence[Dimension], columns: Sequence[str]
) -> list[Counted]:
    """Those who came since the first start, those between the second and the first, and so on: each household once."""
    spans = [Counted() for _start in starts]
    for household in facts:
        span = next(span for start, span in zip(starts, spans, strict=True) if household["came_on"] >= start)
        place = str(household["municipality_id"])
        got = [column for column in columns if column == HOUSEHOLDS or household[f"got_{column}"]]
        for dimension in dimensions:
            for row in [TOTAL, *dimension.rows_of(household)]:
                span.update((dimension.key, place, row, column) for column in got)
    return spans


def _windows(
    spans: Iterable[Counted], places: Sequence[str], dimensions: Sequence[Dimension], columns: Sequence[str]
) -> list[Window]:
    """Each period holds the one before it. A table for each dimension, for each municipality and for all of them."""
    windows: list[Window] = []
    so_far = Counted()
    for span in spans:
        so_far.update(span)
        for (key, _place, row, column), number in span.items():
            so_far[key, REGION, row, column] += number
        windows.append(
            {
                dimension.key: {place: _table(so_far, dimension, place, columns) for place in [REGION, *places]}
                for dimension in dimensions
            }
        )
    return windows


def _table(counted: Counted, dimension: Dimension, place: str, columns: Sequence[str]) -> Table:
    key = dimension.key
    return {
        row: {column: (counted[key, place, row, HOUSEHOLDS], counted[key, place, row, column]) for column in columns}
        for row in [TOTAL, *dimension.rows]
    }


def _line(title: Words, row: str, table: Table, hidden: set[Cell]) -> Line:
    counts = []
    for column, (number, reached) in table[row].items():
        is_share = column != HOUSEHOLDS and number > 0
        shown = Count(reached, reached / number if is_share else None)
        counts.append(Count(None) if (row, column) in hidden else shown)
    return Line(title, counts)
