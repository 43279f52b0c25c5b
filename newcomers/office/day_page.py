"""What newcomers gives the office to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from newcomers.access import registrations_to_look_at
from newcomers.models import Household
from newcomers.office import inbox
from portal.accounts.models import User
from portal.clock import add_months
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.registry import Figure, Queue

# Below this, a figure could point at somebody.
SMALLEST_FIGURE = 5


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.HOUSEHOLD_CHANGE, m)]
    if own:
        yield _to_look_at(own)
        yield from _inbox(own, on)
    protecting = [m for m in municipalities if has_permission(user, Permission.HOUSEHOLD_RESTRICT, m)]
    if protecting:
        yield _perhaps_protected(protecting)


def figures(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Figure]:
    """How many moved in, for those who see figures and no person."""
    own = [m for m in municipalities if has_permission(user, Permission.FIGURES_VIEW, m)]
    lately = Household.objects.shown().moved_in_between(add_months(on, -12), on).filter(municipality__in=own)
    counts = dict(lately.order_by().values_list("municipality").annotate(Count("pk")))
    for municipality in own:
        moved_in = counts.get(municipality.pk, 0)
        yield Figure(
            title=_("Households that moved to %(place)s in the last 12 months") % {"place": municipality.name},
            value=str(moved_in) if moved_in >= SMALLEST_FIGURE else _("fewer than %(n)d") % {"n": SMALLEST_FIGURE},
        )


def _to_look_at(own: Sequence[Municipality]) -> Queue:
    count = registrations_to_look_at().filter(municipality__in=own).count()
    return Queue(
        order=30,
        title=_("Registrations to look at"),
        count=count,
        url=reverse("admin:newcomers_registration_changelist"),
        state="new" if count else "ok",
        action=_("See whether they belong to a household we know"),
        detail=_("Somebody with another account lives there already, or the address differs."),
    )


def _perhaps_protected(own: Sequence[Municipality]) -> Queue:
    shown = Household.objects.shown().filter(municipality__in=own)
    count = inbox.may_be_protected(shown).count()
    return _tab(31, _("Households that may be somebody protected"), count, inbox.PROTECTED, "late",
                _("An adult has the same name and birth year: ask them, and protect them"))  # fmt: skip


def _inbox(own: Sequence[Municipality], on: date) -> Iterable[Queue]:
    """Three tabs of the list of households, each with what it counts."""
    shown = Household.objects.shown().filter(municipality__in=own)
    too_long = datetime.combine(on - timedelta(days=inbox.DAYS_TO_CONTACT), time())
    silent = inbox.never_contacted(shown).filter(created_at__lt=timezone.make_aware(too_long))
    days = {"days": inbox.DAYS_TO_CONTACT}
    yield _tab(12, _("Households with a late promise"), inbox.late(shown, on).count(), inbox.LATE, "late",
               _("See what was promised, and do it"))  # fmt: skip
    yield _tab(28, _("New households that nobody has"), inbox.choose(shown, inbox.NEW, on).count(), inbox.NEW, "new",
               _("Take them, or give them to a colleague"))  # fmt: skip
    yield _tab(29, _("Waiting for contact for more than %(days)d days") % days, silent.count(), inbox.WAITING, "due",
               _("Call them, and note it"))  # fmt: skip


def _tab(order: int, title: str, count: int, tab: str, state: str, action: str) -> Queue:
    url = f"{reverse('admin:newcomers_household_changelist')}?show={tab}"
    return Queue(
        order=order, title=title, count=count, url=url, action=action,
        state=state if count else "ok",  # type: ignore[arg-type]  # one of the states, as given above
    )  # fmt: skip
