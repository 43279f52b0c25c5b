"""What the office sees of addresses that mail comes back from: at the household, and on the day page."""

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
from portal.outbox.models import BouncedAddress
from portal.registry import Queue, TimelineEntry


def entries(household: Any, on: date) -> Iterable[TimelineEntry]:
    emails = {person.email.lower() for person in household.persons.all() if person.email}
    for marked in BouncedAddress.objects.filter(email__in=emails).order_by("email"):
        yield TimelineEntry(
            on=marked.on,
            title=_("Mail to %(email)s comes back") % {"email": marked.email},
            state="late",
            detail=_("Nothing more is sent there. Ask them for the right address, or let us try it again."),
            window=False,
            staff_only=True,
            admin_url=reverse("admin:outbox_bouncedaddress_change", args=[marked.pk]),
        )


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [place for place in municipalities if has_permission(user, Permission.MESSAGES_VIEW, place)]
    count = BouncedAddress.objects.filter(municipality__in=own).count() if own else 0
    if count:
        url = reverse("admin:outbox_bouncedaddress_changelist")
        action = _("Find out the right address")
        yield Queue(14, _("Addresses that mail comes back from"), count, url, state="due", action=action)
