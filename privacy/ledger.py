"""What a restored backup must not undo, kept apart from the database: who was erased or protected, and which consents
were taken back. A line in a file for each, with numbers and keyed hashes alone."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newcomers.models import Household
from portal.clock import add_months


class Deed(StrEnum):
    ERASED = "erased"
    PROTECTED = "protected"
    # The protection was set by mistake, and is lifted.
    OPENED = "opened"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Line:
    """One deed as the file has it; the number is a household's, or a consent's that was withdrawn."""

    deed: str
    number: UUID
    at: datetime
    until: date
    municipality: str = ""
    keys: tuple[str, ...] = ()


def window(on: date) -> date:
    """Until when it is known: by then no backup from before is restored any more."""
    return add_months(on, settings.ERASED_MONTHS)


def write(deed: Deed, number: UUID, *, at: datetime, municipality: str = "", keys: Iterable[str] = ()) -> None:
    """Call it in the transaction that does it; the line follows once it is true."""
    line = {
        "deed": deed, "number": str(number), "at": at.isoformat(), "until": window(timezone.localdate(at)).isoformat(),
        "municipality": municipality, "keys": sorted(keys),
    }  # fmt: skip
    transaction.on_commit(partial(_append, json.dumps(line)))


def note_protected(household: Household) -> None:
    write(Deed.PROTECTED, household.pk, at=timezone.now())


def note_opened(household: Household) -> None:
    write(Deed.OPENED, household.pk, at=timezone.now())


def note_withdrawn(consents: Iterable[UUID]) -> None:
    for number in consents:
        write(Deed.WITHDRAWN, number, at=timezone.now())


def lines() -> Iterator[Line]:
    """What the file says, oldest first; nothing while there is none. Raises ValueError for a line that is broken."""
    if not settings.ERASURES_FILE.exists():
        return
    with settings.ERASURES_FILE.open(encoding="utf-8") as file:
        for text in file:
            if text.strip():
                yield _read(text)


def _read(text: str) -> Line:
    row = json.loads(text)
    at, until = datetime.fromisoformat(row["at"]), date.fromisoformat(row["until"])
    return Line(row["deed"], UUID(row["number"]), at, until, row["municipality"], tuple(row["keys"]))


def forget_past(*, on: date, dry_run: bool = False) -> int:
    """Take out the lines whose window is over. The file is changed in one stroke, and never stands half written."""
    if not settings.ERASURES_FILE.exists():
        return 0
    with _alone() as path:
        texts = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [text for text in texts if not _is_past(text, on)]
        if len(kept) < len(texts) and not dry_run:
            _replace(path, "".join(kept))
        return len(texts) - len(kept)


def _is_past(text: str, on: date) -> bool:
    try:
        return _read(text).until <= on
    except (ValueError, KeyError):  # broken: somebody is to mend it, so it stays
        return False


def _append(line: str) -> None:
    with _alone() as path, path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


@contextmanager
def _alone() -> Iterator[Path]:
    """Nobody else writes meanwhile, whichever process it is: a line that came between would be lost."""
    path: Path = settings.ERASURES_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path
