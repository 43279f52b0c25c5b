"""What the page of a run shows: each household that moved in, where it stands and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal.clock import Quarter
from portal.documents.enums import JobState
from portal.documents.models import PrintJob
from welcome.packages import eligibility, papers, services
from welcome.packages.eligibility import ALREADY_DONE, READY
from welcome.packages.enums import BlockReason, ItemState, RunState
from welcome.packages.models import Package, PackageItem, PackageRun

PER_PAGE = 50
LISTS = ("planned", "short", "blocked", "done")


@dataclass(frozen=True)
class Row:
    """One household: what it gets, or why it gets nothing now."""

    household: Household
    number: int | None = None
    gifts: Sequence[str] = ()
    short: Sequence[str] = ()
    reason: str = ""


def context(run: PackageRun, *, shown: str, page: str, on: date) -> dict[str, Any]:
    shown = shown if shown in LISTS else LISTS[0]
    day = _day_of(run, on)
    lists = _lists(run, day)
    paginator = Paginator(lists[shown], PER_PAGE)
    current = paginator.get_page(page)
    jobs = [job for job in (run.planning, run.letters_file) if job]
    return {
        "run": run,
        "shown": shown,
        "numbered": run.state == RunState.PRINTED and shown in {"planned", "short"},
        "tabs": [(name, _titles()[name], lists[name].count()) for name in LISTS],
        "page": current,
        "rows": _rows(run, shown, current),
        "came_since": services.came_since(run.municipality, day) if run.state == RunState.PLANNED else 0,
        "may_plan": run.state == RunState.PLANNED and on in run.as_quarter,
        "busy": any(job.state in {JobState.WAITING, JobState.RUNNING} for job in jobs),
        "files_are_current": files_are_current(run),
    }


def _titles() -> dict[str, str]:
    return {
        "planned": _("In this run"),
        "short": _("A gift is missing"),
        "blocked": _("Gets nothing now"),
        "done": _("Had a package before"),
    }


def _day_of(run: PackageRun, on: date) -> date:
    """Today, or the last day on which the run was planned."""
    return on if on in run.as_quarter else run.planned_on or on


def _lists(run: PackageRun, day: date) -> dict[str, QuerySet[Any]]:
    window = services.window_of(run.municipality)
    moved_in: QuerySet[Any] = eligibility.candidates(run.municipality, window_months=window, on=day)
    packages = (
        run.packages.standing().filter(household__restricted=False).order_by("number", "household__moved_in_on", "pk")
    )
    return {
        "planned": packages,
        "short": packages.filter(pk__in=PackageItem.objects.filter(state=ItemState.SHORT).values("package")),
        "blocked": moved_in.exclude(standing=ALREADY_DONE),
        "done": moved_in.filter(standing=ALREADY_DONE).exclude(Q(packages__in=packages)),
    }


def _rows(run: PackageRun, shown: str, page: Page[Any]) -> list[Row]:
    if shown in {"planned", "short"}:
        return _package_rows(run, page)
    households = Household.objects.with_persons().in_bulk([household.pk for household in page])
    standings = {household.pk: household.standing for household in page}
    return [Row(household, reason=_reason(run, household, standings[pk])) for pk, household in households.items()]


def _package_rows(run: PackageRun, page: Page[Any]) -> list[Row]:
    titles = papers.gift_titles(run, run.municipality.main_language)
    packages = (
        Package.objects.filter(pk__in=[package.pk for package in page])
        .order_by("number", "pk")
        .select_related("household")
        .prefetch_related("household__persons", Prefetch("items", PackageItem.objects.order_by("gift_id")))
    )
    return [
        Row(
            package.household,
            package.number,
            [_title(item, titles) for item in package.items.all() if item.state != ItemState.SHORT],
            [_title(item, titles) for item in package.items.all() if item.state == ItemState.SHORT],
        )
        for package in packages
        if package.household
    ]


def _title(item: PackageItem, titles: dict[Any, str]) -> str:
    return papers.counted(item.quantity, titles[item.gift_id])


def _reason(run: PackageRun, household: Household, standing: str) -> str:
    if standing == ALREADY_DONE:
        return ""
    if standing != READY:
        return str(BlockReason(standing).label)
    if not eligibility.is_printable(household):
        return str(BlockReason.UNPRINTABLE.label)
    return str(BlockReason.RUN_PRINTED.label) if run.state == RunState.PRINTED else _("came since: plan again")


def files_are_current(run: PackageRun) -> bool:
    """Whether nobody in the letters was protected or erased since: then the file must be made again."""
    job: PrintJob | None = run.letters_file
    return job is not None and bool(job.sha256) and job.total == papers.with_letters(run).count()


def quarter_choices(on: date) -> list[tuple[str, str]]:
    """A run is planned within its quarter, so there is one to choose."""
    quarter = str(Quarter.of(on))
    return [(quarter, quarter)]
