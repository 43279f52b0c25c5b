"""What this room keeps itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from newcomers.enums import HouseholdState, Source
from newcomers.models import Consent, Household, HouseholdMove, Person
from portal import registry
from portal.municipalities.models import Municipality
from portal.personal_data import PersonalTable, RetentionRule, Subject, register_personal_data, register_retention
from privacy import erased, ledger
from privacy.models import AccessEntry
from privacy.retention import erase_households

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
        number="household_ref",
        rows=lambda subject: _access(subject),
    ),
]


def _access(subject: Subject) -> QuerySet[AccessEntry]:
    return AccessEntry.objects.filter(household_ref=subject.household.pk).order_by("created_at", "pk")


registry.register_protection("privacy", ledger.note_protected)
registry.register_protection("privacy keys", erased.keep_keys)
registry.register_withdrawal("privacy", ledger.note_withdrawn)
register_personal_data("privacy", holds=TABLES)


# --- Households whose term is over ---


def _never_in_touch(municipality: Municipality, last: date) -> QuerySet[Household]:
    """From a list of movers, and nobody has been in touch since."""
    return _untouched(Household.objects.filter(municipality=municipality, created_at__date__lte=last))


def _untouched(households: QuerySet[Household]) -> QuerySet[Household]:
    touched = Q(contacted_on__isnull=False) | Q(pk__in=Person.objects.filter(user__isnull=False).values("household"))
    return households.filter(source=Source.REGISTER).exclude(touched).exclude(state=HouseholdState.MOVED_AWAY)


def _silent(municipality: Municipality, last: date) -> QuerySet[Household]:
    """No sign of life since: not registered, not moved, nobody talked to them, and nobody signed in."""
    of_town = Household.objects.filter(municipality=municipality).exclude(state=HouseholdState.MOVED_AWAY)
    alive = (
        Q(created_at__date__gt=last)
        | Q(moved_in_on__gt=last)
        | Q(contacted_on__gt=last)
        | Q(pk__in=Person.objects.filter(user__last_login__date__gt=last).values("household"))
        | Q(pk__in=HouseholdMove.objects.filter(on__gt=last).values("household"))
    )
    # Through their numbers: NOT (day > last) would be unknown, and so lost, where there is no day.
    living = of_town.filter(alive).values("pk")
    return of_town.exclude(pk__in=living).exclude(pk__in=_untouched(of_town).values("pk"))


def _moved_away(municipality: Municipality, last: date) -> QuerySet[Household]:
    lately = HouseholdMove.objects.filter(to_state=HouseholdState.MOVED_AWAY, on__gt=last)
    gone = Household.objects.filter(municipality=municipality, state=HouseholdState.MOVED_AWAY)
    return gone.filter(created_at__date__lte=last).exclude(pk__in=lately.values("household"))


def _withdrawn(municipality: Municipality, last: date) -> QuerySet[Consent]:
    return Consent.objects.filter(person__household__municipality=municipality, withdrawn_at__date__lte=last)


def _logged(municipality: Municipality, last: date) -> QuerySet[AccessEntry]:
    return AccessEntry.objects.filter(municipality=municipality, created_at__date__lte=last)


def _delete(rows: QuerySet[Any], on: date) -> int:
    return rows.delete()[0]


for rule in [
    RetentionRule(
        "newcomers.never_in_touch", "welcome", _("From a list of movers, never in touch"), _never_in_touch,
        erase_households, household="pk", notify=True,
    ),
    RetentionRule(
        "newcomers.silent", "my_page", _("No sign of life"), _silent, erase_households, household="pk", notify=True
    ),
    RetentionRule(
        "newcomers.moved_away", "moved_away", _("Moved away"), _moved_away, erase_households, household="pk",
        notify=True,
    ),
    RetentionRule(
        "newcomers.consents", "consents", _("Consents that were taken back"), _withdrawn, _delete,
        household="person__household",
    ),
    RetentionRule("privacy.access_log", "access_log", _("Who has looked"), _logged, _delete),
]:  # fmt: skip
    register_retention(rule)
