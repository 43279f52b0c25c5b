from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from newcomers.models import MoverImport
from newcomers.movers.enums import LegalBasis, MoverPurpose, MoverSource
from newcomers.movers.file import MAX_BYTES, MoversFileError, check_size, parse_movers
from newcomers.movers.imports import Why, postcode_places, take_movers
from portal import identity_numbers
from portal.commands import PortalCommand, municipality_by_code

MAX_BASIS_LENGTH = MoverImport._meta.get_field("basis").max_length or 0
WHY: list[tuple[str, Any, Any]] = [
    ("source", MoverSource, MoverSource.POPULATION_REGISTER),
    ("purpose", MoverPurpose, MoverPurpose.WELCOME),
    ("legal-basis", LegalBasis, LegalBasis.PUBLIC_TASK),
]


class Command(PortalCommand):
    help = (
        "Take in what is sure of a list of movers (CSV); what is perhaps known waits in the office, side by side. "
        "Refused rows are listed with line, field and reason; they are no failure."
    )
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", help="the list, as CSV; it is read and not kept")
        parser.add_argument("--municipality", required=True, metavar="CODE", help="four digits, such as 3324")
        parser.add_argument("--basis", required=True, metavar="TEXT", help="legal basis and purpose; it is logged")
        for name, choices, default in WHY:
            parser.add_argument(f"--{name}", choices=choices.values, default=default.value, help="default: %(default)s")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--all-or-nothing", action="store_true", help="take none if a row is refused")
        parser.add_argument(
            "--no-protection-column",
            action="store_true",
            help="the file has no column for protected addresses, and you know that nobody in it has one",
        )

    def run(self, **options: Any) -> Mapping[str, object]:
        basis = options["basis"].strip()
        if not 0 < len(basis) <= MAX_BASIS_LENGTH:
            raise CommandError(f"Write the legal basis and the purpose in 1 to {MAX_BASIS_LENGTH} characters.")
        if identity_numbers.contains(basis):
            raise CommandError("The basis holds an identity number. Leave it out: it must not be kept.")
        municipality = municipality_by_code(options["municipality"])
        try:
            movers = parse_movers(
                _content(options["file"]),
                municipality_code=municipality.code,
                postcodes=postcode_places(),
                on=options["date"],
                no_protection_column=options["no_protection_column"],
            )
        except MoversFileError as error:
            raise CommandError(str(error)) from None
        return take_movers(
            movers=movers,
            municipality=municipality,
            why=Why(
                words=basis,
                source=MoverSource(options["source"]),
                purpose=MoverPurpose(options["purpose"]),
                legal_basis=LegalBasis(options["legal_basis"]),
            ),
            by=None,
            on=options["date"],
            all_or_nothing=options["all_or_nothing"],
            dry_run=options["dry_run"],
        ).as_dict()


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            check_size(os.fstat(file.fileno()).st_size)
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error.strerror}. Check the name {path!r}.") from None
