"""What a host's promises mean to the portal: their names, who may take them over, when they are moot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.enums import HouseholdState
from portal.accounts.models import User
from portal.municipalities.models import DatedTask
from portal.registry import TaskKind
from welcome.hosting import messages, services
from welcome.hosting.enums import ANSWER, FOLLOW_UP, HOST_HELP
from welcome.hosting.models import Assignment


def _assignment(task: DatedTask) -> Assignment:
    return cast(Assignment, task.subject)


def _title(task: DatedTask) -> str:
    if task.kind == HOST_HELP:
        return _("Asks the municipality for help")
    if task.occasion == ANSWER:
        return _("Say yes or no")
    return str(services.step_of(task, _assignment(task).plan) or task.occasion)


def _admin_url(task: DatedTask) -> str:
    return reverse("admin:hosting_assignment_change", args=[task.subject_id])


def _subjects() -> QuerySet[Assignment]:
    """Of protected households nothing is found, so nothing is shown and nobody is reminded."""
    return (
        Assignment.objects.shown()
        .select_related("household", "host__user", "municipality", "plan")
        .prefetch_related("household__persons", "plan__steps__translations")
    )


def _lives_here(task: DatedTask) -> bool:
    return _assignment(task).household.state != HouseholdState.MOVED_AWAY


def _is_current(task: DatedTask) -> bool:
    return _assignment(task).is_open and _lives_here(task)


def _successors(task: DatedTask) -> Sequence[User]:
    """Other hosts with room."""
    assignment = _assignment(task)
    free = assignment.municipality.hosts.filter(is_active=True, open_assignments__lt=F("capacity"))
    return [host.user for host in free.exclude(pk=assignment.host_id).select_related("user")]


def _hand_over(task: DatedTask, to: User, by: User, on: date) -> None:
    assignment = _assignment(task)
    host = assignment.municipality.hosts.get(user=to)
    services.hand_over(by=by, assignment=assignment, host=host, reason="", on=on)


FOLLOW_UPS = TaskKind(
    name=FOLLOW_UP,
    title=_title,
    admin_url=_admin_url,
    send_reminder=messages.send_reminder,
    is_current=_is_current,
    subjects=_subjects,
    sweep=services.end_lapsed,
    finish=lambda task, by, on: services.finish_for_host(by=by, task=task, on=on),
    successors=_successors,
    hand_over=_hand_over,
)

# Stays promised when the assignment is over.
HELP = TaskKind(
    name=HOST_HELP,
    title=_title,
    admin_url=_admin_url,
    send_reminder=messages.send_reminder,
    is_current=_lives_here,
    subjects=_subjects,
)
