"""What waits of lists of movers and pairs, on the office's day page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.models import MoverImport, Pair
from newcomers.movers.enums import ImportState
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.registry import Queue


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    importing = [m for m in municipalities if has_permission(user, Permission.MOVERS_IMPORT, m)]
    if importing and (lists := MoverImport.objects.filter(municipality__in=importing, state=ImportState.READY).count()):
        yield Queue(
            order=22,
            title=_("Lists of movers that wait for your decision"),
            count=lists,
            url=reverse("admin:newcomers_moverimport_changelist") + "?state__exact=ready",
            action=_("See what they would change, and take them in"),
            detail=_("What nobody decided on within 30 days is deleted."),
        )
    deciding = [m for m in municipalities if has_permission(user, Permission.HOUSEHOLD_CHANGE, m)]
    if deciding and (pairs := Pair.objects.waiting().filter(municipality__in=deciding).count()):
        yield Queue(
            order=23,
            title=_("Pairs that may be one household"),
            count=pairs,
            url=reverse("admin:newcomers_pair_changelist"),
            action=_("Look at them side by side"),
        )
