"""No more post by the code of a letter: short, told apart from slips, not to be guessed, and silent about who."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from newcomers import services
from newcomers.models import Household, ObjectionCode
from newcomers.my_page import objections
from tests.factories import HouseholdFactory, MunicipalityFactory

URL = "/en/gol/no-post/"
drawn = st.text(alphabet=objections.ALPHABET, min_size=objections.DRAWN, max_size=objections.DRAWN)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


# --- The code -------------------------------------------------------------------------------------


def whole(text: str) -> str:
    return text + objections._check(text)


@given(drawn, st.integers(0, 7), st.sampled_from(objections.ALPHABET))
def test_one_wrong_character_is_found(text: str, place: int, other: str) -> None:
    code = whole(text)
    wrong = code[:place] + other + code[place + 1 :]
    assert objections.read(wrong) == (code if wrong == code else None)


@given(drawn, st.integers(0, 6))
def test_two_swapped_neighbours_are_found(text: str, place: int) -> None:
    code = whole(text)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert objections.read(swapped) == (code if swapped == code else None)


@given(drawn)
def test_it_is_read_however_it_is_typed(text: str) -> None:
    code = whole(text)
    shown = objections.shown(code)
    for typed in (shown, shown.lower(), f"  {shown} ", shown.replace("-", " "), shown.replace("-", "–"), code):
        assert objections.read(typed) == code


def test_the_example_of_previews_is_nobodys() -> None:
    assert objections.read(objections.EXAMPLE) is None


@pytest.mark.parametrize("typed", ["", "B", "AAAAAAAA", "BCDFGHJKL", "ⅧⅧⅧⅧⅧⅧⅧⅧ", "ßßßß", "كككككككك"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert objections.read(typed) is None


@pytest.mark.django_db
def test_each_household_has_one_code_of_its_own_that_stays() -> None:
    households = [HouseholdFactory() for _number in range(20)]
    first = objections.codes_for(households[:5])
    codes = objections.codes_for(households)
    assert {pk: codes[pk] for pk in first} == first
    assert len(set(codes.values())) == len(codes) == 20
    assert all(objections.read(code) == code for code in codes.values())


@pytest.mark.django_db
def test_a_code_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = objections.codes_for([HouseholdFactory()])
    draws = iter([*taken.values(), whole("BBBBBBB")])
    monkeypatch.setattr(objections, "make_code", lambda: next(draws))
    household = HouseholdFactory()
    assert objections.codes_for([household]) == {household.pk: whole("BBBBBBB")}


@pytest.mark.django_db
def test_many_codes_cost_few_queries(django_assert_max_num_queries: object) -> None:
    households = [HouseholdFactory(adults=0) for _number in range(50)]
    with django_assert_max_num_queries(6):  # type: ignore[operator]  # pytest-django's fixture
        objections.codes_for(households)


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
def household(db: None) -> Household:
    found: Household = HouseholdFactory(street="Storgata 5", adults__name="Kari Eksempel")
    return found


@pytest.fixture
def code(household: Household) -> str:
    return objections.shown(objections.codes_for([household])[household.pk])


def wants_post() -> bool:
    return Household.objects.get().wants_post


def test_the_code_leads_to_one_button_and_the_button_stops_the_post(
    client: Client, household: Household, code: str
) -> None:
    assert client.get(URL).status_code == 200
    page = client.post(URL, {"code": code.lower()}).content.decode()
    assert "Stop the post" in page
    assert wants_post()
    page = client.post(URL, {"code": code, "answer": "stop"}).content.decode()
    assert "You get no more post from us" in page
    assert not wants_post()
    page = client.post(URL, {"code": code, "answer": "start"}).content.decode()
    assert "You get post from us again" in page
    assert wants_post()


def test_a_page_that_was_open_meanwhile_does_not_bring_the_post_back(
    client: Client, household: Household, code: str
) -> None:
    client.post(URL, {"code": code, "answer": "stop"})
    with pytest.raises(services.ChangedMeanwhile):
        services.claim_version(household, household.version)


def test_a_link_with_the_code_does_nothing(client: Client, household: Household, code: str) -> None:
    response = client.get(URL, {"code": code, "answer": "stop"})
    assert not response.context["form"].is_bound
    assert wants_post()


def test_no_page_says_who_lives_there(client: Client, household: Household, code: str) -> None:
    pages = [client.get(URL), *(client.post(URL, {"code": code} | more) for more in ({}, {"answer": "stop"}))]
    for page in pages:
        for word in ("Kari", "Eksempel", "Storgata", str(household.pk)):
            assert word not in page.content.decode()


def test_a_wrong_code_is_told_and_kept_to_be_mended(client: Client, household: Household, code: str) -> None:
    response = client.post(URL, {"code": "BCDF-GHJK", "answer": "stop"})
    assert list(response.context["form"].errors) == ["code"]
    assert "BCDF-GHJK" in response.content.decode()
    assert wants_post()


def test_the_code_counts_in_its_own_town_alone(client: Client, household: Household, code: str) -> None:
    MunicipalityFactory(hemsedal=True)
    response = client.post("/en/hemsedal/no-post/", {"code": code, "answer": "stop"})
    assert list(response.context["form"].errors) == ["code"]
    assert wants_post()


def test_the_code_of_a_protected_household_is_gone(client: Client, household: Household, code: str) -> None:
    services.restrict(household, by=None)
    assert not ObjectionCode.objects.exists()
    assert list(client.post(URL, {"code": code}).context["form"].errors) == ["code"]
    # Also where one is made by mistake.
    later = objections.codes_for([household])[household.pk]
    assert list(client.post(URL, {"code": later}).context["form"].errors) == ["code"]


def test_a_thousand_tries_are_locked_out(client: Client, household: Household, code: str) -> None:
    statuses = [
        client.post(URL, {"code": objections.shown(objections.make_code())}).status_code for _try in range(1000)
    ]
    assert statuses.count(200) == 20
    assert set(statuses[20:]) == {429}
    # From now on not even the right one is looked at.
    response = client.post(URL, {"code": code, "answer": "stop"})
    assert response.status_code == 429
    assert "Wait an hour" in response.content.decode()
    assert wants_post()
