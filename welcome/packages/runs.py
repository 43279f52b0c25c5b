"""What planning and printing share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from welcome.packages.enums import PACKAGE_TRANSITIONS, RUN_TRANSITIONS, RunState
from welcome.packages.models import Package, PackageRun

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


def move_run(run: PackageRun, *, to: RunState, **values: Any) -> bool:
    """Whether this was the one to move it. `values` stay on the row: when and by whom."""
    sources = [source for source, target in RUN_TRANSITIONS if target == to]
    return bool(PackageRun.objects.filter(pk=run.pk, state__in=sources).update(state=to, **values))


def move_packages(packages: QuerySet[Package], *, to: str, **values: Any) -> int:
    """How many of the packages were moved."""
    sources = [source for source, target in PACKAGE_TRANSITIONS if target == to]
    return packages.filter(state__in=sources).update(state=to, **values)
