"""What has been promised: late, escalated, due today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import DatedTask, Municipality
from portal.registry import Queue, first_step


def first_steps(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.MUNICIPALITY_EDIT, m)]
    missing = [m for m in own if not (m.office_street and m.office_email and m.office_phone and m.signature_name)]
    url = reverse("admin:municipalities_municipality_changelist")
    if len(missing) == 1:
        url = reverse("admin:municipalities_municipality_change", args=[missing[0].pk])
    yield from first_step(
        1, _("Begin here: the service office"), len(missing), url,
        _("Write its address, phone and e-mail, and who signs the letters"),
    )  # fmt: skip


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.TASKS_VIEW, m)]
    if not own:
        return
    counts = (
        DatedTask.objects.open()
        .filter(municipality__in=own)
        .aggregate(
            escalated=Count("pk", filter=Q(escalated_on__isnull=False)),
            due=Count("pk", filter=Q(due_on__lte=on, escalated_on=None)),
        )
    )
    url = reverse("admin:municipalities_datedtask_changelist")
    yield Queue(
        order=10,
        title=_("Promises nobody kept"),
        count=counts["escalated"],
        url=f"{url}?when=escalated",
        state="late" if counts["escalated"] else "ok",
        action=_("Call the host, or find another"),
        detail=_("The host was reminded and stayed silent."),
    )
    yield Queue(
        order=20,
        title=_("Promises due"),
        count=counts["due"],
        url=f"{url}?when=due",
        state="due" if counts["due"] else "ok",
        action=_("See who has them"),
    )
