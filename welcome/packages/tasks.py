from __future__ import annotations

from celery import shared_task

from portal import clock
from welcome.packages import office, services
from welcome.packages.models import PackageRun


@shared_task(name="packages.plan_run")
def plan_run(run_id: str) -> None:
    office.plan(PackageRun.objects.get(pk=run_id), on=clock.today())


@shared_task(name="packages.print_run")
def print_run(run_id: str) -> None:
    office.print_papers(PackageRun.objects.get(pk=run_id), on=clock.today())


@shared_task(name="packages.plan_due_runs")
def plan_due_runs() -> None:
    services.plan_due_runs(on=clock.today())
