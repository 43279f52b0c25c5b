"""Moving a household from state to state, protection."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from newcomers.enums import TRANSITIONS, HouseholdState
from newcomers.models import Consent, Household, HouseholdMove, ObjectionCode
from newcomers.registering.drafts import empty_waiting, forget_typed
from portal import registry
from portal.accounts.models import User
from portal.municipalities.models import Municipality

logger = logging.getLogger(__name__)


class MoveRefused(Exception):
    """The household is not in a state from which it can move there, or somebody else has just moved it."""


class ChangedMeanwhile(Exception):
    """Somebody else has saved the household since this page was opened."""


def settle_alone(municipality_id: UUID) -> None:
    """For the rest of the transaction nobody else registers, is let in or is protected in this municipality.

    On SQLite all writing is one after the other.
    """
    Municipality.objects.select_for_update(no_key=True).only("pk").get(pk=municipality_id)


@transaction.atomic
def claim_version(household: Household, version: int) -> None:
    """Go on only if nobody has saved the household since the page with this `version` was opened.

    Every form that edits a household carries the version it was made from, and claims it before it writes, in the same
    transaction. Of two who press at once one gets it; the other is told, and nothing is overwritten silently.
    """
    if not Household.objects.filter(pk=household.pk, version=version).update(version=version + 1):
        raise ChangedMeanwhile
    household.version = version + 1


# --- States ---------------------------------------------------------------------------------------


@transaction.atomic
def move(household: Household, *, to: str, by: User | None, on: date) -> None:
    """The one door between states. `by` is nobody when the day itself moves the household."""
    old = household.state
    if (old, to) not in TRANSITIONS:
        raise MoveRefused(f"{old} -> {to}")
    changes: dict[str, Any] = {"state": to}
    if to == HouseholdState.MOVED_IN and household.moved_in_on is None:
        changes["moved_in_on"] = on
    if to == HouseholdState.MOVED_AWAY and old in {HouseholdState.CONSIDERING, HouseholdState.PLANNING}:
        changes["moved_in_on"] = None  # they have never lived here (Household.never_came)
    if old == HouseholdState.MOVED_AWAY:
        changes["said_farewell"] = False  # should they leave again
    if not Household.objects.filter(pk=household.pk, state=old).update(**changes):
        raise MoveRefused(f"{old} -> {to}: no longer {old}")
    HouseholdMove.objects.create(household=household, from_state=old, to_state=to, on=on, by=by)
    for name, value in changes.items():
        setattr(household, name, value)
    registry.follow_state(household, to, by, on)


def move_in_due(*, on: date, dry_run: bool = False) -> int:
    """Those who were planning and whose day has come have moved in."""
    due = Household.objects.filter(state=HouseholdState.PLANNING, moved_in_on__lte=on)
    if dry_run:
        return due.count()
    moved = 0
    for household in due.iterator(chunk_size=500):
        try:
            move(household, to=HouseholdState.MOVED_IN, by=None, on=on)
        except MoveRefused:  # the office was quicker
            continue
        moved += 1
    return moved


# --- Protected address ----------------------------------------------------------------------------


@transaction.atomic
def restrict(household: Household, *, by: User | None) -> None:
    """Protect a household: its address is forgotten wherever we keep it, and it stands in no list any more."""
    settle_alone(household.municipality_id)
    # Then at once: whoever is just writing to the household is done by now, or finds that it is protected. The rooms
    # are asked while the address is still there, by which one of them knows the household again (privacy.erased).
    registry.forget_address(Household.objects.select_for_update(no_key=True).get(pk=household.pk))
    Household.objects.filter(pk=household.pk).update(
        restricted=True, street="", care_of="", postcode="", city="", address_key="", place_key="",
        version=F("version") + 1,
    )  # fmt: skip
    Consent.objects.filter(person__household=household).delete()
    household.registrations.update(answers={})
    ObjectionCode.objects.filter(household=household).delete()
    forget_typed(household)
    empty_waiting(household)
    household.refresh_from_db()
    logger.info("Household %s was protected by %s.", household.pk, by.pk if by else "nobody")
