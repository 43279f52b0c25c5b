"""What was written to people."""

from __future__ import annotations

from typing import Any

from portal.outbox.models import BouncedAddress, Message
from portal.personal_data import PersonalTable, register_personal_data

TABLES = [
    PersonalTable(
        "outbox.Message",
        ["kind", "recipient", "language", "subject", "text", "purpose", "state", "created_at", "sent_at"],
        {
            "key": "a name of ours that keeps it from being sent twice",
            "user": "the account stands in the same export",
            "person_id": "stands in the same export",
            "html": "the same text again, with its looks",
            "unsubscribe_url": "opens a page of theirs without signing in",
            "is_secret": "marks sign-in codes, whose text is gone",
            "attempts": "how often the mail server was tried",
            "next_try_at": "when the mail server is tried again",
            "error": "why the mail server did not take it",
        },
        account="user",
        email="recipient",
    ),
    PersonalTable("outbox.BouncedAddress", ["email", "status", "on"], email="email"),
]


def erase(household: Any) -> None:
    emails = {email for email in household.persons.values_list("email", flat=True) if email}
    emails |= {email for email in household.persons.values_list("user__email", flat=True) if email}
    emails |= {email.lower() for email in emails}
    Message.objects.filter(recipient__in=emails).delete()
    BouncedAddress.objects.filter(email__in=emails).delete()


register_personal_data("outbox", holds=TABLES, erase=erase)
