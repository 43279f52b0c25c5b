"""What a household sees of its host: on its timeline and on My page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.municipalities.models import DatedTask
from portal.registry import Section, TimelineEntry
from welcome.hosting.enums import ANSWER, AssignmentState, Outcome
from welcome.hosting.models import Assignment, Conversation
from welcome.hosting.services import step_of

# Models whose rows stand on the timeline.
SHOWN = ["hosting.Assignment", "hosting.AssignmentMove", "hosting.Conversation"]


def entries(household: Any, on: date) -> Iterable[TimelineEntry]:
    assignments = household.assignments.with_next_step().prefetch_related("conversations")
    for assignment in assignments.order_by("proposed_on", "pk"):
        url = reverse("admin:hosting_assignment_change", args=[assignment.pk])
        yield from _beginning(assignment, url)
        yield from (_contact(conversation, url) for conversation in assignment.conversations.all())
        yield from _end(assignment, url)
        if assignment.is_open:
            yield from (_promised(assignment, task, on, url) for task in assignment.open_follow_ups)


def _beginning(assignment: Assignment, url: str) -> Iterable[TimelineEntry]:
    host = {"host": assignment.host}
    yield TimelineEntry(
        on=assignment.proposed_on, title=_("Asked to be host: %(host)s") % host, window=False, staff_only=True,
        admin_url=url,
    )  # fmt: skip
    if assignment.accepted_on:
        yield TimelineEntry(on=assignment.accepted_on, title=_("A host: %(host)s") % host, admin_url=url)


def _contact(conversation: Conversation, url: str) -> TimelineEntry:
    if conversation.outcome == Outcome.NOT_REACHED:
        title = _("The host tried to get in touch")
    elif conversation.outcome == Outcome.NEEDS_HELP:
        title = _("Talked with the host, and asked the municipality for help")
    else:
        title = _("Talked with the host")
    is_talk = conversation.outcome != Outcome.NOT_REACHED
    return TimelineEntry(on=conversation.on, title=title, window=is_talk, admin_url=url)


def _end(assignment: Assignment, url: str) -> Iterable[TimelineEntry]:
    if assignment.ended_on is None:
        return
    titles = {
        AssignmentState.COMPLETED: _("The host's part is done"),
        AssignmentState.DECLINED: _("The host could not"),
        AssignmentState.HANDED_OVER: _("Another host takes over"),
        AssignmentState.ENDED: _("The host has ended"),
    }
    state = AssignmentState(assignment.state)
    yield TimelineEntry(
        on=assignment.ended_on,
        title=titles[state],
        window=state == AssignmentState.COMPLETED,
        # Whether and why somebody said no is between them and the office.
        staff_only=state in {AssignmentState.DECLINED, AssignmentState.ENDED},
        admin_url=url,
    )


def _promised(assignment: Assignment, task: DatedTask, on: date, url: str) -> TimelineEntry:
    if task.occasion == ANSWER:
        title = _("The host answers")
    else:
        title = _("The host gets in touch: %(step)s") % {"step": step_of(task, assignment.plan) or task.occasion}
    late = task.due_on < on
    return TimelineEntry(
        on=task.due_on,
        title=title,
        state="late" if late else "next",
        by=str(assignment.host),
        staff_only=task.occasion == ANSWER,
        admin_url=url,
    )


def my_page(request: HttpRequest, household: Any, on: date) -> Iterable[Section]:
    assignment = household.assignments.open().with_next_step().first()
    if assignment is None:
        return
    task = next(iter(assignment.open_follow_ups), None)
    context = {
        "asked": not assignment.is_followed,
        "host": assignment.host,
        # A day that has passed is no promise any more; the office has it then.
        "due_on": task.due_on if task and task.due_on >= on else None,
    }
    yield Section(order=30, template="hosting/my_page.html", context=context)
