"""What stops the letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.pages.models import ContactPoint, ServiceInfo
from portal.registry import Queue, first_step
from welcome.letters.models import LetterTemplate


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
