from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from portal.commands import PortalCommand, municipality_by_code
from portal.municipalities.models import Municipality
from portal.statistics.loading import Report, load


class Command(PortalCommand):
    help = "Load population, ages and moves of the municipalities that are switched on from Statistics Norway."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--municipality", metavar="CODE", help="only this one, by its four-digit code")
        parser.add_argument("--dry-run", action="store_true", help="ask and count, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        code = options["municipality"]
        chosen = [municipality_by_code(code)] if code else list(Municipality.objects.filter(is_active=True))
        report = load(chosen, dry_run=options["dry_run"])
        if report.failed:
            raise CommandError(_what_failed(report))
        return {"municipalities": len(chosen), "figures": report.figures, "changed": report.changed}


def _what_failed(report: Report) -> str:
    """One sentence for each table and reason, however many municipalities share it."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for failure in report.failed:
        reasons.setdefault((failure["table"], failure["problem"]), []).append(failure["municipality"])
    lines = [f"Table {table} of {', '.join(codes)}: {problem}" for (table, problem), codes in reasons.items()]
    return f"Not everything could be loaded; what was there stays. {' '.join(lines)}"
