"""What this room keeps itself."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.personal_data import PersonalTable, Subject, register_personal_data
from privacy.models import AccessEntry

TABLES = [
    PersonalTable(
        "privacy.ErasureRequest",
        ["state", "asked_on", "due_on", "ended_on", "created_at"],
        {"ended_by": "a colleague"},
        household="household",
    ),
    PersonalTable("privacy.ArchiveHold", ["created_at", "reason"], household="household"),
    PersonalTable("privacy.RetentionNotice", ["created_at", "rule", "on"], household="household"),
    PersonalTable(
        "privacy.AccessEntry",
        ["created_at", "kind", "role", "page"],
        {
            "household_ref": "the household itself",
            "user": "a colleague or a host: named by role",
            "is_outside": "for the coordinator's control",
        },
        rows=lambda subject: _access(subject),
    ),
]


def _access(subject: Subject) -> QuerySet[AccessEntry]:
    return AccessEntry.objects.filter(household_ref=subject.household.pk).order_by("created_at", "pk")


register_personal_data("privacy", holds=TABLES)
