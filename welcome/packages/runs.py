"""What planning and printing share."""

from __future__ import annotations

from collections.abc import Callable

from welcome.packages.enums import RunState
from welcome.packages.models import PackageRun

# Households, packages or letters in one transaction.
CHUNK = 500

# How much is done, of how much.
Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    pass


class RunError(Exception):
    """The run cannot do what was asked; the message says why."""


class RunChanged(RunError):
    """Somebody else changed the run in the meantime. Nothing was done; look again."""


def hold_open(run: PackageRun) -> bool:
    """Whether the run may still be changed. If so, nobody prints it before the end of this transaction."""
    return bool(PackageRun.objects.filter(pk=run.pk, state=RunState.PLANNED).update(state=RunState.PLANNED))
