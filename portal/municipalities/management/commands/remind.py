from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from portal.commands import PortalCommand
from portal.municipalities.reminders import remind


class Command(PortalCommand):
    help = "Remind everyone of what they have promised and what is due; put on the office's list what stays silent."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count, send and change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        return remind(on=options["date"], dry_run=options["dry_run"])
