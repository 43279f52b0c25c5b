"""Households that no form was drawn for: names in other scripts, thirty people, somebody else's data asked for."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from newcomers.models import Household, Person
from portal.clock import Quarter
from portal.documents import glyphs
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
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
from tests.hosting.factories import HostFactory, accepted
from tests.newcomers.movers import movers_csv, row
from tests.packages.factories import make_gift, make_info, make_template
from welcome.packages.services import print_run, run_packages

pytestmark = pytest.mark.django_db
ARABIC, GEORGIAN = "نور الهدى حداد", "ნინო ბერიძე"
Q4 = Quarter.parse("2026Q4")


@pytest.fixture
def gol() -> Municipality:
    gol = MunicipalityFactory(gol=True, office_name="Servicekontoret", office_street="Vindaugsvegen 1",
                              office_postcode="3550", office_city="Gol", signature_name="Torunn",
                              signature_title="Koordinator")  # fmt: skip
    PostcodeFactory(code="3550", city="Gol", municipality=gol)
    make_template(gol)
    make_info(gol)
    return gol


def officer(gol: Municipality) -> Client:
    client = client_of(StaffRoleFactory(user=UserFactory(language="en"), municipality=gol, role=Role.COORDINATOR).user)
    assert isinstance(client, Client)
    return client


def household_of(gol: Municipality, names: list[str]) -> Household:
    """The first of them has an account."""
    household = HouseholdFactory(municipality=gol, adults=0, street="Lyktevegen 7")
    user = UserFactory(name=names[0], language="en")
    PersonFactory(household=household, name=names[0], user=user, email=user.email)
    for position, name in enumerate(names[1:], start=1):
        PersonFactory(household=household, name=name, position=position)
    return household


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def printed(gol: Municipality) -> Any:
    make_gift(gol)
    run_packages(municipality=gol, quarter=Q4, on=TODAY)
    return print_run(municipality=gol, quarter=Q4, on=TODAY)


def own_client(household: Household) -> Client:
    user = household.persons.get(user__isnull=False).user
    client = client_of(user)
    assert isinstance(client, Client)
    return client


def pages_of(gol: Municipality, household: Household) -> dict[str, str]:
    """Every page that shows a household, by its name: its own, its host's, the office's."""
    assignment = accepted(host=HostFactory(municipality=gol), household=household)
    own, host, office = own_client(household), client_of(assignment.host.user), officer(gol)
    ways: list[tuple[Client, str, list[Any]]] = [
        (own, "newcomers:my_page", [gol.slug]),
        (own, "newcomers:edit", [gol.slug]),
        (own, "newcomers:people", [gol.slug]),
        (own, "privacy:looked", [gol.slug]),
        (host, "hosting:newcomers", [gol.slug]),
        (host, "hosting:newcomer", [gol.slug, assignment.pk]),
        (office, "admin:newcomers_household_changelist", []),
        (office, "admin:newcomers_household_change", [household.pk]),
        (office, "insight:reach", []),
        (office, "admin:index", []),
    ]
    found = {}
    for client, name, args in ways:
        with translation.override("en"):
            way = reverse(name, args=args)
        answer = client.get(way)
        assert answer.status_code == 200, way
        found[name] = answer.content.decode()
    return found


# --- Names in other scripts ---


@pytest.mark.parametrize("name", [ARABIC, GEORGIAN])
def test_a_name_in_another_script_is_on_every_page(gol: Municipality, name: str) -> None:
    pages = pages_of(gol, household_of(gol, [name]))
    assert name in pages["admin:newcomers_household_changelist"]
    assert name in pages["admin:newcomers_household_change"]
    assert name in pages["newcomers:people"]
    assert name.split()[0] in pages["hosting:newcomers"]


@pytest.mark.parametrize("name", [ARABIC, GEORGIAN])
def test_the_office_finds_it_as_it_is_written(gol: Municipality, name: str) -> None:
    household_of(gol, [name])
    HouseholdFactory(municipality=gol)
    page = officer(gol).get(reverse("admin:newcomers_household_changelist"), {"q": name}).content.decode()
    assert page.count('class="action-select"') == 1
    assert name in page


@pytest.mark.parametrize("name", [ARABIC, GEORGIAN])
def test_a_letter_is_printed_to_it(gol: Municipality, name: str) -> None:
    household_of(gol, [name])
    assert glyphs.undrawable(name) == []
    result = printed(gol)
    assert (result.letters, result.pages) == (1, 2)
    text = text_of(result.pdf)
    assert "Lyktevegen 7" in text
    if name == GEORGIAN:  # what is read out of a PDF from right to left comes letter by letter
        assert name in text


@pytest.mark.parametrize("name", [ARABIC, GEORGIAN])
def test_a_list_of_movers_brings_it_in(gol: Municipality, name: str, tmp_path: Path) -> None:
    path = tmp_path / "movers.csv"
    path.write_bytes(movers_csv(row(name=name)))
    call_command("importmovers", str(path), f"--municipality={gol.code}", "--basis=Velkomst", "--date=2026-11-22")
    assert name in set(Person.objects.values_list("name", flat=True))


@pytest.mark.parametrize("name", [ARABIC, GEORGIAN])
def test_it_is_in_their_own_data_as_they_wrote_it(gol: Municipality, name: str) -> None:
    own = own_client(household_of(gol, [name]))
    assert name in json.dumps(own.get(f"/en/{gol.slug}/my/data/mine.json").json(), ensure_ascii=False)
    pdf = own.get(f"/en/{gol.slug}/my/data/mine.pdf")
    assert pdf.status_code == 200
    if name == GEORGIAN:
        assert name in text_of(pdf.content)


# --- Thirty people ---


def test_thirty_people_stand_on_every_page_and_in_one_letter(gol: Municipality) -> None:
    names = [f"Kari{n} Moen{n}" for n in range(20)]
    household = household_of(gol, names)
    for year in range(2010, 2020):
        PersonFactory(household=household, child=True, birth_year=year)
    pages = pages_of(gol, household)
    assert all(name in pages["admin:newcomers_household_change"] for name in names)
    assert all(name in pages["newcomers:people"] for name in names)
    assert "2019" in pages["newcomers:people"]
    result = printed(gol)
    assert result.letters == 1
    assert "Lyktevegen 7" in text_of(result.pdf)
    own = own_client(household).get(f"/en/{gol.slug}/my/data/mine.json").content.decode()
    assert names[0] in own


# --- Somebody else's ---


def test_nobody_gets_another_households_data_by_a_changed_address(gol: Municipality) -> None:
    """No address names a household, and what is written behind it changes nothing."""
    aal = MunicipalityFactory(code="3328", name="Ål", slug="aal")
    mine, other = household_of(gol, ["Kari Moen"]), household_of(gol, ["Ola Li"])
    neighbour = household_of(aal, ["Eva Ås"])
    own = own_client(mine)
    for kind in ("json", "pdf"):
        path = f"/en/{gol.slug}/my/data/mine.{kind}"
        for strange in (other, neighbour):
            for name in ("household", "id", "pk", "person"):
                content = own.get(path, {name: str(strange.pk)}).content
                text = text_of(content) if kind == "pdf" else content.decode()
                assert "Kari Moen" in text
                assert "Ola Li" not in text
                assert "Eva Ås" not in text
            assert own.get(f"/en/{gol.slug}/my/data/{strange.pk}.{kind}").status_code == 404
        assert own.get(f"/en/{aal.slug}/my/data/mine.{kind}").status_code == 404
        assert Client().get(path).status_code == 302
        assert client_of(UserFactory()).get(path).status_code == 404
