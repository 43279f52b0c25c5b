"""What My page says of the data itself: take it, have it erased, see who has looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newcomers.models import Household
from portal.registry import Section
from privacy.enums import READERS, AccessKind
from privacy.models import AccessEntry, ErasureRequest

# Lines on the page about who has looked; the export has every entry.
MOST_LINES = 300
# Through which page, by the beginning of its name; the first that fits.
PAGES = [
    ("hosting:", _("the host's page about you")),
    ("admin:newcomers_household_changelist", _("a list in the office")),
    ("admin:newcomers_household_", _("your page in the office")),
    ("admin:newcomers_", _("registrations and lists of movers in the office")),
    ("admin:autocomplete", _("a field in which your name is typed")),
    ("admin:hosting_", _("who has which host")),
    ("admin:letters_", _("your letters")),
    ("letters", _("your letters")),
    ("admin:packages_", _("the welcome packages")),
    ("admin:municipalities_", _("what you were promised")),
    ("admin:enquiries_", _("your questions")),
    ("admin:outbox_", _("mail to you")),
    ("admin:privacy_", _("requests about your data")),
    ("privacy:", _("your own download")),
]


def sections(request: HttpRequest, household: Household, on: date) -> Iterable[Section]:
    asked = ErasureRequest.objects.waiting().filter(household=household).first()
    yield Section(80, "privacy/your_data.html", {"erasure": asked}, page="data")


def through_which_page(name: str) -> str:
    return str(next((words for start, words in PAGES if name.startswith(start)), _("the office's pages")))


@dataclass(frozen=True)
class Line:
    """Somebody in this role did this on this day, so many times."""

    on: date
    who: str
    what: str
    why: str
    times: int


def who_has_looked(household: Household) -> list[Line]:
    """The newest first; what reads alike on one day is one line."""
    entries = AccessEntry.objects.filter(household_ref=household.pk).order_by()
    days = entries.annotate(day=TruncDate("created_at")).values_list("day", "role", "kind", "page")
    counted = days.annotate(times=Count("pk")).order_by("-day", "role", "kind", "page")
    lines: Counter[tuple[date, str, str, str]] = Counter()
    for day, role, kind, page, times in counted[:MOST_LINES]:
        who = str(dict(READERS).get(role) or _("The portal itself"))
        lines[day, who, str(AccessKind(kind).label), through_which_page(page)] += times
    return [Line(*line, times) for line, times in lines.items()]
