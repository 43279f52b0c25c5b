"""Lists of movers, pairs and merges on a household's timeline: for staff alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from newcomers.models import Household, Merge, Pair
from portal.registry import TimelineEntry

# Models whose rows stand on the timeline. A row of a list stands there by its pair.
SHOWN = ["newcomers.MoverRow", "newcomers.Pair", "newcomers.Merge"]


def entries(household: Household, on: date) -> Iterable[TimelineEntry]:
    for pair in Pair.objects.waiting().filter(Q(household=household) | Q(other=household)):
        yield TimelineEntry(
            on=timezone.localdate(pair.created_at),
            title=_("May be the same as another household: look at the two side by side"),
            state="next",
            window=False,
            staff_only=True,
            admin_url=reverse("admin:newcomers_pair_change", args=[pair.pk]),
        )
    for merged in household.merges.select_related("by"):
        yield from _merge(merged)


def _merge(merged: Merge) -> Iterable[TimelineEntry]:
    left_out = merged.not_taken_over
    yield TimelineEntry(
        on=merged.on,
        title=_("Another household was merged into this one (%(by)s)") % {"by": merged.by or "–"},
        detail=_("Not taken over, since it was here already: %(rows)s.") % {"rows": left_out} if left_out else "",
        window=False,
        staff_only=True,
        admin_url=reverse("admin:newcomers_merge_change", args=[merged.pk]),
    )
    if merged.undone_on:
        yield TimelineEntry(on=merged.undone_on, title=_("The merge was undone"), window=False, staff_only=True)
