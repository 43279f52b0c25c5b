"""What the packages give the office to do this quarter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import User
from portal.clock import Quarter
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.registry import Queue
from welcome.packages import services
from welcome.packages.enums import RunState
from welcome.packages.models import Package, PackageRun


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.PACKAGES_MANAGE, m)]
    if not own:
        return
    quarter = str(Quarter.of(on))
    state_of = dict(
        PackageRun.objects.filter(municipality__in=own, quarter=quarter).values_list("municipality", "state")
    )
    missing = sum(municipality.pk not in state_of for municipality in own)
    waiting = sum(state == RunState.PLANNED for state in state_of.values())
    came_since = sum(services.came_since(m, on) for m in own if state_of.get(m.pk) == RunState.PLANNED)
    short = Package.objects.planned().short_of_stock().filter(municipality__in=own).count()
    runs = reverse("admin:packages_packagerun_changelist")
    yield Queue(
        order=50,
        title=_("Packages of %(quarter)s not planned yet") % {"quarter": quarter},
        count=missing,
        url=reverse("admin:packages_packagerun_add"),
        state="due" if missing else "ok",
        action=_("Plan the run"),
    )
    yield Queue(
        order=51,
        title=_("Package runs planned, not printed"),
        count=waiting,
        url=f"{runs}?state__exact={RunState.PLANNED}",
        state="due" if waiting else "ok",
        action=_("Plan it again, then print it") if came_since else _("Look through the run, then print it"),
        detail=_came_since_words(came_since),
    )
    yield Queue(
        order=52,
        title=_("Packages short of a gift"),
        count=short,
        url=reverse("admin:packages_gift_changelist") + "?stock=empty",
        state="due" if short else "ok",
        action=_("Agree on more, then plan the run again"),
    )


def _came_since_words(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)d household that moved in is not in it yet.",
        "%(count)d households that moved in are not in it yet.",
        count,
    ) % {"count": count}
