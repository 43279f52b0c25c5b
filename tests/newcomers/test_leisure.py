"""What fits a household's children and interests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from newcomers.models import Person, Preferences
from newcomers.my_page import ages
from portal import clock
from portal.pages.enums import Interest, Topic
from tests.conftest import TODAY
from tests.factories import ContactPointFactory, MunicipalityFactory, PersonFactory, ServiceInfoFactory

MY_PAGE, CHILDREN = "/en/gol/my/", "/en/gol/children/"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def person(db: None) -> Person:
    return PersonFactory(with_account=True)


@pytest.fixture
def kari(client: Client, person: Person) -> Client:
    client.force_login(person.user)
    return client


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


# --- By age ---------------------------------------------------------------------------------------

BEFORE, AFTER = date(2026, 7, 31), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("born", "on", "grade"),
    [(2020, BEFORE, 0), (2020, AFTER, 1), (2019, BEFORE, 1), (2026, AFTER, -5), (2011, AFTER, 10), (2008, AFTER, 13)],
)
def test_school_begins_in_august_of_the_year_a_child_turns_six(born: int, on: date, grade: int) -> None:
    assert ages.grade_of(born, on) == grade


@pytest.mark.parametrize(
    ("born", "codes"),
    [
        (2026, {"clinic", "kindergarten", "story_time"}),
        (2021, {"clinic", "kindergarten", "story_time", "leisure"}),
        (2020, {"primary_school", "after_school", "school_nurse", "leisure"}),
        (2017, {"primary_school", "after_school", "school_nurse", "leisure"}),
        (2016, {"primary_school", "school_nurse", "leisure"}),
        (2013, {"lower_secondary_school", "school_nurse", "youth_club", "leisure"}),
        (2011, {"lower_secondary_school", "upper_secondary_school", "school_nurse", "youth_club", "leisure"}),
        (2008, {"upper_secondary_school", "school_nurse", "youth_club", "leisure"}),
        (2007, set()),
        (2027, set()),
        (1800, set()),
    ],
)
def test_what_fits_whom_this_autumn(born: int, codes: set[str]) -> None:
    assert {offer.code for offer in ages.offers_for(born, TODAY)} == codes


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(1980, 2110))
def test_the_public_years_and_the_childs_own_agree(on: date, born: int) -> None:
    fitting = {offer.code for offer, first, last in ages.all_offers(on) if first <= born <= last}
    assert fitting == {offer.code for offer in ages.offers_for(born, on)}


def test_my_page_shows_what_fits_the_children(kari: Client, person: Person) -> None:
    for year in (2019, 2022, 2022):
        PersonFactory(household=person.household, child=True, birth_year=year)
    info = ServiceInfoFactory(municipality=person.household.municipality, topic=Topic.SCHOOL_KINDERGARTEN)
    page = text_of(kari, MY_PAGE)
    assert "Born 2019: grade 2" in page
    assert page.count("Born 2022: starts school in August 2028") == 1
    assert f'<a class="ds-link" href="{info.get_absolute_url()}">After-school programme (SFO)</a>' in page
    assert "Youth club" not in page


def test_a_household_without_children_reads_nothing_of_them(kari: Client) -> None:
    assert "For your children" not in text_of(kari, MY_PAGE)


@pytest.mark.django_db
def test_the_public_page_shows_all_ages(client: Client) -> None:
    gol = MunicipalityFactory(gol=True)
    info = ServiceInfoFactory(municipality=gol, topic=Topic.HEALTH_STATION)
    page = text_of(client, CHILDREN)
    assert all(str(offer.title) in page for offer in ages.OFFERS)
    assert "Born 2017 to 2020" in page  # grades 1 to 4
    assert "Born 2021 to 2026" in page  # before school
    assert f'href="{info.get_absolute_url()}"' in page
    assert f'href="{CHILDREN}"' in text_of(client, "/en/gol/themes/learn/")


# --- By interest ----------------------------------------------------------------------------------


def like(person: Person, *interests: Interest) -> None:
    Preferences.objects.update_or_create(household=person.household, defaults={"interests": list(interests)})


def test_clubs_that_fit_stand_on_my_page_with_why_and_whom_to_call(kari: Client, person: Person) -> None:
    gol = person.household.municipality
    named = {"en": {"name": "Glimt choir", "opening_hours": "Tuesday at 19"}}
    ContactPointFactory(municipality=gol, interests=["choir", "dance"], phone="00 00 00 25", texts=named)
    ContactPointFactory(municipality=gol, interests=["motor"], texts={"en": {"name": "Motor club"}})
    ContactPointFactory(
        texts={"en": {"name": "Choir of Aal"}}, municipality=MunicipalityFactory(aal=True), interests=["choir"]
    )
    like(person, Interest.CHOIR, Interest.BOOKS)
    page = text_of(kari, MY_PAGE)
    assert "Clubs for you" in page
    assert "Glimt choir" in page
    assert "Because you like: choir, band and music" in page
    assert "00 00 00 25" in page
    assert "Last checked 1 November 2026" in page
    assert "Motor club" not in page
    assert "Choir of Aal" not in page


def test_the_clubs_that_fit_most_come_first_and_unchecked_ones_last(kari: Client, person: Person) -> None:
    gol = person.household.municipality
    for name, interests in [("One", ["choir"]), ("Two", ["choir", "books"]), ("Old", ["choir", "books", "dance"])]:
        texts = {"en": {"name": f"Club {name}"}}
        ContactPointFactory(municipality=gol, interests=interests, texts=texts, overdue=name == "Old")
    like(person, Interest.CHOIR, Interest.BOOKS, Interest.DANCE)
    page = text_of(kari, MY_PAGE)
    assert page.index("Club Two") < page.index("Club One") < page.index("Club Old")
    assert "2025" not in page[page.index("Club Old") :]


def test_where_no_club_fits_the_page_says_whom_to_ask_and_what_to_read(kari: Client, person: Person) -> None:
    swimming = ServiceInfoFactory(municipality=person.household.municipality, topic=Topic.SWIMMING)
    like(person, Interest.SWIMMING)
    page = text_of(kari, MY_PAGE)
    assert "We know of no club for that yet." in page
    assert f'href="{swimming.get_absolute_url()}"' in page


def test_whoever_told_no_interests_is_shown_no_clubs(kari: Client, person: Person) -> None:
    ContactPointFactory(municipality=person.household.municipality, interests=["choir"])
    assert "Clubs for you" not in text_of(kari, MY_PAGE)
