"""What was written to people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal import registry
from portal.municipalities.models import Municipality
from portal.outbox.enums import MessageState
from portal.outbox.models import BouncedAddress, Message, MessageAbout
from portal.personal_data import (
    PersonalTable,
    RetentionRule,
    holds_one_of,
    proven_emails,
    register_personal_data,
    register_retention,
)

# Mail to hosts and colleagues names others: those they follow, and those who asked.
WORK = Q(kind__startswith="hosting_") | Q(kind__in=["enquiry_owner", "enquiry_reminder", "verification"])

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
        not_theirs=WORK,
    ),
    PersonalTable(
        "outbox.MessageAbout",
        [],
        {"message": "stands in the same export, if it went to them", "household_ref": "the household itself"},
        number="household_ref",
        rows=lambda subject: MessageAbout.objects.filter(household_ref=subject.household.pk),
    ),
    PersonalTable("outbox.BouncedAddress", ["email", "status", "on"], email="email"),
]


def _sent_long_ago(municipality: Municipality, last: date) -> QuerySet[Message]:
    """Sign-in mail is no municipality's: it goes by the shortest of their terms."""
    of_town = Q(municipality=municipality) | Q(municipality=None)
    old = Message.objects.filter(of_town, created_at__date__lte=last)
    return old.exclude(recipient="").exclude(state__in=[MessageState.QUEUED, MessageState.SENDING])


def _empty(messages: QuerySet[Message], on: date) -> int:
    """That it was sent stays, so that it is not sent again; what it said and to whom does not."""
    return messages.update(recipient="", user=None, person_id=None, subject="", text="", html="", unsubscribe_url="")


def _came_back_long_ago(municipality: Municipality, last: date) -> QuerySet[BouncedAddress]:
    """By then somebody may have it again. An address of no municipality goes by the shortest of their terms."""
    return BouncedAddress.objects.filter(Q(municipality=municipality) | Q(municipality=None), on__lte=last)


def _forget(addresses: QuerySet[BouncedAddress], on: date) -> int:
    return addresses.delete()[0]


register_retention(
    RetentionRule(
        "outbox.messages",
        "messages",
        _("Mail that was sent"),
        _sent_long_ago,
        _empty,
        household="about__household_ref",
        email="recipient",
    )
)
register_retention(
    RetentionRule("outbox.bounced", "messages", _("Addresses that mail comes back from"), _came_back_long_ago, _forget)
)


def erase(household: Any) -> None:
    """All that was written to them, whatever address it went to, and what stands under an address of theirs alone.

    What names them in others' mail is emptied by those who wrote it (welcome.hosting).
    """
    about = Message.objects.about_household(household.pk)
    addresses = {email.lower() for email in household.persons.values_list("email", flat=True) if email}
    addresses |= {email.lower() for email in about.values_list("recipient", flat=True) if email}
    about.delete()
    here = Q(municipality=household.municipality_id) | Q(municipality=None)
    Message.objects.filter(here, holds_one_of(proven_emails(household), "recipient"), about=None).delete()
    BouncedAddress.objects.filter(email__in=addresses - _of_others(addresses, household)).delete()


def _of_others(addresses: set[str], household: Any) -> set[str]:
    others = household.persons.model.objects.exclude(household=household)
    having = others.filter(holds_one_of(addresses) | holds_one_of(addresses, "user__email"))
    return {email.lower() for pair in having.values_list("email", "user__email") for email in pair if email}


register_personal_data("outbox", holds=TABLES, erase=erase)
# What was written to somebody who becomes protected goes too, sent or waiting.
registry.register_protection("outbox", erase)
