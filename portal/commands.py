"""What every command of the portal shares: --date, --json, and errors that scripts can read."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import clock
from portal.clock import Quarter
from portal.municipalities.models import Municipality


def iso_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date; write it as 2026-11-22.") from None


def quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def municipality_by_code(code: str) -> Municipality:
    municipality = Municipality.objects.filter(code=code).first()
    if municipality is None:
        raise CommandError(
            f"There is no municipality {code!r}. Use its four-digit code, such as 3324 for Gol; "
            "if none is loaded yet, run manage.py loadmunicipalities first."
        )
    return municipality


class PortalCommand(BaseCommand):
    """A command whose `run` returns its report: printed as one JSON object with --json, else as lines."""

    takes_date = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        if self.takes_date:
            parser.add_argument(
                "--date",
                type=iso_date,
                default=None,
                metavar="YYYY-MM-DD",
                help="the day to work from (default: today)",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        if self.takes_date:
            options["date"] = options["date"] or clock.today()
        try:
            report = self.run(**options)
        except CommandError as error:
            if not options["json"]:
                raise
            self.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False))
            sys.exit(error.returncode)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, default=str))
        else:
            self.print_lines(report)

    def run(self, **options: Any) -> Mapping[str, object]:
        raise CommandError("This command has nothing to do.")

    def print_lines(self, report: Mapping[str, object]) -> None:
        for name, value in report.items():
            if isinstance(value, list):
                self.stdout.write(f"{name}: {len(value)}")
                for item in value:
                    parts = item.items() if isinstance(item, dict) else [("", item)]
                    self.stdout.write("  - " + ", ".join(f"{k}: {v}" if k else str(v) for k, v in parts))
            else:
                self.stdout.write(f"{name}: {value}")
