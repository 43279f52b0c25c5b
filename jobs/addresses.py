"""The public pages of jobs, for search engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portal.municipalities.models import Municipality
from portal.registry import PublicAddress


def addresses(municipality: Municipality, on: date) -> Iterator[PublicAddress]:
    yield PublicAddress("jobs:list")
    for pk in municipality.vacancys.shown(on).values_list("pk", flat=True):
        yield PublicAddress("jobs:detail", (str(pk),))
