from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from portal.commands import PortalCommand
from welcome.packages.services import plan_due_runs


class Command(PortalCommand):
    help = "Plan this quarter's packages of every municipality whose plan starts by itself and has not yet."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        planned = plan_due_runs(on=options["date"], dry_run=options["dry_run"])
        return {"runs": [{"municipality": municipality.code, **report.as_json()} for municipality, report in planned]}
