from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from portal.commands import PortalCommand
from portal.outbox.bounces import take_report

LONGEST = 2 * 1024 * 1024


class Command(PortalCommand):
    help = "Take a mail that came back (a delivery report), and mark its address. For the mail server to call."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="the mail; without it, standard input")

    def run(self, **options: Any) -> Mapping[str, object]:
        content = _content(options["file"])
        if len(content) > LONGEST:
            raise CommandError("The mail is larger than 2 MB, which no report is.")
        marked = take_report(content, on=options["date"])
        return {"marked": marked is not None, "status": marked.status if marked else ""}


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(LONGEST + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LONGEST + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
