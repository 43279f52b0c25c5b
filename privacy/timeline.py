"""What the household's way says of its data: when it is to go, and why it may not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal.registry import TimelineEntry
from privacy.enums import ErasureState
from privacy.models import ArchiveHold

# Models whose rows stand on the timeline.
SHOWN = ["privacy.ErasureRequest", "privacy.ArchiveHold", "privacy.RetentionNotice"]


def entries(household: Household, on: date) -> Iterable[TimelineEntry]:
    for request in household.erasures.all():
        yield TimelineEntry(on=request.asked_on, title=_("Asked to be erased"), window=False)
        if request.state == ErasureState.ASKED:
            state = "late" if request.due_on < on else "next"
            yield TimelineEntry(on=request.due_on, title=_("Everything is erased"), state=state, window=False)  # type: ignore[arg-type]  # one of the two words above
        elif request.state == ErasureState.WITHDRAWN and request.ended_on:
            yield TimelineEntry(on=request.ended_on, title=_("Wishes to stay after all"), window=False)
    for notice in household.retention_notices.all():
        yield TimelineEntry(on=notice.on, title=_("Told that the data goes soon"), window=False)
    hold = ArchiveHold.objects.filter(household=household).first()
    if hold:
        yield TimelineEntry(
            on=timezone.localdate(hold.created_at), title=_("Kept for the archive: %(reason)s") % {"reason": hold},
            window=False, staff_only=True,
        )  # fmt: skip
