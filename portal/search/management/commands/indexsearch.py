from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from portal.commands import PortalCommand, municipality_by_code
from portal.municipalities.models import Municipality
from portal.search.indexing import rebuild


class Command(PortalCommand):
    help = "Bring the search index up to date with everything the public may read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--municipality", metavar="CODE", help="its four-digit code (default: all switched on)")
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        code = options["municipality"]
        chosen = [municipality_by_code(code)] if code else list(Municipality.objects.filter(is_active=True))
        return {"municipalities": len(chosen), **asdict(rebuild(chosen, dry_run=options["dry_run"]))}
