from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from newcomers import daily
from portal.commands import PortalCommand


class Command(PortalCommand):
    help = "Note that those who were planning to move have moved in; drop what nobody confirmed or finished in time."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        return daily.run(on=options["date"], dry_run=options["dry_run"])
