"""Moving on: to another address here, on one's own feet, or away. In every room at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from newcomers import consents, services
from newcomers.enums import HouseholdState
from newcomers.models import AddressChange, Household, HouseholdMove, Person
from portal import clock, registry
from portal.municipalities.models import DatedTask
from portal.outbox.models import Message
from tests.conftest import TODAY
from tests.factories import DatedTaskFactory, MunicipalityFactory, PersonFactory, PostcodeFactory, UserFactory
from tests.hosting.factories import HostFactory, accepted, proposed
from welcome.hosting.enums import AssignmentState

pytestmark = pytest.mark.django_db

MY = "/en/gol/my/"
NEW = {"version": "1", "on": "2026-11-20", "street": "Nyvegen 9", "care_of": "", "postcode": "3550"}
AWAY = {"version": "1", "on": "2026-11-20"}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    with translation.override("en"):
        yield


@pytest.fixture
def person() -> Person:
    PostcodeFactory()
    return PersonFactory(with_account=True, name="Kari Eksempel", household__street="Gamlevegen 1")


@pytest.fixture
def kari(client: Client, person: Person) -> Client:
    client.force_login(person.user)
    return client


# --- Plans ----------------------------------------------------------------------------------------

PLANS = {
    "version": "1", "state": "planning", "moved_in_on": "2027-03-01", "residency": "full_time", "part_time_kind": "",
    "stay_longer": "",
}  # fmt: skip

# Who lives here is not asked how far they are.
LIVING = {name: value for name, value in PLANS.items() if name != "state"}


@pytest.fixture
def planning(person: Person) -> Person:
    Household.objects.update(state=HouseholdState.PLANNING, moved_in_on=TODAY + timedelta(days=9))
    person.refresh_from_db()
    return person


@pytest.mark.parametrize(
    ("state", "day"),
    [("considering", ""), ("planning", "2027-03-01"), ("planning", ""), ("moved_in", "2026-11-20")],
)
def test_plans_change(kari: Client, planning: Person, state: str, day: str) -> None:
    assert MY + "plans/" in kari.get(MY).content.decode()
    assert kari.post(MY + "plans/", PLANS | {"state": state, "moved_in_on": day}).url == MY
    household = Household.objects.get()
    assert (household.state, str(household.moved_in_on or "")) == (state, day)
    assert HouseholdMove.objects.count() == (state != "planning")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"moved_in_on": "2026-11-20"}, "moved_in_on"),
        ({"moved_in_on": "2028-11-20"}, "moved_in_on"),
        ({"state": "moved_in"}, "moved_in_on"),
        ({"state": "moved_in", "moved_in_on": ""}, "moved_in_on"),
        ({"state": "settled"}, "state"),
        ({"residency": "part_time"}, "part_time_kind"),
    ],
)
def test_wrong_plans_are_named(kari: Client, planning: Person, typed: dict[str, str], wrong: str) -> None:
    response = kari.post(MY + "plans/", PLANS | typed)
    assert list(response.context["form"].errors) == [wrong]
    assert Household.objects.get().moved_in_on == TODAY + timedelta(days=9)


def test_from_a_cabin_to_all_year_and_back(kari: Client, person: Person) -> None:
    """Who lives here says how, and what would make them stay longer; what no longer holds is not kept."""
    day = {"moved_in_on": "2026-10-01", "state": "considering"}
    cabin = {"residency": "part_time", "part_time_kind": "cabin", "stay_longer": "Faster trains"}
    kari.post(MY + "plans/", PLANS | day | cabin)
    household = Household.objects.get()
    assert (household.state, household.residency) == (HouseholdState.MOVED_IN, "part_time")
    data = kari.get(MY + "data/").content.decode()
    assert "Faster trains" in data
    assert "We have a cabin" in data
    kari.post(MY + "plans/", PLANS | day | cabin | {"version": "2", "residency": "full_time"})
    household.refresh_from_db()
    assert (household.residency, household.part_time_kind, household.stay_longer) == ("full_time", "", "")


def test_of_two_tabs_with_plans_the_second_is_told(kari: Client, planning: Person) -> None:
    kari.post(MY + "plans/", PLANS | {"state": "considering"})
    page = kari.post(MY + "plans/", PLANS).content.decode()
    assert "now it says “I am thinking about it”" in page
    assert Household.objects.get().state == HouseholdState.CONSIDERING


def test_who_does_not_come_after_all_says_so_and_is_promised_nothing(kari: Client, planning: Person) -> None:
    DatedTaskFactory(subject=planning.household)
    assert MY + "not-coming/" in kari.get(MY + "plans/").content.decode()
    assert kari.get(MY + "not-coming/").status_code == 200
    for _time in range(2):
        assert kari.post(MY + "not-coming/", {"version": "1"}).url == MY + "farewell/"
    household = Household.objects.get()
    assert (household.state, household.moved_in_on) == (HouseholdState.MOVED_AWAY, None)
    assert not DatedTask.objects.open().exists()
    assert "What would have made you come?" in kari.get(MY + "farewell/").content.decode()
    page = kari.get(MY).content.decode()
    assert "You are not coming after all" in page
    assert "Moved away" not in page
    assert kari.get(MY + "plans/").status_code == 404


def test_who_lives_here_cannot_say_that_they_do_not_come(kari: Client, person: Person) -> None:
    assert kari.post(MY + "not-coming/", {"version": "1"}).status_code == 404


# --- Another address ------------------------------------------------------------------------------


def test_the_new_address_counts_and_the_old_is_kept_nowhere(kari: Client, person: Person) -> None:
    assert kari.post(MY + "address/", NEW).url == MY
    household = Household.objects.get()
    assert (household.street, household.postcode, household.city) == ("Nyvegen 9", "3550", "Gol")
    assert household.address_key == "3550 nyvegen 9"
    change = AddressChange.objects.get()
    assert (change.on, change.by) == (date(2026, 11, 20), person.user)
    assert "Moved to another address here" in [e.title for e in registry.timeline(household, TODAY, for_staff=False)]
    assert "Gamlevegen" not in kari.get(MY + "data/").content.decode()


@pytest.mark.parametrize("street", ["", "Gamlevegen 1"])
def test_who_is_still_to_come_has_not_moved_to_another_address(kari: Client, planning: Person, street: str) -> None:
    Household.objects.update(street=street)
    response = kari.get(MY + "address/")
    assert "on" not in response.context["form"].fields
    assert "my/away/" not in response.content.decode()
    assert kari.post(MY + "address/", NEW).url == MY
    assert Household.objects.get().street == "Nyvegen 9"
    assert not AddressChange.objects.exists()


def test_a_first_address_is_no_move(kari: Client, person: Person) -> None:
    Household.objects.update(street="", postcode="", city="")
    assert kari.post(MY + "address/", NEW).url == MY
    assert not AddressChange.objects.exists()


def test_a_host_sees_the_new_address_only_by_consent(kari: Client, person: Person) -> None:
    assignment = accepted(host=HostFactory(), household=person.household)
    host = Client()
    host.force_login(assignment.host.user)
    page = f"/en/gol/host/{assignment.pk}/"
    kari.post(MY + "address/", NEW)
    assert "Nyvegen 9" not in host.get(page).content.decode()
    consents.give_consent(person, field="address")
    assert "Nyvegen 9" in host.get(page).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("postcode", "9999"),
        ("postcode", "3560"),
        ("on", "2026-11-23"),
        ("on", "1999-01-01"),
        ("street", ""),
        ("on", "x"),
    ],
)
def test_a_wrong_address_is_named_and_nothing_changes(kari: Client, person: Person, field: str, value: str) -> None:
    PostcodeFactory(code="3560", city="Hemsedal", municipality=MunicipalityFactory(hemsedal=True))
    response = kari.post(MY + "address/", NEW | {field: value})
    assert list(response.context["form"].errors) == [field]
    assert Household.objects.get().street == "Gamlevegen 1"


def test_of_two_tabs_the_second_is_told(kari: Client, person: Person) -> None:
    kari.post(MY + "address/", NEW)
    response = kari.post(MY + "address/", NEW | {"street": "Other 1"})
    assert "Somebody else has changed this" in response.content.decode()
    assert response.context["form"]["street"].value() == "Other 1"
    assert Household.objects.get().street == "Nyvegen 9"


# --- On one's own feet ----------------------------------------------------------------------------


def test_looking_settles_nobody(kari: Client, person: Person) -> None:
    assert kari.get(MY + "settled/").status_code == 200
    assert Household.objects.get().state == HouseholdState.MOVED_IN


def test_who_has_settled_needs_no_host_and_both_are_thanked(kari: Client, person: Person) -> None:
    assignment = accepted(host=HostFactory(), household=person.household)
    Message.objects.all().delete()
    kari.post(MY + "settled/", {"version": "1"})
    assert Household.objects.get().state == HouseholdState.SETTLED
    assignment.refresh_from_db()
    assert (assignment.state, assignment.ended_on) == (AssignmentState.COMPLETED, TODAY)
    assert not assignment.tasks.open().exists()
    assert {message.kind: message.recipient for message in Message.objects.all()} == {
        "settled": person.email,
        "hosting_thanks": assignment.host.user.email,
    }
    host = Client()
    host.force_login(assignment.host.user)
    assert host.get(f"/en/gol/host/{assignment.pk}/").status_code == 404
    # Pressed twice: the second press leads back.
    assert kari.post(MY + "settled/", {"version": "1"}).url == MY
    assert Message.objects.count() == 2


def test_a_host_who_has_not_answered_is_asked_no_more(kari: Client, person: Person) -> None:
    assignment = proposed(host=HostFactory(), household=person.household)
    kari.post(MY + "settled/", {"version": "1"})
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.ENDED
    assert not assignment.tasks.open().exists()


# --- Away -----------------------------------------------------------------------------------------


def test_who_moves_away_is_promised_nothing_more(kari: Client, person: Person) -> None:
    household = person.household
    assignment = accepted(host=HostFactory(), household=household)
    DatedTaskFactory(subject=household)
    other = DatedTaskFactory()
    response = kari.post(MY + "away/", AWAY)
    assert response.url == MY + "farewell/"
    move = HouseholdMove.objects.get()
    assert (move.to_state, move.on, move.by) == (HouseholdState.MOVED_AWAY, date(2026, 11, 20), person.user)
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.ENDED
    assert list(DatedTask.objects.open()) == [other]
    household = Household.objects.get(pk=household.pk)
    assert all(entry.state == "done" for entry in registry.timeline(household, TODAY, for_staff=True))


def test_my_page_says_that_they_have_moved_away(kari: Client, person: Person) -> None:
    kari.post(MY + "away/", AWAY)
    page = kari.get(MY).content.decode()
    assert "You have moved away" in page
    for gone in ("my/away/", "my/address/", "my/choices/", "my/settled/"):
        assert gone not in page
    for page in ("address/", "settled/", "wishes/", "wishes/home/"):
        assert kari.get(MY + page).status_code == 404
    assert kari.post(MY + "wishes/home/", {"version": "2"}).status_code == 404


@pytest.mark.parametrize("day", ["2027-06-01", "2026-11-23", "2026-09-01", "1999-01-01", ""])
def test_a_wrong_day_is_named(kari: Client, person: Person, day: str) -> None:
    response = kari.post(MY + "away/", AWAY | {"on": day})
    assert list(response.context["form"].errors) == ["on"]
    assert Household.objects.get().state == HouseholdState.MOVED_IN


def test_pressed_twice_it_is_one_move(kari: Client, person: Person) -> None:
    for _time in range(2):
        assert kari.post(MY + "away/", AWAY).url == MY + "farewell/"
    assert HouseholdMove.objects.count() == 1


def test_the_office_was_quicker(kari: Client, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise services.MoveRefused

    monkeypatch.setattr("newcomers.my_page.moving.move", refuse)
    response = kari.post(MY + "away/", AWAY)
    assert "Look again" in response.content.decode()


def test_those_who_have_not_come_yet_cannot_move_away(kari: Client, person: Person) -> None:
    Household.objects.update(state=HouseholdState.PLANNING, moved_in_on=TODAY + timedelta(days=9))
    assert kari.get(MY + "away/").status_code == 404
    assert kari.get(MY + "settled/").status_code == 404


def test_a_page_that_was_open_too_long_keeps_what_was_typed(person: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person.user)
    for page, typed in (("address/", NEW), ("away/", AWAY), ("plans/", LIVING)):
        response = strict.post(MY + page, typed)
        assert response.status_code == 403
        assert {name: response.context["form"][name].value() for name in typed} == typed


def test_only_who_lives_there_moves_a_household(client: Client, person: Person) -> None:
    client.force_login(UserFactory())
    for page in ("plans/", "not-coming/", "address/", "settled/", "away/", "farewell/", "goodbye/"):
        assert client.post(MY + page, AWAY).status_code in {404, 405}
    assert Household.objects.get().state == HouseholdState.MOVED_IN
