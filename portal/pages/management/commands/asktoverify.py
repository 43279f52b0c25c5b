from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from portal.commands import PortalCommand
from portal.pages.verification import ask


class Command(PortalCommand):
    help = "Ask owners by mail to check what falls due: one mail with everything of theirs, at most once a week."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count, send nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        return ask(on=options["date"], dry_run=options["dry_run"])
