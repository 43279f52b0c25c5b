"""Ways in: which poster, link or partner led somebody to registering, and what the office sees of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from newcomers.models import Household, WayIn
from portal.municipalities.models import Municipality
from tests.factories import HouseholdFactory, MunicipalityFactory, StaffRoleFactory
from tests.newcomers.registering.pages import CHECK, URL, confirm, draft, fill, send, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def kiwi(gol: Municipality) -> WayIn:
    return WayIn.objects.create(municipality=gol, code="kiwi", name="Kiwi, the notice board")


@pytest.fixture
def officer(client: Client, gol: Municipality) -> Client:
    client.force_login(StaffRoleFactory(municipality=gol).user)
    return client


def came_by(code: str) -> WayIn | None:
    client = Client()
    assert f'name="from" value="{code}"' in client.get(f"{URL}?from={code}").content.decode()
    fill(client, typed(), way_in=code)
    send(client)
    confirm(client)
    return Household.objects.get().way_in


def test_the_way_in_stays_with_the_household(kiwi: WayIn) -> None:
    assert came_by("kiwi") == kiwi


def test_an_unknown_way_in_is_ignored(gol: Municipality) -> None:
    assert came_by("unknown") is None


def test_a_way_that_is_out_of_use_or_of_another_town_is_not_counted(kiwi: WayIn) -> None:
    WayIn.objects.create(municipality=MunicipalityFactory(hemsedal=True), code="ski", name="Ski")
    kiwi.is_active = False
    kiwi.save()
    for code in ("kiwi", "ski"):
        client = Client()
        fill(client, typed(), way_in=code)
        assert client.get(CHECK).status_code == 200
    assert not Household.objects.exclude(way_in=None).exists()


def test_a_way_in_that_is_deleted_takes_nobody_with_it(kiwi: WayIn) -> None:
    client = Client()
    fill(client, typed(), way_in="kiwi")
    assert draft().way_in == kiwi
    kiwi.delete()
    send(client)
    confirm(client)
    assert Household.objects.get().way_in is None


def test_the_office_sees_how_many_came_by_each(officer: Client, kiwi: WayIn) -> None:
    HouseholdFactory.create_batch(2, way_in=kiwi)
    HouseholdFactory(way_in=kiwi, restricted_household=True)
    page = officer.get(reverse("admin:newcomers_wayin_changelist"))
    (row,) = page.context["cl"].result_list
    assert row.registered == 2
    assert "/nb/gol/register/?from=kiwi" in page.content.decode()


def test_the_office_finds_a_link_a_poster_and_a_code_in_each_language(officer: Client, kiwi: WayIn) -> None:
    page = officer.get(reverse("admin:newcomers_wayin_change", args=[kiwi.pk])).content.decode()
    for language in ("nb", "nn", "en"):
        assert f"/{language}/gol/register/?from=kiwi" in page
        assert f"/{language}/gol/poster.pdf?page=%2F{language}%2Fgol%2Fregister%2F&amp;from=kiwi" in page
    assert 'name="code"' not in page  # it hangs on walls


def test_a_way_in_is_made_in_ones_own_town_alone(officer: Client, gol: Municipality) -> None:
    elsewhere = MunicipalityFactory(hemsedal=True)
    add = reverse("admin:newcomers_wayin_add")
    new = {"name": "Library", "code": "library", "is_active": "on"}
    assert officer.post(add, new | {"municipality": str(elsewhere.pk)}).status_code == 200
    assert officer.post(add, new | {"municipality": str(gol.pk)}).status_code == 302
    assert officer.post(add, new | {"municipality": str(gol.pk)}).status_code == 200  # once in a town
    assert [way.municipality for way in WayIn.objects.all()] == [gol]
    foreign = WayIn.objects.create(municipality=elsewhere, code="ski", name="Ski")
    assert officer.get(reverse("admin:newcomers_wayin_change", args=[foreign.pk])).status_code == 404


def test_the_poster_opens_registering_and_names_the_way(client: Client, kiwi: WayIn) -> None:
    url = "/en/gol/poster.pdf?page=/en/gol/register/"
    plain, named = client.get(url), client.get(f"{url}&from=kiwi")
    assert named["Content-Type"] == "application/pdf"
    assert named.content != plain.content
    # What is no name of a way does not reach the paper.
    assert client.get(f"{url}&from=%22%3E%20x").content == plain.content
    code = client.get("/en/gol/qr/?page=/en/gol/register/&from=kiwi").content
    assert code != client.get("/en/gol/qr/?page=/en/gol/register/").content
