"""A list that protects somebody we know already, and one whose protecting cell has slipped."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newcomers.models import Household
from newcomers.movers import imports
from newcomers.movers.file import MoversFile, PostcodePlace, parse_movers
from portal.municipalities.models import Municipality
from tests.factories import HouseholdFactory, MunicipalityFactory
from tests.newcomers.movers import movers_csv, row

TODAY = date(2026, 11, 22)


def parsed(*rows: str) -> MoversFile:
    postcodes = {"3550": PostcodePlace("Gol", "3324", "Gol")}
    return parse_movers(movers_csv(*rows), municipality_code="3324", postcodes=postcodes, on=TODAY)


def taken(gol: Municipality, *rows: str) -> imports.ImportReport:
    return imports.take_movers(movers=parsed(*rows), municipality=gol, why=imports.Why("test"), by=None, on=TODAY)


@pytest.fixture
def known(db: None) -> Household:
    return HouseholdFactory(
        municipality=MunicipalityFactory(gol=True),
        street="Storgata 1",
        adults__name="Kari Moen",
        adults__birth_year=1990,
    )


@pytest.mark.parametrize("address", ["Storgata 1", ""])
def test_a_household_we_know_is_protected_with_the_list(known: Household, address: str) -> None:
    """Also when the list hides the address."""
    with CaptureQueriesContext(connection) as queries:
        report = taken(known.municipality, row(address=address, protection="fortrolig"))
    known.refresh_from_db()
    assert known.restricted
    assert known.street == ""
    assert (report.protected_dropped, report.households_protected) == (1, 1)
    assert not [q for q in queries.captured_queries if "karimoen" in q["sql"].lower().replace(" ", "")]


@pytest.mark.parametrize("word", ["N", "no", "-", "false", "åpen", "ikke gradert", "ikke fortrolig"])
def test_a_word_that_nobody_knows_protects_no_household_for_good(known: Household, word: str) -> None:
    report = taken(known.municipality, row(protection=word))
    known.refresh_from_db()
    assert (known.restricted, known.street) == (False, "Storgata 1")
    assert (report.protected_dropped, report.unknown_protection, report.households_protected) == (1, 1, 0)


@pytest.mark.parametrize("other", [row(name="Kari Lien"), row(birth_year="1971"), row(address="Storgata 99")])
def test_a_namesake_or_neighbour_is_left_alone(known: Household, other: str) -> None:
    taken(known.municipality, other + "strengt fortrolig")
    known.refresh_from_db()
    assert not known.restricted


def test_trying_a_list_protects_nobody_yet(known: Household) -> None:
    movers = parsed(row(protection="fortrolig"))
    why = imports.Why("test")
    imports.take_movers(movers=movers, municipality=known.municipality, why=why, by=None, on=TODAY, dry_run=True)
    known.refresh_from_db()
    assert not known.restricted


def test_what_protects_is_not_told_by_the_list_itself() -> None:
    assert "moen" not in repr(parsed(row(protection="fortrolig"))).lower()


def test_a_row_that_lost_a_cell_is_still_protected() -> None:
    whole = row(protection="Strengt fortrolig").split(";")
    movers = parsed(";".join(whole[:6] + whole[7:]), row(name="Ola Li", address="Storgata 2"))
    assert movers.protected_dropped == 1
    assert [household.address for household in movers.households] == ["Storgata 2"]
