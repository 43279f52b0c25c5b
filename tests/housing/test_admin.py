from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from housing.day_page import queues
from housing.models import Listing
from portal.registry import Queue
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, PostcodeFactory, StaffRoleFactory
from tests.housing.factories import ListingFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/housing/listing/"


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(StaffRoleFactory(housing_officer=True).user)
    return client


def form_data(**changes: str) -> dict[str, str]:
    """What a housing officer in Gol types."""
    return {
        "municipality": str(MunicipalityFactory(gol=True).pk),
        "kind": "rental_flat",
        "title": "Leilegheit",
        "description": "To soverom.",
        "language": "nn",
        "postcode": PostcodeFactory().pk,
        "price_nok": "9500",
        "contact_name": "Servicekontoret",
        "contact_phone": "00 00 00 01",
    } | changes


def run(client: Client, action: str, *listings: Listing) -> Any:
    return client.post(LIST, {"action": action, "_selected_action": [str(listing.pk) for listing in listings]})


def test_officer_posts_a_home_that_is_on_the_site_at_once(officer: Client) -> None:
    assert officer.post(f"{LIST}add/", form_data(is_published="on")).status_code == 302
    home = Listing.objects.shown(TODAY).get()
    assert (home.published_on, home.confirmed_on) == (TODAY, TODAY)


def test_saving_again_confirms_nothing(officer: Client) -> None:
    home = ListingFactory(unconfirmed=True)
    assert officer.post(f"{LIST}{home.pk}/change/", form_data(is_published="on")).status_code == 302
    assert Listing.objects.unconfirmed(TODAY).get().title == "Leilegheit"


def test_nobody_to_ask_is_said_at_its_field(officer: Client) -> None:
    response = officer.post(f"{LIST}add/", form_data(contact_phone=""))
    assert [list(errors) for errors in response.context["errors"]] == [
        ["Give a phone number or an e-mail address, so that people can ask about the home."]
    ]


def test_postcode_of_another_town_cannot_be_chosen(officer: Client) -> None:
    elsewhere = PostcodeFactory(code="3570", city="Ål", municipality=MunicipalityFactory(aal=True))
    response = officer.post(f"{LIST}add/", form_data(postcode=elsewhere.pk))
    assert "postcode" in response.context["adminform"].form.errors
    assert b"3570" not in officer.get(f"{LIST}add/").content


@pytest.mark.parametrize(
    ("action", "before", "shown"),
    [("publish", "draft", 1), ("publish", "taken", 1), ("confirm", "unconfirmed", 1), ("confirm", "taken", 0)],
)
def test_action_brings_a_home_on_the_site(officer: Client, action: str, before: str, shown: int) -> None:
    run(officer, action, ListingFactory(**{before: True}))
    assert Listing.objects.shown(TODAY).count() == shown


@pytest.mark.parametrize("action", ["mark_taken", "withdraw"])
def test_action_takes_a_home_off_the_site(officer: Client, action: str) -> None:
    run(officer, action, ListingFactory())
    assert not Listing.objects.shown(TODAY).exists()


def test_home_of_another_town_is_not_there(officer: Client) -> None:
    own, other = ListingFactory(), ListingFactory(municipality=MunicipalityFactory(aal=True))
    assert list(officer.get(LIST).context["cl"].queryset) == [own]
    assert officer.get(f"{LIST}{other.pk}/change/").status_code == 404
    run(officer, "withdraw", own, other)
    assert list(Listing.objects.shown(TODAY)) == [other]


@pytest.mark.parametrize(("role", "status"), [("editor", 200), ("housing_officer", 200), ("analyst", 403)])
def test_roles(client: Client, role: str, status: int) -> None:
    client.force_login(StaffRoleFactory(**{role: True}).user)
    assert client.get(LIST).status_code == status


@pytest.mark.parametrize("state", ["draft", "shown", "unconfirmed", "taken", "withdrawn"])
def test_state_filter(officer: Client, state: str) -> None:
    rows = {name: ListingFactory(**{name: True}) for name in ("draft", "unconfirmed", "taken", "withdrawn")}
    rows["shown"] = ListingFactory()
    response = officer.get(LIST, {"state": state, "_facets": "True"})
    assert list(response.context["cl"].queryset) == [rows[state]]


def test_admin_list_takes_as_few_queries_for_a_thousand(officer: Client) -> None:
    first = ListingFactory.create_batch(10)[0]
    few = count_queries(officer)
    more = ListingFactory.build_batch(990, municipality=first.municipality, postcode=first.postcode)
    Listing.objects.bulk_create(more)
    assert count_queries(officer) == few


def count_queries(officer: Client) -> int:
    officer.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        assert officer.get(LIST).status_code == 200
    return len(queries)


# --- The day page -----------------------------------------------------------------------------------


def queue(**role: Any) -> Queue | None:
    staff = StaffRoleFactory(**role)
    return next(iter(queues(staff.user, [staff.municipality], TODAY)), None)


@pytest.mark.parametrize(
    ("homes", "count", "state"),
    [([], 0, "ok"), (["about_to_leave"], 1, "due"), (["about_to_leave", "unconfirmed"], 2, "late")],
)
def test_day_page_asks_to_confirm(officer: Client, homes: list[str], count: int, state: str) -> None:
    for home in homes:
        ListingFactory(**{home: True})
    ListingFactory()
    ListingFactory(unconfirmed=True, municipality=MunicipalityFactory(aal=True))
    waiting = queue(housing_officer=True)
    assert waiting is not None
    assert (waiting.count, waiting.state) == (count, state)
    assert officer.get(waiting.url).context["cl"].result_count == count


def test_day_page_asks_only_those_who_edit_homes() -> None:
    assert queue(analyst=True) is None
