"""What newcomers gives the office to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.access import registrations_to_look_at
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.registry import Queue


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.HOUSEHOLD_CHANGE, m)]
    if not own:
        return
    count = registrations_to_look_at().filter(municipality__in=own).count()
    yield Queue(
        order=30,
        title=_("Registrations to look at"),
        count=count,
        url=reverse("admin:newcomers_registration_changelist"),
        state="new" if count else "ok",
        action=_("See whether they belong to a household we know"),
        detail=_("Somebody with another account lives there already, or the address differs."),
    )
