"""Letters on a household's timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal.registry import TimelineEntry

# Models whose rows stand on the timeline.
SHOWN = ["letters.Letter"]


def entries(household: Household, on: date) -> Iterable[TimelineEntry]:
    for letter in household.letters.filter(issued_on__isnull=False).defer("facts"):
        assert letter.issued_on is not None  # filtered on the line above
        yield TimelineEntry(
            on=letter.issued_on,
            title=_("The welcome letter is in the post"),
            detail=_("It says where we have the address from.") if household.is_from_a_list else "",
            admin_url=reverse("admin:letters_letter_change", args=[letter.pk]),
        )
