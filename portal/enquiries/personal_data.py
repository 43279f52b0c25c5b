"""What people asked. An answer belongs to the question; a remark about a page names nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock, registry
from portal.enquiries.models import Enquiry, EnquiryQuerySet
from portal.enquiries.retention import forget_all_of
from portal.municipalities.models import Municipality
from portal.personal_data import (
    PersonalTable,
    RetentionRule,
    holds_one_of,
    proven_emails,
    register_personal_data,
    register_retention,
)

_OURS = "how the office keeps its promise; days and numbers alone"

TABLES = [
    PersonalTable(
        "enquiries.Enquiry",
        [
            "number", "created_at", "state", "question", "name", "email", "language", "topic", "page", "search",
            "asked_on", "promised_on", "answer", "answered_on", "answered_you", "missing", "closed_on",
        ],
        {
            "year": "part of the number", "serial": "part of the number", "due_on": _OURS, "first_answered_on": _OURS,
            "answered_by": "a colleague", "answers": _OURS, "judged": _OURS, "forgotten_on": _OURS,
        },
        email="email",
    ),
]  # fmt: skip
NOTHING_IN = {"enquiries.Remark": "what was wrong with a page; who said it is never kept"}


def _closed_long_ago(municipality: Municipality, last: date) -> QuerySet[Any]:
    return Enquiry.objects.filter(municipality=municipality, closed_on__lte=last, forgotten_on=None)


def _empty(rows: QuerySet[Any], on: date) -> int:
    number = rows.count()
    forget_all_of(EnquiryQuerySet(Enquiry).filter(pk__in=rows.values("pk")), on=on)
    return number


register_retention(
    RetentionRule(
        "enquiries.questions", "questions", _("Questions that were answered"), _closed_long_ago, _empty, email="email"
    )
)


def erase(household: Any) -> None:
    """Their questions are emptied, as a year after the answer; the figures stay."""
    asked = Enquiry.objects.filter(holds_one_of(proven_emails(household)), municipality=household.municipality_id)
    forget_all_of(asked, on=clock.today())


register_personal_data("enquiries", holds=TABLES, erase=erase, nothing_in=NOTHING_IN)
# The office reads questions with name and address. To somebody who becomes protected no answer could be sent any more.
registry.register_protection("enquiries", erase)
