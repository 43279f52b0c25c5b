from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from portal.commands import PortalCommand
from portal.enquiries.retention import forget


class Command(PortalCommand):
    help = "Empty questions and remarks that were closed 12 months ago, and who asked. The figures stay."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        return forget(on=options["date"], dry_run=options["dry_run"])
