"""What stops the letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.enums import HouseholdState, Source
from newcomers.models import Household
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.pages.models import ContactPoint, ServiceInfo
from portal.registry import Queue, first_step
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
            url=reverse("admin:newcomers_household_changelist") + "?source__exact=register",
            state="late",
            action=_("Send them the welcome letter"),
            detail=_("The law gives a month (General Data Protection Regulation, article 14)."),
        )


def households_not_told(municipalities: Sequence[Municipality], on: date) -> QuerySet[Household]:
    """Taken from a register three weeks ago or more, and no letter that names the source has been issued.

    Who wants no post has been written to already.
    """
    told = Letter.objects.filter(household=OuterRef("pk"), issued_on__isnull=False)
    from_register = Household.objects.shown().filter(municipality__in=municipalities, source=Source.REGISTER)
    waiting = from_register.filter(wants_post=True, created_at__date__lte=on - TELL_WITHIN)
    return waiting.exclude(state=HouseholdState.MOVED_AWAY).filter(~Exists(told))
