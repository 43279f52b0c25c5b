"""Gol on 22 November 2026, read in English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from newcomers.models import Household
from portal import clock
from portal.municipalities.models import Municipality
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, PostcodeFactory


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def gol() -> Municipality:
    gol = MunicipalityFactory(gol=True)
    PostcodeFactory(code="3550", city="Gol", municipality=gol)
    PostcodeFactory(code="3551", city="Gol", municipality=gol)
    return gol


@pytest.fixture
def imported(gol: Municipality) -> Household:
    """From a list of movers, typed a little differently, without one child; Kari has told the office her address."""
    household = HouseholdFactory(
        municipality=gol, imported=True, street="Storgata 12b", adults__name="KARI  Eksempel", adults__birth_year=1990,
        adults__email="Kari@home.example",
    )  # fmt: skip
    PersonFactory(household=household, position=1, name="Ola Eksempel", birth_year=1988)
    PersonFactory(household=household, child=True, birth_year=2016)
    return household
