"""What this room keeps of newcomers, and how it is forgotten."""

from __future__ import annotations

from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from newcomers.access import registrations_to_look_at
from newcomers.models import Household, Registration
from newcomers.movers import pairs
from newcomers.registering import drafts
from newcomers.registering.services import refuse
from portal.municipalities.models import DatedTask, Municipality
from portal.personal_data import PersonalTable, RetentionRule, register_personal_data, register_retention

_KEY = "made from other columns, to recognise the same again"

TABLES = [
    PersonalTable(
        "newcomers.Household",
        [
            "created_at",
            "state",
            "residency",
            "part_time_kind",
            "care_of",
            "street",
            "postcode",
            "city",
            "moved_in_on",
            "language",
            "source",
            "way_in",
            "reason",
            "wishes",
            "stay_longer",
            "contacted_on",
            "wants_post",
            "restricted",
        ],
        {
            "address_key": _KEY,
            "place_key": _KEY,
            "said_farewell": "whether they answered two questions, so that they are asked once",
            "compared_on": "when it was last looked for twice",
            "version": "counts changes, so that two who edit at once are told",
        },
        household="pk",
    ),
    PersonalTable(
        "newcomers.Person",
        [
            "is_adult",
            "name",
            "birth_year",
            "email",
            "phone",
            "languages",
            "education",
            "occupation_code",
            "occupation",
            "wants_job",
            "job_wish",
            "listed_on",
        ],
        {
            "name_key": _KEY,
            "sound_key": _KEY,
            "position": "the order on the page",
            "user": "the account stands in the same export",
        },
        person="pk",
    ),
    PersonalTable(
        "newcomers.Preferences",
        ["home_kinds", "home_tenure", "home_bedrooms", "important", "interests", "segment"],
        household="household",
    ),
    PersonalTable("newcomers.HouseholdMove", ["from_state", "to_state", "on"], household="household"),
    PersonalTable(
        "newcomers.Consent", ["purpose", "field", "text_version", "given_at", "withdrawn_at"], person="person"
    ),
    PersonalTable(
        "newcomers.Registration",
        ["created_at", "email", "language", "answers", "source", "way_in", "confirmed_at"],
        {"joined_known": "what the office is to look at, told on My page"},
        household="household",
        email="email",
    ),
    PersonalTable(
        "newcomers.Draft",
        ["created_at", "touched_at", "email", "answers", "source", "way_in"],
        dict.fromkeys(("code_hash", "code_expires_at", "wrong_tries"), "guards the way back to the draft"),
        email="email",
    ),
    PersonalTable(
        "newcomers.Introduction",
        ["created_at", "employer", "name", "email", "language", "starts_on", "note", "answered_at"],
        {
            "contact_name": "somebody else's: who introduced them",
            "contact_email": "somebody else's: who introduced them",
            "contact_language": "somebody else's: who introduced them",
            "confirmed_at": "when that other showed that the address is theirs",
        },
        email="email",
    ),
    PersonalTable("newcomers.StepTick", ["step", "on"], household="household", related=["step__translations"]),
    PersonalTable("newcomers.AddressChange", ["on"], household="household"),
    PersonalTable("newcomers.ObjectionCode", ["code"], household="household"),
    PersonalTable("newcomers.Note", ["kind", "text", "on", "written_at"], household="household"),
    PersonalTable(
        "newcomers.DeskConfirmation", ["email", "consents", "on", "answered_on", "said_yes"], person="person"
    ),
    PersonalTable(
        "newcomers.BulkRecipient",
        ["outcome"],
        {"bulk": "the message itself stands in the same export"},
        household="household",
    ),
    PersonalTable(
        "newcomers.MoverRow",
        ["packed", "kind", "differences"],
        {"record": "the list it stood in", "position": "its place in the list", "chosen": "whether it is taken"},
        household="household",
    ),
    PersonalTable(
        "newcomers.Pair",
        ["created_at", "reasons", "state", "decided_on"],
        {
            "other": "another household's, until somebody found that it is the same",
            "row": "stands in the same export when it is theirs",
            "decided_by": "a colleague; who looked and who changed is said by role, under who has looked",
        },
        household="household",
    ),
    PersonalTable(
        "newcomers.Merge",
        ["created_at", "on", "undone_on", "left_out"],
        {
            "kept": "stands in the same export",
            "snapshot": "the same data as it stood before, for 30 days, so that a mistake can be undone",
            "undone_by": "a colleague; who looked and who changed is said by role, under who has looked",
        },
        household="kept",
    ),
]
NOTHING_IN = {
    "newcomers.MoverImport": "names the colleague, and nobody of the list: those wait in MoverRow",
    "newcomers.RowDecision": "names the colleague, and nobody of the list",
    "newcomers.BulkMessage": "names the colleague who wrote it; its copies to each are messages",
    "newcomers.SavedView": "a colleague's own list, by its filters",
}


def erase(household: Household) -> None:
    """What no foreign key takes along: promises about it, and what was typed with its addresses."""
    of_household = Q(subject_type=ContentType.objects.get_for_model(Household), subject_id=household.pk)
    DatedTask.objects.filter(of_household).delete()
    drafts.forget_typed(household)
    pairs.forget_protected(household)


def _waiting(municipality: Municipality, last: date) -> QuerySet[Registration]:
    waiting = registrations_to_look_at().filter(municipality=municipality, confirmed_at__date__lte=last)
    return waiting.select_related("municipality")


def _refuse(rows: QuerySet[Registration], on: date) -> int:
    return sum(refuse(registration, by=None) for registration in list(rows))


register_retention(
    RetentionRule("newcomers.waiting", "registrations", _("Registrations that nobody decided on"), _waiting, _refuse)
)
register_personal_data("newcomers", holds=TABLES, erase=erase, nothing_in=NOTHING_IN)
