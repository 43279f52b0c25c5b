"""What the municipalities of the invented region use data for: the usual purposes, as their own rows."""

from __future__ import annotations

from datetime import date

from portal.municipalities.models import Municipality
from privacy import purposes
from privacy.models import Purpose


def load_content(*, on: date) -> dict[str, int]:
    for municipality in Municipality.objects.filter(is_demo=True):
        purposes.set_up(municipality, on=on)
    return {"purposes": Purpose.objects.count()}
