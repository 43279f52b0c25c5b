"""What stops the letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newcomers.enums import HouseholdState
from newcomers.models import Household, Person
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.pages.models import ContactPoint, ServiceInfo
from portal.registry import Queue, Segment, first_step
from welcome.letters.models import Letter, LetterTemplate

# A week before the month is over that the law gives.
TELL_WITHIN = timedelta(days=21)


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.LETTERS_MANAGE, m)]
    if not own:
        return
    templates = LetterTemplate.objects.filter(municipality__in=own).order_by()
    written = set(templates.values_list("municipality", flat=True))
    yield from first_step(
        3, _("Begin here: the welcome letter"), sum(m.pk not in written for m in own),
        reverse("admin:letters_lettertemplate_add"), _("Write the letter; without it nothing can be printed"),
    )  # fmt: skip
    infos = ServiceInfo.objects.filter(municipality__in=own).overdue(on).count()
    # A contact point that no topic draws on stands in no letter.
    contacts = ContactPoint.objects.filter(municipality__in=own, service_infos__isnull=False).overdue(on)
    contacts_count = contacts.order_by().values("pk").distinct().count()
    page = "admin:pages_contactpoint_changelist" if contacts_count else "admin:pages_serviceinfo_changelist"
    yield Queue(
        order=45,
        title=_("Facts that stop the letters"),
        count=infos + contacts_count,
        url=f"{reverse(page)}?checked=overdue",
        state="late" if infos + contacts_count else "ok",
        action=_("Check them, and mark them as checked"),
        detail=_("A letter is printed only when every fact in it was checked in time."),
    )
    if not_told := households_not_told(own, on).count():
        yield Queue(
            order=44,
            title=_("From a list of movers, and not told yet where we have the address from"),
            count=not_told,
            url=reverse("admin:newcomers_household_changelist") + f"?{TOLD.name}=late",
            state="late",
            action=_("Send them the welcome letter"),
            detail=_("The law gives a month (General Data Protection Regulation, article 14)."),
        )


def households_not_told(municipalities: Sequence[Municipality], on: date) -> QuerySet[Household]:
    """Those in which a list named somebody three weeks ago or more who has not been told.

    Who wants no post has been written to already.
    """
    return Household.objects.shown().filter(_not_told("late", on), municipality__in=municipalities)


def _not_told(group: str, on: date) -> Q:
    listed = persons_not_told().filter(listed_on__lte=on - TELL_WITHIN)
    return Q(pk__in=listed.values("household"), wants_post=True) & ~Q(state=HouseholdState.MOVED_AWAY)


# The same as a filter of the list of households, where the office finds them.
TOLD = Segment(
    "told",
    gettext_lazy("told where we have the address from"),
    {"late": gettext_lazy("not yet, and it is late")},
    _not_told,
)


def persons_not_told() -> QuerySet[Person]:
    """Brought by a list, and no letter that names the source was issued since.

    Where the one welcome letter had gone out before, it is enough that the office was in touch since.
    """
    letters = Letter.objects.filter(household=OuterRef("household"), issued_on__isnull=False)
    told = letters.filter(
        Q(issued_on__gte=OuterRef("listed_on")) | Q(household__contacted_on__gte=OuterRef("listed_on"))
    )
    return Person.objects.filter(~Exists(told), listed_on__isnull=False)
