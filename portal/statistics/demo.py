"""Invented numbers for the invented region, in the shape Statistics Norway answers in, read as its answers are read."""

from __future__ import annotations

from datetime import date

from portal.demo import read
from portal.municipalities.models import Municipality
from portal.statistics.loading import replace, updated_at
from portal.statistics.models import PlaceFigure
from portal.statistics.tables import TABLES


def load_content(*, on: date) -> dict[str, int]:
    for table in TABLES:
        answer = read(f"statistics/{table.number}")
        for code, figures in table.read(answer).items():
            municipality = Municipality.objects.get(code=code)
            # Real numbers that were loaded since stay.
            if not municipality.placefigures.filter(table=table.number, is_invented=False).exists():
                numbers = {key: number for key, number in figures.items() if number is not None}
                replace(municipality, table.number, numbers, updated_at(answer), is_invented=True)
    return {"figures_about_the_place": PlaceFigure.objects.count()}
