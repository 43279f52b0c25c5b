"""A farewell without a name: nothing leads back to who said it, and a few are not read at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import translation

from newcomers import services
from newcomers.enums import HouseholdState
from newcomers.models import Farewell, Household, Person
from newcomers.my_page import farewells
from portal import clock
from portal.municipalities.models import Municipality
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db

FAREWELL = "/en/gol/my/farewell/"
SAID = {"reason": "work", "reason_text": "No job for two.", "would_have_stayed": "A bus in the evening."}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    with translation.override("en"):
        yield


@pytest.fixture
def kari(client: Client) -> Client:
    person = PersonFactory(with_account=True, household__state=HouseholdState.MOVED_AWAY)
    client.force_login(person.user)
    return client


def say(municipality: Municipality, number: int, *, reason: str = "work", month: date = date(2026, 11, 1)) -> None:
    for place in range(number):
        household = HouseholdFactory(municipality=municipality, moved_away=True, adults=0)
        text = f"{reason} {place}"
        assert farewells.say(household=household, reason=reason, reason_text=text, would_have_stayed="", on=month)


# --- Saying it ------------------------------------------------------------------------------------


def test_the_answers_are_kept_and_nothing_leads_back(kari: Client) -> None:
    assert kari.post(FAREWELL, SAID).url == "/en/gol/my/goodbye/"
    said = Farewell.objects.get()
    assert (said.reason, said.reason_text, said.would_have_stayed) == tuple(SAID.values())
    assert said.month == date(2026, 11, 1)
    # No column that could hold a household, a person, an account or a moment.
    assert {field.name for field in Farewell._meta.get_fields()} == {
        "id", "municipality", "month", "reason", "reason_text", "would_have_stayed",
    }  # fmt: skip
    assert said.pk not in {Person.objects.get().pk, Person.objects.get().household_id}


def test_it_stands_in_no_log(kari: Client) -> None:
    from django.contrib.admin.models import LogEntry

    kari.post(FAREWELL, SAID)
    assert not LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Farewell)).exists()


def test_a_household_says_it_once_however_often_it_signs_in(kari: Client) -> None:
    """Five answers of one household would be read as those of five."""
    person = Person.objects.get()
    other = PersonFactory(household=person.household, with_account=True, position=1)
    assert FAREWELL in kari.get("/en/gol/my/").content.decode()
    for user in (person.user, person.user, other.user):
        client = Client()
        client.force_login(user)
        client.post(FAREWELL, SAID)
    assert Farewell.objects.count() == 1
    assert kari.get(FAREWELL).url == "/en/gol/my/goodbye/"
    assert FAREWELL not in kari.get("/en/gol/my/").content.decode()


def test_of_two_adults_at_once_one_says_it(kari: Client) -> None:
    household = Household.objects.get()
    assert [farewells.say(household=household, **SAID, on=TODAY) for _time in range(2)] == [True, False]


def test_who_comes_back_and_leaves_again_says_it_again(kari: Client) -> None:
    kari.post(FAREWELL, SAID)
    household = Household.objects.get()
    for state in (HouseholdState.MOVED_IN, HouseholdState.MOVED_AWAY):
        services.move(household, to=state, by=None, on=TODAY)
    assert kari.get(FAREWELL).status_code == 200


def test_one_may_go_without_a_word(kari: Client) -> None:
    assert "my/goodbye/" in kari.get(FAREWELL).content.decode()
    assert kari.get("/en/gol/my/goodbye/").status_code == 200
    response = kari.post(FAREWELL, {"reason": "", "reason_text": " ", "would_have_stayed": ""})
    assert response.status_code == 200
    assert not Farewell.objects.exists()


def test_one_answer_is_enough(kari: Client) -> None:
    kari.post(FAREWELL, {"would_have_stayed": "A flat"})
    assert Farewell.objects.get().reason == ""


def test_no_identity_number_is_kept(kari: Client) -> None:
    response = kari.post(FAREWELL, SAID | {"reason_text": "I am 01817012309"})
    assert list(response.context["form"].errors) == ["reason_text"]
    assert not Farewell.objects.exists()


def test_who_lives_here_has_no_farewell_to_say(client: Client) -> None:
    person = PersonFactory(with_account=True)
    client.force_login(person.user)
    assert client.get(FAREWELL).status_code == 404
    assert client.get("/en/gol/my/goodbye/").status_code == 404


# --- Reading it -----------------------------------------------------------------------------------


@pytest.fixture
def office(client: Client) -> Client:
    role = StaffRoleFactory(coordinator=True)
    client.force_login(role.user)
    return client


LIST = "/admin/newcomers/farewell/"


def test_four_are_read_by_nobody_and_five_together(office: Client) -> None:
    gol = Municipality.objects.get()
    say(gol, 4)
    assert "work 3" not in office.get(LIST).content.decode()
    say(gol, 1, reason="housing")
    page = office.get(LIST).content.decode()
    assert "work 3" in page
    assert "housing 0" in page


def test_the_list_tells_no_month(office: Client) -> None:
    """Whoever knows that one household left in March must not find what it said."""
    gol = Municipality.objects.get()
    say(gol, 5, month=date(2026, 3, 7))
    shown = office.get(LIST).context["cl"]
    assert "month" not in shown.list_display
    page = office.get(f"{LIST}{Farewell.objects.first().pk}/change/").content.decode()
    assert "March" not in page
    assert "2026-03" not in page


def test_what_was_said_long_ago_does_not_help_to_read_what_was_said_lately(office: Client) -> None:
    gol = Municipality.objects.get()
    say(gol, 4)
    say(gol, 4, month=date(2024, 6, 1))
    assert "work 0" not in office.get(LIST).content.decode()


def test_each_town_counts_its_own(office: Client) -> None:
    gol = Municipality.objects.get()
    say(gol, 4)
    say(MunicipalityFactory(hemsedal=True), 9)
    assert "work 0" not in office.get(LIST).content.decode()
    assert office.get(f"{LIST}{Farewell.objects.filter(municipality=gol).first().pk}/change/").status_code == 404


def figure(municipality: Municipality) -> list[str]:
    user = StaffRoleFactory(analyst=True, municipality=municipality).user
    return [found.value for found in farewells.figures(user, [municipality], TODAY)]


def test_the_figures_name_reasons_that_many_gave(db: None) -> None:
    gol = MunicipalityFactory(gol=True)
    say(gol, 4)
    assert figure(gol) == []
    say(gol, 2)
    say(gol, 2, reason="family")
    assert figure(gol) == ["8 answers (work: 6, other reasons or none)"]
    say(gol, 4, reason="housing")
    assert figure(gol) == ["12 answers (work: 6, other reasons or none: 6)"]


def test_where_no_reason_stands_out_none_is_named(db: None) -> None:
    gol = MunicipalityFactory(gol=True)
    for reason in ("work", "family", "place", "housing", "education"):
        say(gol, 1, reason=reason)
    assert figure(gol) == ["5 answers (no reason stands out)"]


def test_no_figures_for_those_who_may_not_see_them(db: None) -> None:
    gol = MunicipalityFactory(gol=True)
    say(gol, 9)
    user = StaffRoleFactory(editor=True, municipality=gol).user
    assert list(farewells.figures(user, [gol], TODAY)) == []
