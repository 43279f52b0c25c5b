"""What waits for an answer or a look, and how well it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.clock import add_months
from portal.enquiries.enums import ENQUIRY, REMARK
from portal.enquiries.figures import EnquiryFigures, figures_of
from portal.enquiries.models import Enquiry, Remark
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import DatedTask, Municipality
from portal.registry import SMALLEST, Figure, Queue


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.ENQUIRIES_ANSWER, m)]
    if own:
        yield _queue(own, on, Enquiry, 12, _("Questions to answer"), _("Answer them"))
        yield _queue(own, on, Remark, 32, _("Remarks on pages"), _("See what is wrong, and mend it"))
    # Those who give roles can do something about it, also where they see no question.
    yield from _with_nobody([m for m in municipalities if has_permission(user, Permission.ROLES_MANAGE, m)])


def _queue(
    own: Sequence[Municipality], on: date, model: type[Enquiry] | type[Remark], order: int, title: str, action: str
) -> Queue:
    waiting = model._base_manager.filter(municipality__in=own, closed_on=None)
    counts: dict[str, Any] = waiting.aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=on)), due=Count("pk", filter=Q(due_on=on))
    )
    late: int = counts["late"]
    url = reverse(f"admin:enquiries_{model._meta.model_name}_changelist")
    return Queue(
        order=order,
        title=title,
        count=counts["all"],
        url=f"{url}?show=late" if late else url,
        state="late" if late else "due" if counts["due"] else "new" if counts["all"] else "ok",
        action=action,
        detail=ngettext("%(count)d is late.", "%(count)d are late.", late) % {"count": late} if late else "",
    )


def _with_nobody(municipalities: Sequence[Municipality]) -> Iterable[Queue]:
    left = DatedTask.objects.open().filter(kind__in=[ENQUIRY, REMARK], owner=None, municipality__in=municipalities)
    count = left.count() if municipalities else 0
    if count:
        yield Queue(
            order=5,
            title=_("Questions and remarks that nobody can have"),
            count=count,
            url=reverse("admin:municipalities_staffrole_add"),
            state="late",
            action=_("Give somebody a role there"),
            detail=_("The municipality has nobody who may answer. They go to the first one who may, the next morning."),
        )


def figures(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Figure]:
    """The last twelve months, one line for each municipality."""
    own = [m for m in municipalities if has_permission(user, Permission.FIGURES_VIEW, m)]
    found = figures_of(own, start=add_months(on, -12), until=on, on=on)
    for municipality in own:
        yield Figure(
            title=_("Questions to %(place)s in the last 12 months") % {"place": municipality.name},
            value=_in_words(found[municipality.pk]),
        )


def _in_words(figures: EnquiryFigures) -> str:
    if figures.share_in_time is None or figures.median_working_days is None:
        return str(figures.count) if figures.count >= SMALLEST else _("fewer than %(n)d") % {"n": SMALLEST}
    return _("%(count)d, %(share)d %% answered in time, half of them within %(days)d working days") % {
        "count": figures.count, "share": round(100 * figures.share_in_time), "days": ceil(figures.median_working_days),
    }  # fmt: skip
