"""How well people find what they search for, for the figures of the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from portal.municipalities.models import Municipality
from portal.registry import Number, Period, SiteFigures, share


@dataclass(frozen=True)
class SearchFigures:
    searches: int
    without_result: int

    @property
    def share(self) -> float | None:
        """Of all searches, the part that found nothing, from 0 to 1; None when nobody searched."""
        return self.without_result / self.searches if self.searches else None


def figures(municipality: Municipality, *, start: date, until: date) -> SearchFigures:
    """From the first day to the last, both counted."""
    days = municipality.searchcounts.filter(day__range=(start, until))
    sums = days.aggregate(searches=Sum("searches", default=0), without_result=Sum("without_result", default=0))
    return SearchFigures(**sums)


def site_figures(municipality: Municipality, period: Period) -> SiteFigures:
    found = figures(municipality, start=period.start, until=period.until)
    return SiteFigures(
        title=_("Searches"),
        numbers=[
            Number("count", _("searches"), found.searches),
            Number(
                "share_without_result", _("that found nothing"), share(found.without_result, found.searches), "share"
            ),
        ],
    )
