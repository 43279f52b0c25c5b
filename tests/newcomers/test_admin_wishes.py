"""What a household told of its wishes, on its page in the office."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from newcomers.models import Household, Person, Preferences
from portal.pages.models import ContactPoint
from tests.factories import (
    ContactPointFactory,
    HouseholdFactory,
    MunicipalityFactory,
    PersonFactory,
    StaffRoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    household = HouseholdFactory(adults=0)
    PersonFactory(
        household=household, name="Kari Eksempel", languages=["pl", "kab"], occupation="kokk", occupation_code="5120"
    )
    PersonFactory(household=household, name="Ola Eksempel", position=1)
    PersonFactory(household=household, child=True)
    Preferences.objects.create(household=household, interests=["choir"], segment="To kokker", home_bedrooms=2)
    return household


@pytest.fixture
def office(client: Client, household: Household) -> Client:
    client.force_login(StaffRoleFactory(user=UserFactory(email="office@gol.example")).user)
    return client


def address(household: Household) -> str:
    return reverse("admin:newcomers_household_change", args=[household.pk])


def as_shown(client: Client, url: str) -> dict[str, Any]:
    """What a browser sends when nothing is changed."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for part in context["inline_admin_formsets"]:
        forms += [part.formset.management_form, *part.formset.forms]
    data = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: "on" if value is True else value for name, value in data.items() if value not in (None, False)}


def save(client: Client, url: str, **changes: Any) -> Any:
    return client.post(url, as_shown(client, url) | changes)


def test_the_page_shows_what_was_told_of_adults_and_household(office: Client, household: Household) -> None:
    Household.objects.update(residency="part_time", part_time_kind="commuter", stay_longer="Raskere tog")
    page = office.get(address(household)).content.decode()
    for words in (
        "Raskere tog",
        'value="commuter" selected',
        'value="To kokker"',
        'value="kokk"',
        'value="5120"',
        'value="choir"',
    ):
        assert words in page, words
    context = office.get(address(household)).context
    wishes = next(part for part in context["inline_admin_formsets"] if part.formset.prefix == "persons-2")
    assert [form.instance.name for form in wishes.formset.forms] == ["Kari Eksempel", "Ola Eksempel"]
    assert wishes.formset.forms[0]["languages"].value() == ["pl", "kab"]


def test_saving_without_a_change_changes_nothing(office: Client, household: Household) -> None:
    before = list(Person.objects.order_by("pk").values()), list(Preferences.objects.values())
    assert save(office, address(household)).status_code == 302
    assert (list(Person.objects.order_by("pk").values()), list(Preferences.objects.values())) == before


def test_the_office_writes_down_what_it_is_told(office: Client, household: Household) -> None:
    changes = {
        "persons-0-name": "Kari Nyttnavn", "persons-2-0-occupation": "elektriker", "persons-2-0-languages": ["en"],
        "persons-2-1-wants_job": "on", "preferences-0-interests": ["skiing", "books"],
        "preferences-0-home_tenure": "rent",
    }  # fmt: skip
    answer = save(office, address(household), **changes)
    assert answer.status_code == 302, answer.context["errors"]
    kari, ola = household.persons.filter(is_adult=True)
    assert (kari.name, kari.occupation, kari.occupation_code) == ("Kari Nyttnavn", "elektriker", "7411")
    assert kari.languages == ["en"]
    assert ola.wants_job
    preferences = Preferences.objects.get()
    assert (preferences.interests, preferences.home_tenure) == (["skiing", "books"], "rent")
    assert preferences.segment == "To kokker"


@pytest.mark.parametrize(
    "changes",
    [
        {"persons-2-0-occupation_code": "9999"},
        {"preferences-0-interests": ["faith"]},
        {"preferences-0-segment": "01817050006"},
    ],
)
def test_what_cannot_be_kept_is_refused(office: Client, household: Household, changes: dict[str, Any]) -> None:
    assert save(office, address(household), **changes).status_code == 200
    assert Preferences.objects.get().segment == "To kokker"
    assert household.persons.first().occupation_code == "5120"


def test_the_office_says_which_interests_a_club_fits(client: Client) -> None:
    gol = MunicipalityFactory(gol=True)
    club = ContactPointFactory(municipality=gol, interests=["choir"])
    client.force_login(StaffRoleFactory(user=UserFactory(), municipality=gol, editor=True).user)
    url = reverse("admin:pages_contactpoint_change", args=[club.pk])
    page = client.get(url).content.decode()
    assert page.count('name="interests"') == 16
    context = client.get(url).context["adminform"].form
    data = {bound.html_name: bound.value() for bound in context if bound.value() not in (None, False)}
    answer = client.post(url, data | {"interests": ["books", "games"]})
    assert answer.status_code == 302, answer.context["errors"]
    assert ContactPoint.objects.get().interests == ["books", "games"]
