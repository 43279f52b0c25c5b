from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from portal import registry
from portal.commands import PortalCommand, iso_date, municipality_by_code
from portal.municipalities.admin_figures import as_json, usual_start
from portal.registry import Period


class Command(PortalCommand):
    help = "How well a municipality's site works: searches, questions, what is checked in time, languages."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--municipality", metavar="CODE", required=True, help="its four-digit code")
        day: dict[str, Any] = {"type": iso_date, "metavar": "YYYY-MM-DD", "default": None}
        parser.add_argument("--from", dest="start", help="the first day (default: twelve months ago)", **day)
        parser.add_argument("--until", help="the last day, counted too (default: today)", **day)

    def run(self, **options: Any) -> Mapping[str, object]:
        on = options["date"]
        period = Period(options["start"] or usual_start(on), options["until"] or on, on)
        if period.until < period.start:
            raise CommandError("The last day (--until) comes before the first (--from).")
        municipality = municipality_by_code(options["municipality"])
        found = registry.site_figures(municipality, period)
        return {
            "municipality": municipality.code,
            "from": period.start,
            "until": period.until,
            **{name: as_json(figures) for name, figures in found.items()},
        }
