"""Letters hold names and addresses as they were printed."""

from __future__ import annotations

from newcomers.models import Household
from portal.documents import services as documents
from portal.documents.models import PrintJob
from portal.personal_data import PersonalTable, register_personal_data

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
