from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from portal.accounts.sessions import forget_ended
from portal.commands import PortalCommand


class Command(PortalCommand):
    help = "Remove sign-ins that have run out, and what was noted of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count them, remove nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        return forget_ended(dry_run=options["dry_run"])
