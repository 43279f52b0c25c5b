"""What hosts and newcomers give the office to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.enums import HouseholdState
from newcomers.models import Household, HouseholdQuerySet
from portal.accounts.models import User
from portal.clock import add_months
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import DatedTask, Municipality
from portal.registry import Queue
from welcome.hosting.enums import HOST_HELP, AssignmentState
from welcome.hosting.models import Assignment

# A host matters most in the first months.
MONTHS_TO_FIND_A_HOST = 3


def waiting_for_host(municipalities: Sequence[Municipality], on: date) -> HouseholdQuerySet:
    """Those who came lately, or whom a host could not take lately, and who have nobody now."""
    since = add_months(on, -MONTHS_TO_FIND_A_HOST)
    own = Assignment.objects.filter(household=OuterRef("pk"))
    declined = own.filter(state=AssignmentState.DECLINED, ended_on__gt=since)
    return (
        Household.objects.shown()
        .filter(municipality__in=municipalities, state=HouseholdState.MOVED_IN)
        .filter(Q(moved_in_on__gt=since) | Exists(declined))
        .exclude(Exists(own.open()))
    )


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.HOSTS_MANAGE, m)]
    if not own:
        return
    yield _queue(
        31,
        _("Newcomers who need help"),
        DatedTask.objects.open().filter(kind=HOST_HELP, municipality__in=own).count(),
        reverse("admin:municipalities_datedtask_changelist") + f"?kind__exact={HOST_HELP}",
        _("Call them today"),
        _("Their host has passed it on to you."),
        state="late",
    )
    yield _queue(
        32,
        _("Newcomers without a host"),
        waiting_for_host(own, on).count(),
        reverse("admin:hosting_assignment_add"),
        _("Ask a host"),
        _("They moved in during the last three months."),
    )
    yield _queue(
        33,
        _("Hosts who have not answered yet"),
        Assignment.objects.shown().filter(municipality__in=own, state=AssignmentState.PROPOSED).count(),
        reverse("admin:hosting_assignment_changelist") + f"?state__exact={AssignmentState.PROPOSED}",
        _("See whom you have asked"),
        state="new",
    )


def _queue(order: int, title: str, count: int, url: str, action: str, detail: str = "", state: str = "due") -> Queue:
    return Queue(
        order=order,
        title=title,
        count=count,
        url=url,
        state=state if count else "ok",  # type: ignore[arg-type]  # one of the states, as given above
        action=action,
        detail=detail,
    )
