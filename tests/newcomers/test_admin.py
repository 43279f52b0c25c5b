"""Registrations that wait for the office, and what it does to a household."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newcomers.enums import HouseholdState
from newcomers.models import Household, Registration
from portal import clock, personal_data
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from privacy import purposes
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import (
    HouseholdFactory,
    MunicipalityFactory,
    PersonFactory,
    PostcodeFactory,
    StaffRoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def gol(monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return PostcodeFactory(code="3550", city="Gol").municipality


@pytest.fixture
def client(gol: Municipality) -> Client:
    user = UserFactory(email="officer@gol.example", language="en")
    return client_of(StaffRoleFactory(user=user, municipality=gol, role=Role.SERVICE_OFFICER).user)


# --- Registrations to look at ---

ANSWERS = {
    "adults": [{"name": "Kari Moen", "birth_year": 1990, "email": "kari@kari.example", "phone": ""}],
    "street": "Storgata 1", "care_of": "", "postcode": "3550", "city": "Gol", "moved_in_on": "2026-11-01",
    "residency": "full_time", "language": "pl", "reason": "", "wishes": "<b>Turlaget</b>", "child_birth_years": [2020],
    "share": ["phone"],
    "situation": "moved",
    "part_time_kind": "",
    "stay_longer": "",
    "way_in": None,
}  # fmt: skip
QUEUE = "/admin/newcomers/registration/"


def waiting(gol: Municipality, **given: Any) -> Registration:
    defaults = {"email": "kari@kari.example", "answers": ANSWERS, "confirmed_at": timezone.now()}
    return Registration.objects.create(municipality=gol, **(defaults | given))


def do(client: Client, action: str, *rows: Any, where: str = QUEUE) -> str:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], "apply": "1"}
    return client.post(where, chosen, follow=True).content.decode()


def test_the_queue_holds_what_is_confirmed_and_has_no_household(client: Client, gol: Municipality) -> None:
    shown = waiting(gol)
    waiting(gol, confirmed_at=None)
    waiting(gol, household=HouseholdFactory(municipality=gol))
    assert list(client.get(QUEUE).context["cl"].queryset) == [shown]
    page = client.get(reverse("admin:newcomers_registration_change", args=[shown.pk])).content.decode()
    assert "Storgata 1" in page
    assert "<b>Turlaget</b>" not in page


def test_a_registration_is_taken_in_as_a_household_of_its_own(client: Client, gol: Municipality) -> None:
    registration = waiting(gol)
    assert "1 taken in." in do(client, "accept_as_new", registration)
    household = Household.objects.get()
    assert (household.name, household.language, household.child_birth_years) == ("Kari Moen", "pl", [2020])
    assert household.persons.get(is_adult=True).user.email == "kari@kari.example"
    registration.refresh_from_db()
    assert (registration.household, registration.answers) == (household, {})
    do(client, "accept_as_new", registration)
    assert Household.objects.count() == 1


def test_one_of_which_nothing_was_kept_is_left_to_the_office(client: Client, gol: Municipality) -> None:
    """It touched a protected household."""
    registration = waiting(gol, answers={})
    assert "Some could not be taken in." in do(client, "accept_as_new", registration)
    assert not Household.objects.exists()


def test_one_that_was_settled_by_hand_is_deleted(client: Client, gol: Municipality) -> None:
    registration = waiting(gol)
    client.post(reverse("admin:newcomers_registration_delete", args=[registration.pk]), {"post": "yes"})
    assert not Registration.objects.exists()
    told = Message.objects.get()
    assert (told.kind, told.recipient) == ("registration_refused", "kari@kari.example")
    assert "Kari" not in told.text + told.html
    do(client, "delete_selected", waiting(gol, answers={}), waiting(gol))
    client.post(QUEUE, {"action": "delete_selected", "_selected_action": [waiting(gol).pk], "post": "yes"})
    assert Message.objects.count() == 2


def test_one_that_nobody_decides_on_goes_after_its_term_and_the_sender_is_told(gol: Municipality) -> None:
    rule = personal_data.rules["newcomers.waiting"]
    long_ago = timezone.now() - timedelta(days=31)
    waiting(gol, confirmed_at=long_ago)
    waiting(gol, answers={}, confirmed_at=long_ago)
    young = waiting(gol)
    settled = waiting(gol, household=HouseholdFactory(municipality=gol), confirmed_at=long_ago)
    on = timezone.localdate()
    last = purposes.usual(rule.purpose).last_day(on)
    assert rule.let_go(rule.due(gol, last), on) == 2
    assert set(Registration.objects.all()) == {young, settled}
    assert Message.objects.get().kind == "registration_refused"


def test_the_next_towns_registrations_are_not_taken(client: Client, gol: Municipality) -> None:
    other = waiting(MunicipalityFactory(aal=True))
    do(client, "accept_as_new", other)
    other.refresh_from_db()
    assert other.household is None


# --- Households ---

HOUSEHOLDS = "/admin/newcomers/household/"


def test_households_are_marked_settled_and_gone_and_what_cannot_be_is_said(client: Client, gol: Municipality) -> None:
    here, planning = HouseholdFactory(), HouseholdFactory(planning=True)
    page = do(client, "mark_settled", here, planning, where=HOUSEHOLDS)
    assert "1 could not be moved there" in page
    assert set(Household.objects.values_list("state", flat=True)) == {HouseholdState.SETTLED, HouseholdState.PLANNING}
    do(client, "mark_moved_away", here, where=HOUSEHOLDS)
    here.refresh_from_db()
    assert here.state == HouseholdState.MOVED_AWAY
    assert [move.by.email for move in here.moves.all()] == ["officer@gol.example"] * 2


def test_a_household_is_found_by_name_and_street(client: Client, gol: Municipality) -> None:
    wanted = HouseholdFactory(street="Lyktevegen 5", adults=0)
    PersonFactory(household=wanted, name="Åse Lykt")
    PersonFactory(household=wanted, name="Ole Lykt", position=1)
    HouseholdFactory()
    for words in ["Lykt", "Åse", "Lyktevegen 5", "Ole Lykt"]:
        found = client.get(HOUSEHOLDS, {"q": words}).context["cl"]
        assert list(found.queryset) == [wanted], words


def test_the_page_of_a_household_shows_what_waits_and_then_the_newest(client: Client, gol: Municipality) -> None:
    household = HouseholdFactory(moved_in_on=TODAY - timedelta(days=30))
    do(client, "mark_settled", household, where=HOUSEHOLDS)
    coming = HouseholdFactory(planning=True)
    pages = [client.get(reverse("admin:newcomers_household_change", args=[h.pk])) for h in (household, coming)]
    past, future = (page.content.decode().partition("office-timeline")[2] for page in pages)
    assert past.index("Settled") < past.index("Moved in")
    assert future.index("Moving day") < future.index("Registered")
