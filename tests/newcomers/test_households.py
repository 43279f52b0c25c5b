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

from newcomers import demo, services, tasks
from newcomers.access import person_of
from newcomers.enums import TRANSITIONS, HouseholdState, ShareField
from newcomers.models import Consent, Household, HouseholdMove, Person, Registration
from newcomers.services import MoveRefused
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
    assert moveins("--date", "2026-11-21") == {"moved_in": 0, "unconfirmed_dropped": 0}
    assert moveins("--date", "2026-11-22", "--dry-run") == {"moved_in": 1, "unconfirmed_dropped": 0}
    assert Household.objects.get().state == HouseholdState.PLANNING
    assert moveins("--date", "2026-11-22") == {"moved_in": 1, "unconfirmed_dropped": 0}
    assert Household.objects.get().state == HouseholdState.MOVED_IN


def test_the_daily_task_asks_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    HouseholdFactory(planning=True, moved_in_on=TODAY)
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    tasks.daily()
    assert Household.objects.get().state == HouseholdState.MOVED_IN


# --- Consents -------------------------------------------------------------------------------------


def test_a_consent_given_twice_is_given_once() -> None:
    person = PersonFactory()
    services.give_consent(person, field="phone")
    services.give_consent(person, field="phone")
    services.give_consent(person, field="email")
    assert sorted(consent.field for consent in person.consents.all()) == ["email", "phone"]


def test_a_consent_names_the_text_it_was_given_to() -> None:
    person = PersonFactory()
    services.give_consent(person, field="phone")
    assert person.consents.get().text_version == services.CONSENT_TEXT_VERSION


def test_a_withdrawn_consent_stays_as_proof_and_can_be_given_anew() -> None:
    person = PersonFactory()
    services.give_consent(person, field="address")
    services.withdraw_consent(person, field="address")
    assert person.consents.get().withdrawn_at is not None
    services.give_consent(person, field="address")
    assert person.consents.filter(withdrawn_at=None).count() == 1
    assert person.consents.count() == 2


def test_consents_are_for_one_field_of_one_person() -> None:
    one, other = PersonFactory(), PersonFactory()
    for person in (one, other):
        for field in ShareField.values:
            services.give_consent(person, field=field)
    services.withdraw_consent(one, field="phone")
    assert one.consents.filter(withdrawn_at=None).count() == 2
    assert other.consents.filter(withdrawn_at=None).count() == 3


def test_an_unknown_field_is_no_consent() -> None:
    with pytest.raises(ValueError, match="health"):
        services.give_consent(PersonFactory(), field="health")


# --- Protected ------------------------------------------------------------------------------------


def test_a_protected_household_has_no_address_anywhere() -> None:
    person = PersonFactory(with_account=True, household__care_of="c/o Moen", household__planning=True)
    household = person.household
    services.give_consent(person, field="address")
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
    services.give_consent(other.adults[0], field="phone")
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


def test_the_moving_day_of_those_who_plan_comes_next() -> None:
    assert (date(2027, 2, 1), "Moving day", "next") in titles(HouseholdFactory(planning=True))


def test_leaving_stands_on_the_timeline() -> None:
    household = HouseholdFactory()
    services.move(household, to=HouseholdState.MOVED_AWAY, by=None, on=TODAY)
    assert (TODAY, "Moved away", "done") in titles(household)


def test_consents_stand_on_the_staffs_timeline_alone() -> None:
    household = HouseholdFactory()
    services.give_consent(household.adults[0], field="phone")
    services.withdraw_consent(household.adults[0], field="phone")
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
