"""The quarterly run: plan it as often as you like, print it once.

Work goes in chunks, each its own transaction. Nothing marks a run as busy: a run that was killed is simply started
again, and what is there already is found by its unique keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from newcomers.enums import HouseholdState
from newcomers.models import Household
from portal.accounts.models import User
from portal.clock import Quarter
from portal.municipalities.models import Municipality
from welcome.packages import eligibility, leaving
from welcome.packages.enums import RunState
from welcome.packages.models import Package, PackagePlan, PackageRun
from welcome.packages.planning import Planning, RunReport
from welcome.packages.printing import PrintedRun, Printing, cancel, print_again
from welcome.packages.runs import Progress, RunChanged, RunError, hold_open

__all__ = [
    "PrintedRun",
    "RunError",
    "RunReport",
    "add_household",
    "due_runs",
    "follow_state",
    "forget_address",
    "plan_due_runs",
    "print_run",
    "run_packages",
    "window_of",
]

_ATTEMPTS = 3


def run_packages(
    *,
    municipality: Municipality,
    quarter: Quarter,
    on: date,
    by: User | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> RunReport:
    """Plan one package for each household that moved in lately and never had one.

    May be repeated: it adds those who came since and fills what was short, until the run is printed.
    """
    if on not in quarter:
        raise RunError(
            _("%(day)s is not in %(quarter)s. Give a day within the quarter of the run.")
            % {"day": on, "quarter": quarter}
        )
    if not dry_run:
        return Planning(municipality, quarter, on, by, progress).run_through()
    with transaction.atomic():
        report = Planning(municipality, quarter, on, by, progress).run_through()
        transaction.set_rollback(True)
    return report


@transaction.atomic
def add_household(*, household: Household, on: date, by: User) -> Package:
    """Its package in the run of the quarter, or the one that it has. RunError says in words why there is none."""
    had = household.packages.standing().select_related("run").first()
    if had:
        return had
    refused = Planning(household.municipality, Quarter.of(on), on, by, None).take_in(household)
    if refused:
        raise RunError(refused)
    return household.packages.standing().select_related("run").get()


def print_run(
    *, municipality: Municipality, quarter: Quarter, on: date, by: User | None = None, progress: Progress | None = None
) -> PrintedRun:
    """Letters and packing list of a run. The first time issues them; after that the same letters come out again."""
    for _attempt in range(_ATTEMPTS):
        run = (
            PackageRun.objects.select_related("municipality")
            .filter(municipality=municipality, quarter=str(quarter))
            .first()
        )
        if run is None:
            raise RunError(
                _("%(municipality)s has no package run for %(quarter)s. Plan it first.")
                % {"municipality": municipality, "quarter": quarter}
            )
        try:
            if run.state == RunState.PRINTED:
                return print_again(run, by=by, progress=progress)
            return Printing(run, on=on, by=by, progress=progress).run_through()
        except RunChanged:
            continue
    raise RunError(_("The run changes while it is being printed. Wait until nobody plans it, and print it again."))


def forget_address(household: Household) -> None:
    """A protected household: no stored paper of a run names it any more. Printing leaves its package out."""
    leaving.drop_files(household)


@transaction.atomic
def follow_state(household: Household, to: str, by: User | None, on: date) -> None:
    """Who moved away gets no package: what was planned goes back into stock. A printed one has gone out."""
    if to != HouseholdState.MOVED_AWAY:
        return
    for package in household.packages.planned().select_related("run"):
        if hold_open(package.run):
            cancel([package.pk])


def window_of(municipality: Municipality) -> int:
    """Months back from the day within which a household must have moved in."""
    plan = PackagePlan.objects.filter(municipality=municipality).first() or PackagePlan()
    return plan.window_months


def came_since(municipality: Municipality, on: date) -> int:
    """Households that could get a package and are in no run: a planned one must be planned again."""
    moved_in: QuerySet[Any] = eligibility.candidates(municipality, window_months=window_of(municipality), on=on)
    return moved_in.filter(standing=eligibility.READY).count()


def due_runs(on: date) -> Iterator[Municipality]:
    """Municipalities whose run of the quarter should have been planned by now, and was not planned to its end."""
    quarter = str(Quarter.of(on))
    planned = PackageRun.objects.filter(Q(planned_on__isnull=False) | Q(state=RunState.PRINTED), quarter=quarter)
    due = Municipality.objects.filter(is_active=True, packageplans__is_active=True)
    yield from due.exclude(packageruns__in=planned).order_by("code")


def plan_due_runs(*, on: date, dry_run: bool = False) -> list[tuple[Municipality, RunReport]]:
    """Plan what is due. From the first day of a quarter; a missed start is caught up whenever this runs."""
    return [
        (municipality, run_packages(municipality=municipality, quarter=Quarter.of(on), on=on, dry_run=dry_run))
        for municipality in list(due_runs(on))
    ]
