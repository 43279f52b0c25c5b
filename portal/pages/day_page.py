"""Facts that nobody has checked lately."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.pages.models import ContactPoint, ServiceInfo
from portal.registry import Queue, first_step


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.CONTENT_EDIT, m)]
    if not own:
        return
    written = set(ServiceInfo.objects.filter(municipality__in=own).order_by().values_list("municipality", flat=True))
    yield from first_step(
        2, _("Begin here: texts and contact points"), sum(m.pk not in written for m in own),
        reverse("admin:pages_serviceinfo_add"), _("Write what a newcomer needs to know; letters draw on it"),
    )  # fmt: skip
    queues_of: list[tuple[int, Any, str, str]] = [
        (40, ContactPoint, _("Contact points nobody has checked lately"), "admin:pages_contactpoint_changelist"),
        (41, ServiceInfo, _("Texts nobody has checked lately"), "admin:pages_serviceinfo_changelist"),
    ]
    for order, model, title, url in queues_of:
        count = model.objects.filter(municipality__in=own).overdue(on).count()
        yield Queue(
            order=order,
            title=title,
            count=count,
            url=f"{reverse(url)}?checked=overdue",
            state="late" if count else "ok",
            action=_("Check them"),
            detail=_("What is not checked stands in no letter."),
        )
