from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from housing.models import Listing
from tests.factories import MunicipalityFactory, StaffRoleFactory
from tests.housing.factories import ListingFactory

pytestmark = pytest.mark.django_db
LIST = "/en/gol/homes/"
HIDDEN = [{"draft": True}, {"withdrawn": True}, {"unconfirmed": True}, {"taken": True}]


def page_of(listing: Listing) -> str:
    return f"{LIST}{listing.pk}/"


def titles(client: Client, **filters: str) -> list[str]:
    response = client.get(LIST, filters)
    assert response.status_code == 200
    assert not response.context["form"].errors
    return [listing.title for listing in response.context["page"]]


# --- The list ---------------------------------------------------------------------------------------


def test_list_shows_own_vacant_homes_the_newest_first(client: Client) -> None:
    ListingFactory(title="Old")
    ListingFactory(title="New", published_on=date(2026, 11, 20))
    for hidden in HIDDEN:
        ListingFactory(**hidden)
    ListingFactory(municipality=MunicipalityFactory(aal=True))
    assert titles(client) == ["New", "Old"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"kind": "plot"}, ["Plot"]),
        ({"max_price": "9500"}, ["Flat"]),
        ({"max_price": "9499"}, []),
        ({"max_price": "0"}, []),
        ({"max_price": "290 000"}, ["Flat", "Plot"]),
        ({"max_price": "290.000 kr"}, ["Flat", "Plot"]),
        ({"max_price": "289\u00a0999"}, ["Flat"]),
        ({"min_rooms": "3"}, ["Flat"]),
        ({"min_rooms": "4"}, []),
        ({"kind": "plot", "max_price": "9500"}, []),
    ],
)
def test_filters_narrow_the_list(client: Client, filters: dict[str, str], found: list[str]) -> None:
    ListingFactory(title="Flat")
    ListingFactory(title="Plot", plot=True)
    assert sorted(titles(client, **filters)) == found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "castle"),
        ("kind", "x" * 50_000),
        ("max_price", "cheap"),
        ("max_price", "-1"),
        ("max_price", "9500.50"),
        ("max_price", "9" * 5000),
        ("max_price", "9" * 30),
        ("min_rooms", "0"),
        ("min_rooms", "3.5"),
        ("min_rooms", "9" * 30),
        ("min_rooms", "1\0"),
    ],
)
def test_unreadable_filter_is_named_and_left_out(client: Client, field: str, value: str) -> None:
    home, _room = ListingFactory(kind="plot"), ListingFactory(kind="room")
    others = {} if field == "kind" else {"kind": "plot"}
    response = client.get(LIST, {field: value} | others)
    assert list(response.context["form"].errors) == [field]
    assert escape(response.context["form"].errors[field][0]) in response.content.decode()
    assert home in response.context["page"]
    assert len(response.context["page"]) == (2 if field == "kind" else 1)


def test_pages_of_twenty_keep_the_filters(client: Client) -> None:
    ListingFactory.create_batch(21)
    assert len(titles(client)) == 20
    assert len(titles(client, page="2")) == 1
    assert "min_rooms=2&amp;page=2" in client.get(LIST, {"min_rooms": "2"}).content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "9" * 5000])
def test_page_that_is_not_there_shows_a_page_that_is(client: Client, page: str) -> None:
    home = ListingFactory()
    assert titles(client, page=page) == [home.title]


def test_empty_list_says_what_to_do(client: Client) -> None:
    town = MunicipalityFactory(gol=True)
    assert f'class="ds-button" href="mailto:{town.office_email}"' in client.get(LIST).content.decode()
    assert "Show all homes" in client.get(LIST, {"min_rooms": "9"}).content.decode()


def test_words_from_owners_are_text(client: Client) -> None:
    home = ListingFactory(title="<b>Flat</b>", description="<script>alert(1)</script>")
    for url in (LIST, page_of(home)):
        page = client.get(url).content.decode()
        assert "<b>Flat" not in page
        assert "<script>alert" not in page


def test_list_takes_as_few_queries_for_a_thousand(client: Client) -> None:
    first = ListingFactory.create_batch(10)[0]
    few = count_queries(client)
    more = ListingFactory.build_batch(990, municipality=first.municipality, postcode=first.postcode)
    Listing.objects.bulk_create(more)
    assert count_queries(client) == few


def count_queries(client: Client) -> int:
    client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(LIST).status_code == 200
    return len(queries)


# --- One home ---------------------------------------------------------------------------------------


def test_home_shows_its_facts_and_whom_to_ask(client: Client) -> None:
    home = ListingFactory(available_from=date(2026, 12, 1), furnished=True)
    page = client.get(page_of(home)).content.decode()
    for words in (
        "<strong>soverom</strong>", "NOK 9,500 a month", "Flat to rent", "74\u00a0m²", "1 December 2026",
        "<dt>Furnished</dt><dd>Yes</dd>", "Servicekontoret", "tel:00000001",
    ):  # fmt: skip
        assert words in page
    assert f'<h1 lang="nn">{home.title}</h1>' in page


@pytest.mark.parametrize("day", [None, date(2026, 11, 22), date(2026, 1, 1)])
def test_home_that_is_free_is_available_now(client: Client, day: date | None) -> None:
    page = client.get(page_of(ListingFactory(available_from=day))).content.decode()
    assert "<dt>Available from</dt><dd>Now</dd>" in page


def test_what_is_not_known_is_left_out(client: Client) -> None:
    page = client.get(page_of(ListingFactory(plot=True, furnished=None))).content.decode()
    assert "1,050\u00a0m²" in page
    for label in ("Furnished", "Rooms", "Floor area"):
        assert f"<dt>{label}</dt>" not in page


@pytest.mark.parametrize("shown", [True, False])
def test_street_is_shown_only_if_the_owner_wants(client: Client, shown: bool) -> None:
    home = ListingFactory(show_address=shown)
    for url in (LIST, page_of(home)):
        page = client.get(url).content.decode()
        assert (home.street in page) is shown
        assert "3550 Gol" in page


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_price_and_day_are_written_in_norwegian(client: Client, language: str) -> None:
    home = ListingFactory(available_from=date(2026, 12, 1))
    assert "9\u00a0500" in client.get(f"/{language}/gol/homes/").content.decode()
    page = client.get(f"/{language}/gol/homes/{home.pk}/").content.decode()
    assert "9\u00a0500" in page
    assert "1. desember 2026" in page


@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_home_leads_back_to_the_list(client: Client, hidden: dict[str, Any]) -> None:
    response = client.get(page_of(ListingFactory(**hidden)))
    assert response.status_code == 404
    assert f'<a class="ds-button" href="{LIST}"' in response.content.decode()


def test_home_of_another_town_is_like_one_that_never_was(client: Client) -> None:
    MunicipalityFactory(gol=True)
    other = ListingFactory(municipality=MunicipalityFactory(aal=True))
    there, nowhere = client.get(page_of(other)), client.get(f"{LIST}{uuid4()}/")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert other.title.encode() not in there.content


def test_office_sees_its_drafts_and_no_other_town_does(client: Client) -> None:
    draft = ListingFactory(draft=True)
    client.force_login(StaffRoleFactory(municipality=draft.municipality).user)
    assert client.get(page_of(draft)).context["is_shown"] is False
    client.force_login(StaffRoleFactory(municipality=MunicipalityFactory(aal=True)).user)
    assert client.get(page_of(draft)).status_code == 404
