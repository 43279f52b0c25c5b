"""Letters hold names and addresses as they were printed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from newcomers.models import Household, Person
from portal.documents import services as documents
from portal.documents.models import PrintJob
from portal.municipalities.models import Municipality
from portal.personal_data import PersonalTable, RetentionRule, register_personal_data, register_retention
from welcome.letters.day_page import persons_not_told

TABLES = [
    PersonalTable(
        "letters.Letter",
        ["created_at", "occasion", "language", "facts", "template_version", "issued_on"],
        {
            "template": "the text for everyone; what they got stands in the facts",
            "sha256": "a checksum of the facts",
            "print_job": "a file with everybody's letters",
        },
        household="household",
    ),
]


def erase(household: Household) -> None:
    """The letters go with the household; the printed files that hold them do not know it."""
    documents.drop_contents(PrintJob.objects.filter(letters__household=household))


register_personal_data("letters", holds=TABLES, erase=erase)


# --- Who was never told ---


def _never_told(municipality: Municipality, last: date) -> QuerySet[Person]:
    """Brought by a list into the household of somebody who told us themselves, and never told of it nor signed in.

    A household that a list brought as a whole has its own rule (privacy.personal_data).
    """
    told_us = Person.objects.filter(Q(listed_on=None) | Q(user__isnull=False), is_adult=True)
    listed = persons_not_told().filter(household__municipality=municipality, listed_on__lte=last, user=None)
    return listed.filter(household__in=told_us.values("household"))


def _delete(persons: QuerySet[Any], on: date) -> int:
    return sum(person.delete()[1]["newcomers.Person"] for person in persons.select_related("household"))


register_retention(
    RetentionRule(
        "letters.never_told",
        "welcome",
        _("Added by a list of movers, and never told"),
        _never_told,
        _delete,
        household="household",
    )  # fmt: skip
)
