from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from housing.demo import load_content
from housing.enums import ListingKind, ListingState
from housing.models import CONFIRM_EVERY, Listing
from portal.demo import read
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, PostcodeFactory
from tests.housing.factories import ListingFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, ListingState.SHOWN),
        ({"about_to_leave": True}, ListingState.SHOWN),
        ({"confirmed_on": TODAY - CONFIRM_EVERY}, ListingState.SHOWN),
        ({"confirmed_on": TODAY - CONFIRM_EVERY - timedelta(days=1)}, ListingState.UNCONFIRMED),
        ({"taken": True}, ListingState.TAKEN),
        ({"taken": True, "unconfirmed": True}, ListingState.TAKEN),
        ({"draft": True}, ListingState.DRAFT),
        ({"withdrawn": True}, ListingState.WITHDRAWN),
        ({"withdrawn": True, "unconfirmed": True}, ListingState.WITHDRAWN),
    ],
)
def test_state_and_lists_agree(fields: dict[str, Any], state: ListingState) -> None:
    listing = ListingFactory(**fields)
    assert listing.state(TODAY) == state
    assert Listing.objects.shown(TODAY).exists() == (state == ListingState.SHOWN)
    assert Listing.objects.unconfirmed(TODAY).exists() == (state == ListingState.UNCONFIRMED)


def test_to_confirm_are_those_off_the_site_or_about_to_be() -> None:
    due = [ListingFactory(unconfirmed=True), ListingFactory(about_to_leave=True)]
    ListingFactory()
    ListingFactory(unconfirmed=True, taken=True)
    ListingFactory(draft=True)
    assert set(Listing.objects.to_confirm(TODAY)) == set(due)


def test_last_day_of_a_confirmation_is_the_last_day_on_the_site() -> None:
    listing = ListingFactory()
    assert listing.confirm_by is not None
    assert Listing.objects.shown(listing.confirm_by).exists()
    assert not Listing.objects.shown(listing.confirm_by + timedelta(days=1)).exists()


@pytest.mark.parametrize("off", ["draft", "withdrawn", "taken", "unconfirmed"])
def test_published_home_is_vacant_from_today(off: str) -> None:
    ListingFactory(**{off: True})
    expected = 0 if off == "unconfirmed" else 1
    assert Listing.objects.publish(TODAY) == expected
    assert Listing.objects.shown(TODAY).count() == expected


def test_confirmation_brings_a_home_back_but_no_draft_and_none_that_is_taken() -> None:
    listing = ListingFactory(unconfirmed=True)
    ListingFactory(draft=True)
    ListingFactory(taken=True)
    assert Listing.objects.confirm(TODAY) == 1
    assert Listing.objects.shown(TODAY).get() == listing


@pytest.mark.parametrize(
    ("kind", "price"),
    [
        (ListingKind.ROOM, "NOK 9,500 a month"),
        (ListingKind.RENTAL_HOUSE, "NOK 9,500 a month"),
        (ListingKind.SMALLHOLDING, "NOK 9,500"),
    ],
)
def test_price_says_what_it_is_for(kind: str, price: str) -> None:
    with translation.override("en"):
        assert ListingFactory.build(kind=kind).price == price


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_large_price_is_grouped_as_in_norway(language: str) -> None:
    with translation.override(language):
        assert "2\u00a0950\u00a0000" in ListingFactory.build(price_nok=2_950_000).price


def test_nobody_to_ask_is_named_and_never_stored() -> None:
    listing = ListingFactory.build(municipality=MunicipalityFactory(), postcode=PostcodeFactory(), contact_phone="")
    with pytest.raises(ValidationError) as error:
        listing.full_clean()
    assert list(error.value.message_dict) == ["contact_phone"]
    with pytest.raises(IntegrityError), transaction.atomic():
        listing.save()


@pytest.mark.parametrize("field", ["title", "description", "street", "contact_name", "contact_phone"])
def test_identity_numbers_are_refused(field: str) -> None:
    listing = ListingFactory.build(
        municipality=MunicipalityFactory(), postcode=PostcodeFactory(), **{field: "010190 00083"}
    )
    with pytest.raises(ValidationError) as error:
        listing.full_clean()
    assert list(error.value.message_dict) == [field]


def test_demo_may_run_twice_and_is_vacant_on_its_day() -> None:
    for row in read("municipalities"):
        MunicipalityFactory(code=row["code"], slug=row["slug"])
    for row in read("listings"):
        PostcodeFactory(code=row["postcode"])
    for on in (TODAY, date(2027, 6, 1)):
        assert load_content(on=on) == {"listings": 18}
        assert Listing.objects.shown(on).count() == 18
        assert Listing.objects.to_confirm(on).exists()
    for listing in Listing.objects.all():
        listing.full_clean()
