"""What a household says on My page, or by the code of a letter, holds for its package and its letter."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.test import Client
from pypdf import PdfReader

from newcomers.models import Household
from newcomers.my_page import moving, objections, services
from portal import registry
from portal.clock import Quarter
from portal.municipalities.models import Municipality
from tests.conftest import TODAY
from tests.factories import UserFactory
from tests.packages.factories import make_gift, make_household, make_office
from welcome.letters.models import Letter
from welcome.packages import stock
from welcome.packages.enums import PackageState
from welcome.packages.models import Package
from welcome.packages.services import PrintedRun, print_run, run_packages

pytestmark = pytest.mark.django_db
Q4 = Quarter(2026, 4)


@pytest.fixture
def gol() -> Municipality:
    return make_office()


def plan(municipality: Municipality) -> None:
    run_packages(municipality=municipality, quarter=Q4, on=TODAY)


def printed(municipality: Municipality) -> PrintedRun:
    return print_run(municipality=municipality, quarter=Q4, on=TODAY)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def move_away(household: Household) -> None:
    household = Household.objects.get(pk=household.pk)
    moving.move_away(household, version=household.version, by=UserFactory(), on=TODAY)


def test_who_moves_away_gets_no_package_and_the_gifts_go_back_at_once(gol: Municipality) -> None:
    gift = make_gift(gol, agreed=2)
    gone, stays = make_household(gol, "Kari Moen"), make_household(gol, "Ola Li")
    plan(gol)
    move_away(gone)
    assert gone.packages.get().state == PackageState.CANCELLED
    assert stays.packages.get().state == PackageState.PLANNED
    gift.refresh_from_db()
    assert (gift.left, stock.broken_gifts()) == (1, [])
    assert not Letter.objects.filter(household=gone).exists()
    gone.refresh_from_db()
    assert all(entry.state == "done" for entry in registry.timeline(gone, TODAY, for_staff=True))


def test_a_package_that_was_sent_stays_sent(gol: Municipality) -> None:
    make_gift(gol)
    gone = make_household(gol, "Kari Moen")
    plan(gol)
    printed(gol)
    move_away(gone)
    assert gone.packages.get().state == PackageState.PRINTED


def test_the_letter_goes_to_the_new_address(gol: Municipality) -> None:
    household = make_household(gol, "Kari Moen", street="Gamlevegen 1")
    plan(gol)
    address = {"street": "Nyvegen 9", "care_of": "", "postcode": "3550", "city": "Gol"}
    services.move_within(household, version=1, address=address, on=date(2026, 11, 20), by=UserFactory())
    text = text_of(printed(gol).pdf)
    assert "Nyvegen 9" in text
    assert "Gamlevegen" not in text


def test_each_letter_carries_its_own_code_and_the_code_stops_the_post(client: Client, gol: Municipality) -> None:
    households = [make_household(gol, name) for name in ("Kari Moen", "Ola Li")]
    plan(gol)
    text = text_of(printed(gol).pdf)
    codes = {h.pk: objections.shown(h.objection_code.code) for h in Household.objects.all()}
    assert len(set(codes.values())) == len(households)
    for household in households:
        assert text.count(codes[household.pk]) == 1
        assert household.letters.get().facts["no_post"]["code"] == codes[household.pk]
    assert f"/nb/{gol.slug}/no-post" in text
    client.post(f"/nb/{gol.slug}/no-post/", {"code": codes[households[0].pk], "answer": "stop"})
    wanted = dict(Household.objects.values_list("pk", "wants_post"))
    assert wanted == {households[0].pk: False, households[1].pk: True}


def test_who_said_no_by_the_code_gets_nothing_of_a_run_that_is_planned(client: Client, gol: Municipality) -> None:
    make_gift(gol)
    said_no, _other = make_household(gol, "Kari Moen"), make_household(gol, "Ola Li")
    plan(gol)
    code = objections.codes_for([said_no])[said_no.pk]
    client.post(f"/nb/{gol.slug}/no-post/", {"code": code, "answer": "stop"})
    assert "Kari" not in text_of(printed(gol).pdf)
    assert Package.objects.get(household=said_no).state == PackageState.CANCELLED


def test_a_letter_from_before_there_were_codes_is_printed_as_it_was(gol: Municipality) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)
    printed(gol)
    letter = Letter.objects.get()
    del letter.facts["no_post"]
    letter.save()
    text = text_of(printed(gol).pdf)
    assert "Kari" in text
    assert "no-post" not in text
