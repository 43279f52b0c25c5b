"""Homes that may fit, on a newcomer's My page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from housing.enums import ListingKind
from housing.my_page import KINDS
from newcomers.enums import HomeKind
from newcomers.models import Person, Preferences
from portal import clock
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, PersonFactory
from tests.housing.factories import ListingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def person() -> Person:
    return PersonFactory(with_account=True)


def section(client: Client, person: Person, **wished: Any) -> str:
    if wished:
        Preferences.objects.update_or_create(household=person.household, defaults=wished)
    client.force_login(person.user)
    page = re.sub(r"\s+", " ", client.get("/en/gol/my/").content.decode())
    return page.partition('id="my-homes"')[2].partition("</section>")[0]


def titles(text: str) -> list[str]:
    return re.findall(r'<a href="[^"]+"><span lang="nn">([^<]+)<', text)


def test_every_kind_of_home_can_be_wished_for() -> None:
    assert set(KINDS) == set(HomeKind)
    assert set().union(*KINDS.values()) == set(ListingKind)


def test_whoever_told_nothing_is_shown_no_homes(client: Client, person: Person) -> None:
    ListingFactory()
    assert section(client, person) == ""


@pytest.mark.parametrize(
    ("wished", "shown"),
    [
        ({"home_kinds": ["flat"]}, ["Flat", "Own flat"]),
        ({"home_kinds": ["flat"], "home_tenure": "rent"}, ["Flat"]),
        ({"home_kinds": ["flat"], "home_tenure": "buy"}, ["Own flat"]),
        ({"home_kinds": ["house"], "home_tenure": "both"}, ["House"]),
        ({"home_tenure": "buy"}, ["Own flat", "Plot"]),
        ({"home_bedrooms": 4}, ["House", "Plot"]),
        ({"home_kinds": ["house", "flat"], "home_bedrooms": 2}, ["Flat", "House"]),
        ({"home_kinds": ["farm"]}, []),
        ({"home_kinds": ["castle"]}, []),
    ],
)
def test_kind_tenure_and_size_must_fit(client: Client, person: Person, wished: Any, shown: list[str]) -> None:
    ListingFactory(title="Flat", rooms=3)
    ListingFactory(title="Own flat", kind=ListingKind.FLAT_FOR_SALE, rooms=2)
    ListingFactory(title="House", kind=ListingKind.RENTAL_HOUSE, rooms=5)
    ListingFactory(title="Plot", plot=True)
    assert sorted(titles(section(client, person, **wished))) == sorted(shown)


def test_the_page_says_why_and_what_it_costs(client: Client, person: Person) -> None:
    listing = ListingFactory(title="Lys leilegheit", rooms=3)
    found = section(client, person, home_kinds=["flat", "plot"], home_tenure="rent", home_bedrooms=2)
    assert listing.get_absolute_url() in found
    assert "Because you look for: a flat; rent; 2 bedrooms" in found
    assert "9,500" in found


def test_the_three_newest_on_the_site_of_this_place(client: Client, person: Person) -> None:
    for day in (3, 9, 5, 7):
        ListingFactory(title=f"Home {day}", published_on=TODAY.replace(day=day))
    for traits in (
        {"draft": True},
        {"taken": True},
        {"unconfirmed": True},
        {"municipality": MunicipalityFactory(aal=True)},
    ):
        ListingFactory(**traits)
    assert titles(section(client, person, home_kinds=["flat"])) == ["Home 9", "Home 7", "Home 5"]


def test_where_nothing_fits_the_list_of_all_is_near(client: Client, person: Person) -> None:
    found = section(client, person, home_kinds=["farm"])
    assert "No home here is like what you wish for right now." in found
    assert "/en/gol/homes/" in found
