from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from newcomers.office import bulk
from portal.commands import PortalCommand


class Command(PortalCommand):
    help = "Go on with messages to many households that a worker left behind. Nobody is written to twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        return {"messages_to_many": bulk.run_left_behind(dry_run=options["dry_run"])}
