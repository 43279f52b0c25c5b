"""What the office must see of data: who waits to be forgotten, and reading that stands out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.clock import add_months
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.registry import SMALLEST, Figure, Queue
from privacy import access_log
from privacy.models import ErasureRequest, Remainder

DAYS_TO_LOOK_BACK = 7


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    managing = [m for m in municipalities if has_permission(user, Permission.PRIVACY_MANAGE, m)]
    if managing:
        yield _waiting(managing, on)
    watching = [m for m in municipalities if has_permission(user, Permission.ACCESS_LOG_VIEW, m)]
    if watching:
        yield _stands_out(watching)


def _waiting(own: Sequence[Municipality], on: date) -> Queue:
    days = ErasureRequest.objects.waiting().filter(municipality__in=own, household__restricted=False)
    due = sorted(days.values_list("due_on", flat=True))
    late = bool(due) and due[0] < on
    return Queue(
        order=32,
        title=_("Want to be forgotten"),
        count=len(due),
        url=f"{reverse('admin:privacy_erasurerequest_changelist')}?state__exact=asked",
        state="late" if late else "due" if due else "ok",
        action=_("Look whether something must be kept, and erase"),
        detail=_("It happens by itself on the day that was promised."),
    )


def _stands_out(own: Sequence[Municipality]) -> Queue:
    hours = access_log.unusual(own, since=timezone.now() - timedelta(days=DAYS_TO_LOOK_BACK))
    return Queue(
        order=34,
        title=_("Reading that stands out"),
        count=len(hours),
        url=f"{reverse('admin:privacy_accessentry_changelist')}?stands_out=week",
        state="new" if hours else "ok",
        action=_("See who opened so many households, and ask why"),
    )


def figures(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Figure]:
    """What statistics keep of those who were erased."""
    own = [m for m in municipalities if has_permission(user, Permission.FIGURES_VIEW, m)]
    since = add_months(on.replace(day=1), -24)
    lately = Remainder.objects.filter(municipality__in=own, month__gte=since).order_by()
    counts = dict(lately.values_list("municipality").annotate(Sum("households")))
    for municipality in own:
        erased = counts.get(municipality.pk, 0)
        if erased >= SMALLEST:
            title = _("Moved to %(place)s in the last 24 months, and erased since") % {"place": municipality.name}
            yield Figure(title=title, value=str(erased))
