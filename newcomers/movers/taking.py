"""Saves what was judged: new households, who is missing in known ones, and what a person saw and said yes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import F

from newcomers.enums import HouseholdState
from newcomers.models import Household, MoverRow, Person
from newcomers.movers.comparing import Verdict
from newcomers.movers.enums import DifferenceKind, RowKind
from newcomers.services import MoveRefused, move
from portal import registry
from portal.accounts.models import User

ARRIVING = (HouseholdState.CONSIDERING, HouseholdState.PLANNING)


def save_taken(judged: Sequence[tuple[MoverRow, Verdict]], *, by: User | None, on: date) -> None:
    """Everything that these rows add, in bulk. Without a person (a command) nothing that stands here is replaced."""
    verdicts = [verdict for _row, verdict in judged]
    new = [verdict.home.household for verdict in verdicts if verdict.home and verdict.kind == RowKind.NEW]
    Household.objects.bulk_create(new)
    Person.objects.bulk_create([person for verdict in verdicts for person in verdict.missing])
    grown = {person.household_id for verdict in verdicts for person in verdict.missing if person.is_adult}
    here = Household.objects.filter(pk__in=grown - {household.pk for household in new})
    here.update(compared_on=None)  # who was added may live in another household too
    registry.note_changed([v.home.household.pk for v in verdicts if v.home and v.kind == RowKind.CHANGED], by)
    _fill_in_years(verdicts)
    if by is not None:
        for row, verdict in judged:
            if verdict.kind == RowKind.CHANGED and verdict.home:
                _replace(verdict.home.household, row.differences, by=by, on=on)


def _fill_in_years(verdicts: Iterable[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.kind == RowKind.CHANGED and verdict.home:
            for person in verdict.filled:
                Person.objects.filter(pk=person.pk, birth_year=None).update(birth_year=person.birth_year)


def _replace(household: Household, seen: Iterable[dict[str, str]], *, by: User, on: date) -> None:
    """Old becomes new, unless somebody has changed it since it was shown."""
    here = Household.objects.filter(pk=household.pk, restricted=False)
    for difference in seen:
        old, new = difference["old"], difference["new"]
        if difference["what"] == DifferenceKind.CARE_OF:
            here.filter(care_of=old).update(care_of=new, version=F("version") + 1)
        elif difference["what"] == DifferenceKind.MOVED_IN:
            here.filter(moved_in_on=old or None).update(moved_in_on=new, version=F("version") + 1)
            _arrive(household, by=by, on=on)


def _arrive(household: Household, *, by: User, on: date) -> None:
    """Who was on the way, and stands in the list, has moved in."""
    household.refresh_from_db()
    if household.state in ARRIVING and household.moved_in_on and household.moved_in_on <= on:
        try:
            move(household, to=HouseholdState.MOVED_IN, by=by, on=on)
        except MoveRefused:  # somebody else was quicker
            return


def come_back(household: Household, *, moved_in_on: date, by: User, on: date) -> None:
    """A household that had moved away stands in a list again: it lives here from the day that the list says."""
    if household.state != HouseholdState.MOVED_AWAY:
        return
    Household.objects.filter(pk=household.pk).update(moved_in_on=moved_in_on, version=F("version") + 1)
    move(household, to=HouseholdState.MOVED_IN, by=by, on=on)
