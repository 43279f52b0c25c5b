"""Runs that the office starts: a worker does the work, and the run's page shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.documents import services as documents
from portal.documents.enums import JobState
from portal.documents.models import PrintJob
from portal.documents.render import RenderError
from welcome.letters.services import LettersStopped
from welcome.packages.models import PackageRun
from welcome.packages.printing import LETTERS
from welcome.packages.runs import Progress, RunError
from welcome.packages.services import print_run, run_packages

PLANNING = "package_planning"


@transaction.atomic
def start_planning(*, run: PackageRun, by: User) -> None:
    from welcome.packages import tasks  # the task calls back into this module

    run.planning = _job(run, run.planning, PLANNING, by)
    run.save(update_fields=["planning"])
    tasks.plan_run.delay_on_commit(str(run.pk))


@transaction.atomic
def start_printing(*, run: PackageRun, by: User) -> None:
    from welcome.packages import tasks  # see above

    run.letters_file = _job(run, run.letters_file, LETTERS, by)
    run.save(update_fields=["letters_file"])
    tasks.print_run.delay_on_commit(str(run.pk))


def _job(run: PackageRun, before: PrintJob | None, kind: str, by: User) -> PrintJob:
    if before is None:
        return documents.start(kind=kind, municipality=run.municipality, by=by)
    documents.start_again(before, by=by)
    return before


def plan(run: PackageRun, *, on: date) -> None:
    def work(by: User | None, progress: Progress) -> None:
        run_packages(municipality=run.municipality, quarter=run.as_quarter, on=on, by=by, progress=progress)

    if run.planning and _at_work(run.planning, work):
        documents.finish(run.planning, total=run.planning.total)


def print_papers(run: PackageRun, *, on: date) -> None:
    def work(by: User | None, progress: Progress) -> None:
        print_run(municipality=run.municipality, quarter=run.as_quarter, on=on, by=by, progress=progress)

    if run.letters_file:
        _at_work(run.letters_file, work)


def _at_work(job: PrintJob, work: Callable[[User | None, Progress], None]) -> bool:
    """Whether it went through. What stopped it stands on the job, in the language of who started it."""
    if job.state == JobState.DONE:  # the task came twice
        return False
    with translation.override(job.by.language if job.by else job.municipality.main_language):
        try:
            work(job.by, lambda done, total: documents.show_progress(job, done=done, total=total))
        except (RunError, LettersStopped, RenderError) as error:
            documents.fail(job, str(error))
            return False
        except Exception:
            documents.fail(job, _("Something went wrong. Start it again; nothing was done twice."))
            raise
    return True
