"""Households from a register are told where we have their address from, within the month that the law gives."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from newcomers.models import Household, Person
from portal import registry
from portal.municipalities.enums import Role
from privacy.retention import nightly
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, PersonFactory, StaffRoleFactory
from welcome.letters.day_page import households_not_told
from welcome.letters.models import Letter

pytestmark = pytest.mark.django_db


def taken(days_ago: int, **fields: object) -> Household:
    household = HouseholdFactory(imported=True, **fields)
    household.persons.update(listed_on=timezone.localdate() - timedelta(days=days_ago))
    return household


def issued(household: Household, on: date | None = None) -> Letter:
    return Letter.objects.create(
        municipality=household.municipality, household=household, language="nb", template_version=1, facts={},
        sha256="0" * 64, issued_on=on or timezone.localdate(),
    )  # fmt: skip


def test_the_office_is_told_before_the_month_is_over() -> None:
    late = taken(25)
    taken(5), taken(25, no_post=True), taken(25, moved_away=True), taken(25, restricted_household=True)
    issued(taken(25))
    HouseholdFactory(municipality=late.municipality)
    assert list(households_not_told([late.municipality], timezone.localdate())) == [late]
    officer = StaffRoleFactory(municipality=late.municipality, role=Role.SERVICE_OFFICER).user
    queues = registry.day_page(officer, [late.municipality], timezone.localdate())
    assert [(q.count, q.state) for q in queues if q.url.endswith("told=late")] == [(1, "late")]


def test_who_a_list_added_to_those_who_registered_themselves_is_told_too() -> None:
    """The letter to the first of them named no list; the one letter is sent, or the office talks to them."""
    today = timezone.localdate()
    home = HouseholdFactory(adults__name="Kari Moen")
    ola = PersonFactory(household=home, name="Ola Li", listed_on=today - timedelta(days=25))
    towns = [home.municipality]
    assert list(households_not_told(towns, today)) == [home]
    assert home.is_from_a_list
    letter = issued(home, on=today - timedelta(days=40))
    assert list(households_not_told(towns, today)) == [home]
    Household.objects.update(contacted_on=today)
    assert list(households_not_told(towns, today)) == []
    Household.objects.update(contacted_on=None)
    Letter.objects.filter(pk=letter.pk).update(issued_on=today)
    assert list(households_not_told(towns, today)) == []
    assert not Person.objects.filter(pk=ola.pk, user__isnull=False).exists()


def test_who_was_never_told_is_let_go_after_a_year_and_the_household_stays() -> None:
    home = HouseholdFactory(adults__name="Kari Moen")
    told = HouseholdFactory(municipality=home.municipality, adults__name="Eli Ås")
    for household in (home, told):
        PersonFactory(household=household, name="Ola Li", listed_on=date(2026, 1, 1), position=1)
        PersonFactory(household=household, name="Per By", listed_on=date(2026, 10, 1), position=2)
    issued(told, on=date(2026, 2, 1))
    nightly(on=date(2027, 1, 2))
    assert [adult.name for adult in Household.objects.get(pk=home.pk).adults] == ["Kari Moen", "Per By"]
    assert len(Household.objects.get(pk=told.pk).adults) == 3


def test_the_timeline_notes_that_the_letter_said_it() -> None:
    notes = []
    for household in (taken(1), HouseholdFactory()):
        letter = issued(household)
        entries = registry.timeline(household, TODAY, for_staff=True)
        notes.append([entry.detail != "" for entry in entries if str(letter.pk) in entry.admin_url])
    assert notes == [[True], [False]]
