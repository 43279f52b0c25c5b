"""My page: what happens next, what has happened, what is known, and who may see it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from newcomers import consents, services
from newcomers.enums import HouseholdState
from newcomers.models import Household, Person, Registration
from portal import clock, registry
from portal.municipalities.models import Municipality
from portal.pages.enums import Situation
from portal.registry import Section, TimelineEntry
from tests.conftest import TODAY
from tests.enquiries.factories import asked
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, StepFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/en/gol/my/"
EDIT = "/en/gol/my/edit/"
CONSENTS = "/en/gol/my/consents/"
# As the browser sends the form of own details when nothing was changed.
DETAILS = {
    "version": "1", "name": "Kari Eksempel", "birth_year": "1990", "phone": "", "language": "nb", "wishes": "",
    "wants_post": "on",
}  # fmt: skip
CHOICES = "/en/gol/my/choices/"
DATA = "/en/gol/my/data/"
STEPS = "/en/gol/my/steps/"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def person() -> Person:
    return PersonFactory(with_account=True, name="Kari Eksempel", household__family=False)


@pytest.fixture
def kari(client: Client, person: Person) -> Client:
    client.force_login(person.user)
    return client


def page_of(client: Client, url: str = URL) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def provide(monkeypatch: pytest.MonkeyPatch, *entries: TimelineEntry) -> None:
    """What some other room says of every household."""

    def provider(household: Any, on: date) -> Iterable[TimelineEntry]:
        return entries

    monkeypatch.setitem(registry._timeline, "other room", provider)


# --- Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [URL, EDIT, DATA, STEPS, CHOICES])
def test_a_visitor_signs_in_first(client: Client, person: Person, url: str) -> None:
    assert client.get(url).url == f"/en/account/login/?next={url}"


def test_an_account_without_household_is_led_to_register(client: Client, person: Person) -> None:
    client.force_login(UserFactory())
    page = page_of(client)
    assert 'href="/en/gol/register/"' in page
    assert "Kari" not in page


def test_a_household_of_another_town_is_not_shown_here(kari: Client, person: Person) -> None:
    MunicipalityFactory(hemsedal=True)
    assert "Kari" not in page_of(kari, "/en/hemsedal/my/")


def test_both_adults_see_the_same_household(client: Client, person: Person) -> None:
    other = PersonFactory(household=person.household, with_account=True, name="Ola Eksempel", position=1)
    client.force_login(other.user)
    response = client.get(URL)
    assert response.context["household"] == person.household
    assert "Hi Ola" in response.content.decode()


def test_a_protected_household_sees_the_office_and_nothing_else(kari: Client, person: Person) -> None:
    services.restrict(person.household, by=None)
    page = page_of(kari)
    assert "00 00 00 01" in page
    assert "Kari" not in page
    assert "protected" not in page.lower()


@pytest.mark.parametrize("url", [EDIT, CONSENTS + "phone/", CHOICES + "news/"])
def test_a_protected_household_changes_nothing_here(kari: Client, person: Person, url: str) -> None:
    services.restrict(person.household, by=None)
    assert kari.post(url, DETAILS | {"answer": "yes"}).status_code == 404


# --- What it shows --------------------------------------------------------------------------------


def test_what_happens_next_comes_first_with_its_day(
    kari: Client, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    provide(
        monkeypatch,
        TimelineEntry(on=TODAY - timedelta(days=3), title="A letter came"),
        TimelineEntry(on=date(2026, 12, 3), title="Welcome meeting", state="next"),
        TimelineEntry(on=date(2026, 11, 20), title="Your host should have called", state="late"),
    )
    response = kari.get(URL)
    page = response.content.decode()
    assert [item["title"] for item in response.context["next"]] == ["Your host should have called", "Welcome meeting"]
    assert page.index("Welcome meeting") < page.index("See it and steer it") < page.index("What has happened")
    assert "3 December 2026" in page
    windows = {window["label"]: window["lit"] for window in response.context["windows"]}
    assert windows["A letter came"]
    assert not windows["Welcome meeting"]


def test_the_moving_day_comes_next_for_those_who_plan(kari: Client, person: Person) -> None:
    Household.objects.update(state=HouseholdState.PLANNING, moved_in_on=date(2027, 2, 1))
    assert [item["title"] for item in kari.get(URL).context["next"]] == ["Moving day"]


@pytest.mark.parametrize(
    ("state", "residency", "address", "away"),
    [
        ("considering", "full_time", "Our address there", False),
        ("moved_in", "full_time", "We live at another address", "We have moved away"),
        ("moved_in", "part_time", "Our address here is another one", "We do not come here any more"),
    ],
)
def test_the_ways_are_called_what_they_are_for_them(
    kari: Client, person: Person, state: str, residency: str, address: str, away: str
) -> None:
    Household.objects.update(state=state, residency=residency)
    for page in (page_of(kari), page_of(kari, f"{URL}edit/"), page_of(kari, f"{URL}people/")):
        assert address in page
    assert (away in page_of(kari) and away in page_of(kari, f"{URL}away/")) if away else "my/away/" not in page_of(kari)


def test_what_is_for_staff_is_not_shown(kari: Client, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    provide(monkeypatch, TimelineEntry(on=TODAY, title="Seen by staff", staff_only=True))
    assert "Seen by staff" not in page_of(kari)


def test_other_rooms_have_their_sections(kari: Client, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def provider(request: Any, household: Any, on: date) -> Iterable[Section]:
        yield Section(2, "components/notice.html", {"text": f"Second, for {household.name}"})
        yield Section(1, "components/notice.html", {"text": "First <b>"})

    monkeypatch.setattr(registry, "_my_page", {"other room": provider})
    page = page_of(kari)
    assert page.index("First &lt;b&gt;") < page.index("Second, for Kari Eksempel")


def test_the_household_sees_what_is_known_about_it(client: Client) -> None:
    household = HouseholdFactory(family=True, street="Lia 3", wishes="Kor", language="pl", adults__with_account=True)
    client.force_login(household.adults[0].user)
    page = page_of(client, DATA)
    for words in ("2016, 2019", "Lia 3, 3550 Gol", "Kor", "Polski", household.adults[1].name):
        assert words in page


def test_what_was_written_is_shown_as_text(kari: Client, person: Person) -> None:
    Household.objects.update(wishes="<script>alert(1)</script>")
    assert "<script>alert" not in page_of(kari, DATA)


def test_looking_changes_nothing(kari: Client, person: Person) -> None:
    Registration.objects.create(municipality=person.household.municipality, email=person.email, answers={})
    page_of(kari)
    assert Registration.objects.get().confirmed_at is None


def test_a_long_way_costs_no_more_queries(
    kari: Client, person: Person, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    from django.db import connection

    kari.get(URL)  # fills what is cached per process
    with CaptureQueriesContext(
        connection,
    ) as short:
        kari.get(URL)
    for _number in range(30):
        consents.give_consent(person, field="phone")
        consents.withdraw_consent(person, field="phone")
    PersonFactory.create_batch(10, household=person.household, child=True)
    provide(monkeypatch, *(TimelineEntry(on=TODAY, title=f"Thing {number}") for number in range(200)))
    with django_assert_num_queries(len(short)):
        page = page_of(kari)
    assert "Thing 199" in page


def test_the_header_leads_to_what_fits(client: Client, person: Person) -> None:
    gol = person.household.municipality
    assert (register_link(client, gol), my_page_link(client, gol)) == (True, False)
    client.force_login(UserFactory())
    assert (register_link(client, gol), my_page_link(client, gol)) == (True, False)
    client.force_login(person.user)
    assert (register_link(client, gol), my_page_link(client, gol)) == (False, True)


def register_link(client: Client, gol: Municipality) -> bool:
    return "/en/gol/register/" in header(client)


def my_page_link(client: Client, gol: Municipality) -> bool:
    return URL in header(client)


def header(client: Client) -> list[str]:
    nav = client.get("/en/gol/privacy/").content.decode().partition('class="site-nav"')[2].partition("</nav>")[0]
    return re.findall(r'href="([^"]+)"', nav)


# --- Changing -------------------------------------------------------------------------------------


def test_own_details_are_changed(kari: Client, person: Person) -> None:
    changes = {"name": "Kari Ny", "birth_year": "1991", "phone": "00 00 00 05", "language": "uk", "wishes": "Ski"}
    response = kari.post(EDIT, {"version": "1"} | changes)
    assert response.url == URL
    person.refresh_from_db()
    household = Household.objects.get()
    assert (person.name, person.birth_year, person.phone) == ("Kari Ny", 1991, "00 00 00 05")
    assert person.name_key == "kariny"
    assert (household.language, household.wishes, household.wants_post) == ("uk", "Ski", False)
    person.user.refresh_from_db()
    assert (person.user.name, person.user.language) == ("Kari Ny", "en")


def test_post_can_be_switched_on_again(kari: Client, person: Person) -> None:
    Household.objects.update(wants_post=False)
    kari.post(EDIT, DETAILS)
    assert Household.objects.get().wants_post


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "call me"),
        ("language", "xx"),
        ("wishes", "I am 01817012309, yes"),
        ("birth_year", "1800"),
        ("birth_year", "2020"),
        ("name", ""),
    ],  # fmt: skip
)
def test_a_wrong_detail_is_named_and_nothing_is_saved(kari: Client, person: Person, field: str, value: str) -> None:
    response = kari.post(EDIT, DETAILS | {"wants_post": ""} | {field: value})
    assert list(response.context["form"].errors) == [field]
    assert "01817012309" not in response.content.decode()
    assert Household.objects.get().wants_post


def test_a_language_from_the_list_of_movers_stays_a_choice(kari: Client, person: Person) -> None:
    Household.objects.update(language="lt")
    assert "lietuvių" in page_of(kari, DATA)
    assert kari.post(EDIT, DETAILS | {"language": "lt"}).status_code == 302
    assert Household.objects.get().language == "lt"


def test_an_edit_page_that_was_open_too_long_comes_back_with_what_was_typed(person: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person.user)
    typed = {
        "name": "Kari",
        "birth_year": "1990",
        "phone": "00 00 00 05",
        "language": "uk",
        "wishes": "Ski 01817012309",
    }
    response = strict.post(EDIT, {"version": "1"} | typed)
    assert response.status_code == 403
    form = response.context["form"]
    assert {name: form[name].value() for name in form.fields} == {
        "version": "1",
        "name": "Kari",
        "birth_year": "1990",
        "phone": "00 00 00 05",
        "language": "uk",
        "wishes": "Ski ",
        "wants_post": None,
        "health_confirmed": None,
    }
    assert Household.objects.get().wants_post


def test_an_edit_page_without_a_session_leads_to_sign_in(person: Person) -> None:
    assert Client(enforce_csrf_checks=True).post(EDIT, DETAILS).url == f"/en/account/login/?next={EDIT}"


def test_of_two_tabs_the_second_is_told_what_changed_and_keeps_what_was_typed(kari: Client, person: Person) -> None:
    kari.post(EDIT, DETAILS | {"wishes": "A choir"})
    response = kari.post(EDIT, DETAILS | {"wishes": "A garden"})
    page = response.content.decode()
    assert Household.objects.get().wishes == "A choir"
    assert "now it says “A choir”" in page
    assert response.context["form"]["wishes"].value() == "A garden"
    assert response.context["form"]["version"].value() == "2"
    # Pressed again, it counts.
    assert kari.post(EDIT, DETAILS | {"wishes": "A garden", "version": "2"}).status_code == 302
    assert Household.objects.get().wishes == "A garden"


def test_a_form_without_its_version_saves_nothing(kari: Client, person: Person) -> None:
    response = kari.post(EDIT, {name: value for name, value in DETAILS.items() if name != "version"} | {"wishes": "X"})
    assert response.status_code == 200
    assert Household.objects.get().wishes == ""


# --- First steps ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "residency", "situation"),
    [
        ("considering", "full_time", "considering"),
        ("planning", "full_time", "moving"),
        ("moved_in", "full_time", "moved"),
        ("moved_in", "part_time", "part_time"),
    ],
)
def test_the_first_steps_fit_the_situation(
    kari: Client, person: Person, state: str, residency: str, situation: str
) -> None:
    Household.objects.update(state=state, residency=residency)
    municipality = person.household.municipality
    mine = StepFactory(municipality=municipality, situation=situation, order=1)
    for other in {*Situation.values} - {situation}:
        StepFactory(municipality=municipality, situation=other, order=2)
    StepFactory(municipality=MunicipalityFactory(hemsedal=True), situation=situation, order=3)
    page = page_of(kari, STEPS)
    assert f"step-{mine.pk}" in page
    assert page.count('class="step"') == 1


def test_a_step_is_ticked_off_for_all_of_the_household_and_back_again(
    client: Client, kari: Client, person: Person
) -> None:
    step = StepFactory(municipality=person.household.municipality, order=1)
    StepFactory(municipality=person.household.municipality, order=2)
    assert "0 of 2 steps are done" in page_of(kari)
    for _time in range(2):
        kari.post(f"{STEPS}{step.pk}/", {"done": "yes"})
    other = PersonFactory(household=person.household, with_account=True, position=1)
    client.force_login(other.user)
    page = page_of(client)
    assert "1 of 2 steps are done" in page
    assert "Step 2 (en)" in page
    client.post(f"{STEPS}{step.pk}/", {"done": "no"})
    assert "0 of 2 steps are done" in page_of(client)


def test_a_step_of_another_town_is_not_there_to_tick(kari: Client, person: Person) -> None:
    step = StepFactory(municipality=MunicipalityFactory(hemsedal=True))
    assert kari.post(f"{STEPS}{step.pk}/", {"done": "yes"}).status_code == 404
    assert kari.get(f"{STEPS}{step.pk}/").status_code == 405


def test_who_has_settled_has_no_first_steps(kari: Client, person: Person) -> None:
    StepFactory(municipality=person.household.municipality)
    Household.objects.update(state=HouseholdState.SETTLED)
    assert "First steps" not in page_of(kari)


# --- Your questions -------------------------------------------------------------------------------


def test_the_page_shows_own_questions_and_by_when_they_are_answered(kari: Client, person: Person) -> None:
    gol = person.household.municipality
    asked(gol, email=person.user.email.upper(), question="Where is the ski track?")
    asked(gol, email="somebody@example.example", question="Of somebody else")
    asked(MunicipalityFactory(hemsedal=True), email=person.user.email, question="Of another town")
    page = page_of(kari)
    assert "Where is the ski track?" in page
    assert "You get the answer by" in page
    assert "Of somebody else" not in page
    assert "Of another town" not in page


# --- Promised by whom -----------------------------------------------------------------------------


def test_what_is_promised_says_by_whom(kari: Client, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    provide(
        monkeypatch,
        TimelineEntry(on=date(2026, 12, 3), title="A call", state="next", by="Helga Vert"),
        TimelineEntry(on=date(2026, 11, 3), title="A visit", by="Ola Vert"),
    )
    page = page_of(kari)
    assert "Promised by: Helga Vert" in page
    assert "Ola Vert" not in page


@pytest.mark.parametrize("field", ["phone", "email", "address"])
def test_each_consent_is_given_and_withdrawn_by_a_button(kari: Client, person: Person, field: str) -> None:
    assert f'action="{CONSENTS}{field}/"' in page_of(kari, CHOICES)
    kari.post(f"{CONSENTS}{field}/", {"answer": "yes"})
    assert person.consents.get(withdrawn_at=None).field == field
    assert page_of(kari, CHOICES).count("Take it back") == 1
    kari.post(f"{CONSENTS}{field}/", {"answer": "no"})
    assert not person.consents.filter(withdrawn_at=None).exists()


def test_a_consent_is_not_given_by_opening_a_link(kari: Client, person: Person) -> None:
    assert kari.get(f"{CONSENTS}phone/?answer=yes").status_code == 405
    assert not person.consents.exists()


def test_there_is_no_consent_for_anything_else(kari: Client, person: Person) -> None:
    assert kari.post(f"{CONSENTS}health/", {"answer": "yes"}).status_code == 404


def test_one_adult_does_not_consent_for_the_other(kari: Client, person: Person) -> None:
    other = PersonFactory(household=person.household, with_account=True, position=1)
    kari.post(f"{CONSENTS}phone/", {"answer": "yes"})
    assert not other.consents.exists()


def test_no_id_of_a_household_stands_in_an_address(kari: Client, person: Person) -> None:
    for url in (URL, DATA, CHOICES, "/en/gol/my/people/"):
        page = page_of(kari, url)
        assert str(person.household_id) not in page
        assert str(person.pk) not in page
    assert kari.get(f"{URL}{uuid.uuid4()}/").status_code == 404
