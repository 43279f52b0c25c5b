"""Households from a register are told where we have their address from, within the month that the law gives."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from newcomers.models import Household
from portal import registry
from portal.municipalities.enums import Role
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, StaffRoleFactory
from welcome.letters.day_page import households_not_told
from welcome.letters.models import Letter

pytestmark = pytest.mark.django_db


def taken(days_ago: int, **fields: object) -> Household:
    household = HouseholdFactory(imported=True, **fields)
    Household.objects.filter(pk=household.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    return household


def issued(household: Household) -> Letter:
    return Letter.objects.create(
        municipality=household.municipality, household=household, language="nb", template_version=1, facts={},
        sha256="0" * 64, issued_on=TODAY,
    )  # fmt: skip


def test_the_office_is_told_before_the_month_is_over() -> None:
    late = taken(25)
    taken(5), taken(25, no_post=True), taken(25, moved_away=True), taken(25, restricted_household=True)
    issued(taken(25))
    HouseholdFactory(municipality=late.municipality)
    assert list(households_not_told([late.municipality], timezone.localdate())) == [late]
    officer = StaffRoleFactory(municipality=late.municipality, role=Role.SERVICE_OFFICER).user
    queues = registry.day_page(officer, [late.municipality], timezone.localdate())
    assert [(q.count, q.state) for q in queues if q.url.endswith("source__exact=register")] == [(1, "late")]


def test_the_timeline_notes_that_the_letter_said_it() -> None:
    notes = []
    for household in (taken(1), HouseholdFactory()):
        letter = issued(household)
        entries = registry.timeline(household, TODAY, for_staff=True)
        notes.append([entry.detail != "" for entry in entries if str(letter.pk) in entry.admin_url])
    assert notes == [[True], [False]]
