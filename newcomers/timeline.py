"""What newcomers itself knows of a household's way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from newcomers.enums import ConsentPurpose, HouseholdState, Residency, ShareField, Source
from newcomers.models import Consent, Household, HouseholdMove
from portal.registry import TimelineEntry

# Models whose rows stand on the timeline, or on the page beside it.
SHOWN = [
    "newcomers.Household",
    "newcomers.Person",
    "newcomers.Preferences",
    "newcomers.HouseholdMove",
    "newcomers.Consent",
    "newcomers.Registration",
    "newcomers.AddressChange",
    "newcomers.StepTick",
    "newcomers.ObjectionCode",
]


def entries(household: Household, on: date) -> Iterable[TimelineEntry]:
    yield TimelineEntry(
        on=timezone.localdate(household.created_at), title=_("Registered"), detail=_how_they_came(household)
    )
    if household.moved_in_on:
        yield _moving_day(household.moved_in_on, household)
    for registration in household.registrations.filter(joined_known=True, confirmed_at__isnull=False):
        yield TimelineEntry(
            on=timezone.localdate(registration.confirmed_at), title=_("An account was let into this household"),
            detail=_("Its owner gave the name, birth year and address that we knew."), window=False,
        )  # fmt: skip
    for move in household.moves.all():
        if move.to_state in {HouseholdState.SETTLED, HouseholdState.MOVED_AWAY}:
            yield TimelineEntry(on=move.on, title=_what_became(move))
    for change in household.address_changes.all():
        yield TimelineEntry(on=change.on, title=_("Moved to another address here"), window=False)
    yield from _consents(household)


def _moving_day(day: date, household: Household) -> TimelineEntry:
    if household.state == HouseholdState.CONSIDERING:
        return TimelineEntry(on=day, title=_("Perhaps moving, about now"), state="next")
    if household.state == HouseholdState.PLANNING:
        return TimelineEntry(on=day, title=_("Moving day"), state="next")
    if household.residency == Residency.PART_TIME:
        return TimelineEntry(on=day, title=_("Here for the first time"))
    return TimelineEntry(on=day, title=_("Moved in"))


def _what_became(move: HouseholdMove) -> str:
    if move.to_state == HouseholdState.SETTLED:
        return _("Settled")
    lived_here = move.from_state in {HouseholdState.MOVED_IN, HouseholdState.SETTLED}
    return _("Moved away") if lived_here else _("Not coming after all")


def _how_they_came(household: Household) -> str:
    return {
        Source.SELF: _("By the household itself."),
        Source.REGISTER: _("From the list of movers that the municipality gets from the National Population Register."),
        Source.OFFICE: _("By the service office."),
        Source.EMPLOYER: _("By an employer, and confirmed by the household."),
    }.get(Source(household.source), "")


def _consents(household: Household) -> Iterable[TimelineEntry]:
    """For staff: on My page each consent has its own place, with a button."""
    for consent in Consent.objects.filter(person__household=household, purpose=ConsentPurpose.HOST).order_by(
        "given_at"
    ):
        what = {"what": ShareField(consent.field).label}
        yield TimelineEntry(
            on=timezone.localdate(consent.given_at), title=_("Lets the host see: %(what)s") % what, window=False,
            staff_only=True,
        )  # fmt: skip
        if consent.withdrawn_at:
            yield TimelineEntry(
                on=timezone.localdate(consent.withdrawn_at), title=_("No longer lets the host see: %(what)s") % what,
                window=False, staff_only=True,
            )  # fmt: skip
