from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from portal.municipalities.models import Municipality
from portal.statistics.enums import AGE_GROUPS, Measure
from portal.statistics.models import PlaceFigure

UPDATED = datetime(2026, 4, 15, 6, tzinfo=UTC)


def make_figure(municipality: Municipality, **fields: Any) -> PlaceFigure:
    values = {"table": "06913", "measure": Measure.POPULATION, "year": 2026} | fields
    defaults = {"value": 4986, "source_updated": UPDATED, "is_invented": False}
    shared = {name: values.pop(name, default) for name, default in defaults.items()}
    return PlaceFigure.objects.get_or_create(municipality=municipality, **values, defaults=shared)[0]


def make_figures(municipality: Municipality, **fields: Any) -> None:
    """All three tables: people of three years, seven age groups of 100 each, moves of two years."""
    for year, value in [(2024, 4986), (2025, 4993), (2026, 5029)]:
        make_figure(municipality, year=year, value=value, **fields)
    for _first, measure in AGE_GROUPS:
        make_figure(municipality, table="07459", measure=measure, value=100, **fields)
    for year, moved_in, moved_out in [(2024, 300, 320), (2025, 332, 297)]:
        numbers = {Measure.MOVED_IN: moved_in, Measure.MOVED_OUT: moved_out, Measure.NET_MOVES: moved_in - moved_out}
        for measure, value in numbers.items():
            make_figure(municipality, table="09588", measure=measure, year=year, value=value, **fields)
