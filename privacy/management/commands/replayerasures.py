from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from portal.commands import PortalCommand
from privacy import replaying


class Command(PortalCommand):
    help = (
        "After a backup was restored: erase, protect and take back again what was since (ERASURES_FILE and the keys)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        try:
            return replaying.replay(dry_run=options["dry_run"])
        except (ValueError, KeyError) as error:
            raise CommandError(
                f"The file of erasures has a broken line: {type(error).__name__}. Mend it first."
            ) from None
