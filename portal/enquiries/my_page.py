"""The questions that somebody has asked, on their own page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest

from portal.accounts.models import User
from portal.enquiries.enums import EnquiryState
from portal.enquiries.models import Enquiry
from portal.registry import Section

# The newest; older ones stand in the mails with their answers.
SHOWN = 10


def sections(request: HttpRequest, household: Any, on: date) -> Iterable[Section]:
    """Those asked with the address that the account has: whoever signed in has shown that it is theirs.

    Another adult of the household sees their own, not these.
    """
    if not isinstance(request.user, User):
        return
    asked = Enquiry.objects.filter(municipality=household.municipality_id, email__iexact=request.user.email)
    shown = asked.exclude(state=EnquiryState.DROPPED).order_by("-asked_on", "-serial")[:SHOWN]
    questions = [
        {
            "number": enquiry.number,
            "question": enquiry.question,
            "asked_on": enquiry.asked_on,
            "due_on": enquiry.due_on if enquiry.is_waiting else None,
            "is_late": enquiry.is_waiting and enquiry.due_on < on,
            "answered_on": enquiry.answered_on,
        }
        for enquiry in shown
    ]
    if questions:
        yield Section(order=50, template="enquiries/my_page.html", context={"questions": questions})
