"""States, consents, protection, and the words of a household's timeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from newcomers import consents, demo, services, tasks
from newcomers.access import person_of
from newcomers.enums import TRANSITIONS, HouseholdState
from newcomers.models import Consent, Household, HouseholdMove, Person, Registration
from newcomers.services import ChangedMeanwhile, MoveRefused
from newcomers.timeline import entries
from portal import clock, registry
from portal.municipalities.loading import load_municipalities
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


# --- States ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("old", HouseholdState.values)
@pytest.mark.parametrize("new", HouseholdState.values)
def test_only_moves_of_the_table_happen(old: str, new: str) -> None:
    household = HouseholdFactory(state=old)
    by = UserFactory()
    if (old, new) in TRANSITIONS:
        services.move(household, to=new, by=by, on=TODAY)
        move = HouseholdMove.objects.get()
        assert (move.household, move.from_state, move.to_state, move.by, move.on) == (household, old, new, by, TODAY)
    else:
        with pytest.raises(MoveRefused):
            services.move(household, to=new, by=by, on=TODAY)
        assert not HouseholdMove.objects.exists()
    expected = new if (old, new) in TRANSITIONS else old
    assert household.state == expected
    assert Household.objects.get().state == expected


def test_who_moves_first_wins() -> None:
    household = HouseholdFactory(state=HouseholdState.MOVED_IN)
    stale = Household.objects.get()
    services.move(household, to=HouseholdState.MOVED_AWAY, by=None, on=TODAY)
    with pytest.raises(MoveRefused):
        services.move(stale, to=HouseholdState.SETTLED, by=None, on=TODAY)
    assert Household.objects.get().state == HouseholdState.MOVED_AWAY
    assert HouseholdMove.objects.count() == 1


def test_who_moves_in_without_a_day_gets_this_one() -> None:
    household = HouseholdFactory(state=HouseholdState.CONSIDERING, moved_in_on=None)
    services.move(household, to=HouseholdState.MOVED_IN, by=None, on=TODAY)
    assert Household.objects.get().moved_in_on == TODAY


def test_those_whose_day_has_come_move_in_once() -> None:
    today = HouseholdFactory(planning=True, moved_in_on=TODAY)
    missed = HouseholdFactory(planning=True, moved_in_on=TODAY - timedelta(days=3))
    later = HouseholdFactory(planning=True, moved_in_on=TODAY + timedelta(days=1))
    assert services.move_in_due(on=TODAY, dry_run=True) == 2
    assert not HouseholdMove.objects.exists()
    assert services.move_in_due(on=TODAY) == 2
    assert services.move_in_due(on=TODAY) == 0
    states = {household.pk: household.state for household in Household.objects.all()}
    assert states == {
        today.pk: HouseholdState.MOVED_IN,
        missed.pk: HouseholdState.MOVED_IN,
        later.pk: HouseholdState.PLANNING,
    }


def moveins(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("moveins", "--json", *arguments, stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def test_the_command_reports_as_json() -> None:
    HouseholdFactory(planning=True, moved_in_on=TODAY)
    assert moveins("--date", "2026-11-21")["moved_in"] == 0
    assert moveins("--date", "2026-11-22", "--dry-run")["moved_in"] == 1
    assert Household.objects.get().state == HouseholdState.PLANNING
    assert moveins("--date", "2026-11-22") == {
        "moved_in": 1, "unconfirmed_dropped": 0, "unfinished_dropped": 0, "unanswered_dropped": 0,
        "bulk_drafts_dropped": 0, "desk_confirmations_dropped": 0, "pairs_found": 0, "undecided_dropped": 0,
    }  # fmt: skip
    assert Household.objects.get().state == HouseholdState.MOVED_IN


def test_the_daily_task_asks_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    HouseholdFactory(planning=True, moved_in_on=TODAY)
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    tasks.daily()
    assert Household.objects.get().state == HouseholdState.MOVED_IN


# --- Two who edit at once -------------------------------------------------------------------------


def test_of_two_who_save_the_same_version_the_second_is_told() -> None:
    first, second = Household.objects.get(pk=HouseholdFactory().pk), Household.objects.get()
    services.claim_version(first, first.version)
    with pytest.raises(ChangedMeanwhile):
        services.claim_version(second, second.version)
    assert Household.objects.get().version == first.version == 2


def test_who_looks_again_can_save() -> None:
    household = HouseholdFactory()
    services.claim_version(household, 1)
    services.claim_version(household, household.version)
    assert Household.objects.get().version == 3


# --- Protected ------------------------------------------------------------------------------------


def test_a_protected_household_has_no_address_anywhere() -> None:
    person = PersonFactory(
        with_account=True, user__last_login=timezone.now(), household__care_of="c/o Moen", household__planning=True
    )
    household = person.household
    consents.give_consent(person, field="address")
    for registered in (household, None):
        Registration.objects.create(
            municipality=household.municipality, email=person.email, household=registered, answers={"street": "Lia 3"}
        )
    services.restrict(household, by=UserFactory())
    household = Household.objects.get()
    assert household.restricted
    assert (household.street, household.care_of, household.postcode, household.city, household.address_key) == ("",) * 5
    assert household.state == HouseholdState.PLANNING
    assert not Consent.objects.exists()
    assert [registration.answers for registration in Registration.objects.all()] == [{}]
    assert not Household.objects.shown().exists()


def test_protecting_one_household_leaves_others_alone() -> None:
    one, other = HouseholdFactory(), HouseholdFactory()
    consents.give_consent(other.adults[0], field="phone")
    services.restrict(one, by=None)
    other.refresh_from_db()
    assert not other.restricted
    assert other.street
    assert Consent.objects.count() == 1


# --- Who is who -----------------------------------------------------------------------------------


def test_an_account_finds_the_household_it_lives_in_before_one_it_left() -> None:
    user = UserFactory()
    here = PersonFactory(user=user)
    PersonFactory(user=user, household__moved_away=True)
    assert person_of(user, here.household.municipality) == here


def test_an_account_finds_the_household_it_left() -> None:
    left = PersonFactory(with_account=True, household__moved_away=True)
    assert person_of(left.user, left.household.municipality) == left


def test_an_account_finds_no_household_of_another_town() -> None:
    person = PersonFactory(with_account=True)
    assert person_of(person.user, MunicipalityFactory(hemsedal=True)) is None


# --- Timeline -------------------------------------------------------------------------------------


def titles(household: Household, *, for_staff: bool = False) -> list[tuple[date, str, str]]:
    return [
        (entry.on, entry.title, entry.state) for entry in entries(household, TODAY) if for_staff or not entry.staff_only
    ]


def registered_on(household: Household, moment: datetime) -> Household:
    Household.objects.filter(pk=household.pk).update(created_at=moment)
    return Household.objects.get(pk=household.pk)


def test_the_way_begins_with_registering_on_norways_day() -> None:
    household = registered_on(HouseholdFactory(), datetime(2026, 10, 4, 22, 30, tzinfo=UTC))
    assert titles(household) == [(date(2026, 10, 5), "Registered", "done"), (date(2026, 10, 1), "Moved in", "done")]


def test_who_is_here_for_a_part_of_the_year_has_not_moved_in() -> None:
    assert (date(2026, 10, 1), "Here for the first time", "done") in titles(HouseholdFactory(residency="part_time"))


def test_the_moving_day_of_those_who_plan_comes_next() -> None:
    assert (date(2027, 2, 1), "Moving day", "next") in titles(HouseholdFactory(planning=True))


def test_leaving_stands_on_the_timeline() -> None:
    household = HouseholdFactory()
    services.move(household, to=HouseholdState.MOVED_AWAY, by=None, on=TODAY)
    assert (TODAY, "Moved away", "done") in titles(household)


def test_consents_stand_on_the_staffs_timeline_alone() -> None:
    household = HouseholdFactory()
    consents.give_consent(household.adults[0], field="phone")
    consents.withdraw_consent(household.adults[0], field="phone")
    shared = [title for _on, title, _state in titles(household, for_staff=True) if "host" in title]
    assert shared == ["Lets the host see: phone number", "No longer lets the host see: phone number"]
    assert not [title for _on, title, _state in titles(household) if "host" in title]


def test_the_timeline_is_registered() -> None:
    household = HouseholdFactory()
    found = [entry.title for entry in registry.timeline(household, TODAY, for_staff=False)]
    assert found.index("Moved in") >= 0
    assert timezone.localdate(household.created_at) in {
        entry.on for entry in registry.timeline(household, TODAY, for_staff=False)
    }


# --- Demonstration --------------------------------------------------------------------------------


def test_the_demonstration_may_be_loaded_twice() -> None:
    load_municipalities()
    first = demo.load_people(on=TODAY)
    assert demo.load_people(on=TODAY) == first
    assert first["households"] > 30
    assert Household.objects.filter(moved_in_on__gt=TODAY).count() == 0
    with_mail = Person.objects.exclude(email="")
    assert with_mail.count() == with_mail.exclude(user=None).count() > 10
