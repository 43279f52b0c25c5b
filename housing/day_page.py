"""Homes that somebody must confirm to be vacant still."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from housing.models import Listing
from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.registry import Queue


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.HOUSING_EDIT, m)]
    if not own:
        return
    listings = Listing.objects.filter(municipality__in=own)
    count, off_the_site = listings.to_confirm(on).count(), listings.unconfirmed(on).count()
    yield Queue(
        order=50,
        title=_("Homes to confirm"),
        count=count,
        url=f"{reverse('admin:housing_listing_changelist')}?state=to_confirm",
        state="late" if off_the_site else "due" if count else "ok",
        action=_("Ask the owners whether they are vacant still"),
        detail=_("What nobody confirms leaves the site: %(count)d so far.") % {"count": off_the_site},
    )
