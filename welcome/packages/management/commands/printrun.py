from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from portal.commands import PortalCommand, municipality_by_code, quarter
from portal.documents.render import RenderError
from welcome.letters.services import LettersStopped
from welcome.packages.services import RunError, print_run


class Command(PortalCommand):
    help = "Print a planned run: its letters as one PDF. Printing it again gives the same letters."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--municipality", required=True, metavar="CODE", help="its four-digit code, such as 3324")
        parser.add_argument("--quarter", required=True, type=quarter, metavar="QUARTER", help="such as 2026Q4")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.pdf", help="where the letters go")
        parser.add_argument("--packing-list", type=Path, metavar="FILE.pdf", help="where the packing list goes")

    def run(self, **options: Any) -> Mapping[str, object]:
        out, packing_list = options["out"], options["packing_list"]
        for path in filter(None, (out, packing_list)):
            _check_folder(path)
        try:
            printed = print_run(
                municipality=municipality_by_code(options["municipality"]),
                quarter=options["quarter"],
                on=options["date"],
            )
        except (RunError, LettersStopped, RenderError) as error:
            raise CommandError(str(error)) from None
        report: dict[str, object] = {"letters": printed.letters, "pages": printed.pages, "file": str(out)}
        _write(out, printed.pdf)
        if packing_list:
            _write(packing_list, printed.packing_list)
            report["packing_list"] = str(packing_list)
        return report


def _check_folder(path: Path) -> None:
    """Before anything is printed: a letter that is issued should have a place to go."""
    if path.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise CommandError(f"{path} cannot be written. Name a file in a folder that is there and may be written to.")


def _write(path: Path, content: bytes) -> None:
    """The whole file or none: readers never see half of it, and nobody else reads the letters."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(content)
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise CommandError(f"{path}: {error.strerror}. Print again: the letters will be the same.") from None
