from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from portal.commands import PortalCommand, municipality_by_code
from portal.pages.links import check_links


class Command(PortalCommand):
    help = "Look whether the links in texts, steps and contact points still lead somewhere; each once a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--municipality", metavar="CODE", help="of this municipality alone (default: all)")
        parser.add_argument("--limit", type=int, metavar="N", help="ask at most so many addresses")
        parser.add_argument("--dry-run", action="store_true", help="count, ask nobody, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        code = options["municipality"]
        report = check_links(
            municipality=municipality_by_code(code) if code else None,
            limit=options["limit"],
            now=timezone.now(),
            dry_run=options["dry_run"],
        )
        return asdict(report)
