"""Long work that shows how far it is, and the file it ends in."""

from __future__ import annotations

import hashlib

from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import User
from portal.documents.enums import JobState
from portal.documents.models import PrintJob
from portal.municipalities.models import Municipality


def start(*, kind: str, municipality: Municipality, by: User | None) -> PrintJob:
    return PrintJob.objects.create(kind=kind, municipality=municipality, by=by)


def start_again(job: PrintJob, *, by: User | None) -> None:
    """What the job ended in before stays until there is something new."""
    job.state, job.done, job.total, job.error, job.by = JobState.WAITING, 0, 0, "", by
    job.save(update_fields=["state", "done", "total", "error", "by"])


def show_progress(job: PrintJob, *, done: int, total: int) -> None:
    job.state, job.done, job.total = JobState.RUNNING, done, total
    job.save(update_fields=["state", "done", "total"])


def finish(job: PrintJob, *, total: int, content: bytes | None = None, filename: str = "", pages: int = 0) -> PrintJob:
    """Call it in the transaction that makes the work true, so that the file and the state appear together."""
    job.state, job.done, job.total = JobState.DONE, total, total
    job.content, job.filename, job.pages = content, filename, pages
    job.sha256 = hashlib.sha256(content).hexdigest() if content is not None else ""
    job.error, job.finished_at = "", timezone.now()
    job.save()
    return job


def drop_contents(jobs: QuerySet[PrintJob]) -> None:
    """The files go, because they name somebody they must not name any more; what became of the work stays."""
    jobs.update(content=None, sha256="")


def fail(job: PrintJob, error: str) -> None:
    job.state, job.error, job.finished_at = JobState.FAILED, error, timezone.now()
    job.save(update_fields=["state", "error", "finished_at"])
