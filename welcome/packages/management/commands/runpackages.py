from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from portal.commands import PortalCommand, municipality_by_code, quarter
from welcome.packages.services import RunError, run_packages


class Command(PortalCommand):
    help = "Plan one welcome package for each household that moved in during the last 12 months and never had one."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--municipality", required=True, metavar="CODE", help="its four-digit code, such as 3324")
        parser.add_argument("--quarter", required=True, type=quarter, metavar="QUARTER", help="such as 2026Q4")
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        try:
            report = run_packages(
                municipality=municipality_by_code(options["municipality"]),
                quarter=options["quarter"],
                on=options["date"],
                dry_run=options["dry_run"],
            )
        except RunError as error:
            raise CommandError(str(error)) from None
        return report.as_json()
