from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from portal.commands import PortalCommand
from privacy import retention


class Command(PortalCommand):
    help = "Let go of what is over its term: tell, wait, erase. What the archive holds is skipped and listed."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what would go, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        return retention.nightly(on=options["date"], dry_run=options["dry_run"])
