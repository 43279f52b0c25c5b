"""Who followed whom, and what came of it. Of a household's host, the household gets what the host said of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from newcomers.models import Household
from portal import registry
from portal.municipalities.models import DatedTask, Municipality
from portal.outbox.models import Message
from portal.outbox.services import forget_names
from portal.personal_data import PersonalTable, RetentionRule, Subject, register_personal_data, register_retention
from welcome.hosting.models import Assignment, Host

TABLES = [
    PersonalTable(
        "hosting.Assignment",
        ["created_at", "host", "state", "proposed_on", "accepted_on", "ended_on", "end_reason"],
        {"plan": "the same for everyone", "steps_from": "counts the steps of the plan"},
        household="household",
        related=["host__user"],
    ),
    PersonalTable("hosting.AssignmentMove", ["from_state", "to_state", "on"], household="assignment__household"),
    PersonalTable(
        "hosting.Conversation",
        ["on", "outcome", "note", "logged_at"],
        {"task": "the promise stands in the same export", "submission": "a random number against a double tap"},
        household="assignment__household",
    ),
    PersonalTable(
        "hosting.Host",
        ["created_at", "languages", "area", "capacity", "about", "is_active"],
        {"user": "the account stands in the same export", "open_assignments": "a count"},
        account="user",
    ),
    PersonalTable(
        "municipalities.DatedTask",
        ["created_at", "kind", "occasion", "due_on", "done_on", "outcome"],
        {
            "subject_type": "what it is about: the household, or its host",
            "subject_id": "what it is about: the household, or its host",
            "reminded_on": "when its owner was reminded",
            "escalated_on": "when the office was told",
        },
        rows=lambda subject: _promises(subject),
    ),
]


def _promises(subject: Subject) -> QuerySet[DatedTask]:
    household = subject.household
    about = [household.pk, *household.assignments.values_list("pk", flat=True)]
    return DatedTask.objects.filter(subject_id__in=about).order_by("due_on", "pk")


def _ended_long_ago(municipality: Municipality, last: date) -> QuerySet[Assignment]:
    return Assignment.objects.filter(municipality=municipality, ended_on__lte=last)


def _delete(rows: QuerySet[Any], on: date) -> int:
    """Of assignments with the notes, the moves and the promises."""
    number = rows.count()
    rows.delete()
    return number


register_retention(
    RetentionRule(
        "hosting.ended", "host", _("Households that had a host"), _ended_long_ago, _delete, household="household"
    )
)


def _stopped_long_ago(municipality: Municipality, last: date) -> QuerySet[Host]:
    """Hosts who take nobody, of whose households nothing is kept any more, and who have not signed in since."""
    stopped = Host.objects.filter(municipality=municipality, is_active=False, assignments=None)
    unused = Q(user__last_login=None) | Q(user__last_login__date__lte=last)
    return stopped.filter(unused, created_at__date__lte=last)


register_retention(RetentionRule("hosting.hosts", "staff", _("Hosts who have stopped"), _stopped_long_ago, _delete))


def erase(household: Household) -> None:
    """Assignments go with the household; what hosts and the office were written by mail holds its first names."""
    forget_names(Message.objects.filter(kind__startswith="hosting_"), household.pk)


register_personal_data("hosting", holds=TABLES, erase=erase)
# Of a household that becomes protected, no mail to a host keeps the first names either.
registry.register_protection("hosting mail", erase)
