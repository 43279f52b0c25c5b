from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from portal.commands import PortalCommand, municipality_by_code
from portal.pages.copies import copy_pages


class Command(PortalCommand):
    help = "Copy the published pages of one municipality to another, as drafts. Pages that are there are left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from", dest="source", required=True, metavar="CODE", help="four digits, such as 3324")
        parser.add_argument("--to", dest="target", required=True, metavar="CODE", help="four digits, such as 3326")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        source, target = municipality_by_code(options["source"]), municipality_by_code(options["target"])
        if not source.is_active:
            raise CommandError(f"{source} is switched off, so none of its pages can be read.")
        try:
            report = copy_pages(source=source, target=target, by=None, dry_run=options["dry_run"])
        except ValidationError as error:
            raise CommandError(error.messages[0]) from None
        return report.as_dict()
