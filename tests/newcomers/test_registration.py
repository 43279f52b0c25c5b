"""Registering: from the first letter typed to a household, exactly once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.test import Client
from django.utils import timezone, translation

from newcomers import day_page, services_registering
from newcomers.enums import HouseholdState, Source
from newcomers.forms import RegistrationForm
from newcomers.models import Consent, Household, Person, Registration
from newcomers.services import restrict
from portal import clock
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from tests.conftest import TODAY
from tests.factories import (
    HouseholdFactory,
    MunicipalityFactory,
    PersonFactory,
    PostcodeFactory,
    StaffRoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/en/gol/register/"
MY_PAGE = "/en/gol/my/"
# Its check digits hold; it is of the synthetic test series (month + 80).
IDENTITY_NUMBER = "01817012309"


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
def typed() -> dict[str, Any]:
    """As a browser sends it; every field of the form, none of the boxes ticked."""
    return {
        "submission": str(uuid.uuid4()),
        "name": "Kari Eksempel",
        "birth_year": "1990",
        "email": "Kari@Home.example",
        "phone": "00 00 00 01",
        "second_name": "Ola Eksempel",
        "second_birth_year": "1988",
        "second_email": "ola@home.example",
        "second_phone": "",
        "child_birth_years": "2019, 2016",
        "moved_in_on": "2026-11-01",
        "street": "Storgata 12 B",
        "care_of": "",
        "postcode": "3550",
        "residency": "full_time",
        "language": "pl",
        "reason": "work",
        "wishes": "Kor og språkkafé",
    }


def register(client: Client, typed: dict[str, Any], **changes: Any) -> Any:
    return client.post(URL, typed | changes)


def code_for(email: str) -> str:
    text = Message.objects.filter(recipient=email, kind="account").latest("created_at").text
    match = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", text, re.MULTILINE)
    assert match, text
    return match[1]


def confirm(client: Client, email: str = "kari@home.example") -> Any:
    return client.post("/en/account/login/code/confirm/", {"code": code_for(email), "next": MY_PAGE}, follow=True)


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["form"].errors)


# --- The whole way --------------------------------------------------------------------------------


def test_the_page_is_public_and_says_what_happens_before_the_button(client: Client, gol: Municipality) -> None:
    page = client.get(URL).content.decode()
    assert page.index("What happens with what you write") < page.index("Register and get a code")
    assert page.count("<h1") == 1


def test_a_household_is_registered(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    response = register(client, typed, share_phone="on")
    assert response.url.startswith("/en/account/login/code/confirm/")
    assert not Household.objects.exists()

    response = confirm(client)

    assert response.redirect_chain[-1][0] == MY_PAGE
    household = Household.objects.get()
    assert household.name == "Kari Eksempel, Ola Eksempel"
    assert household.child_birth_years == [2016, 2019]
    assert (household.street, household.postcode, household.city) == ("Storgata 12 B", "3550", "Gol")
    assert (household.state, household.moved_in_on) == (HouseholdState.MOVED_IN, date(2026, 11, 1))
    assert (household.language, household.reason, household.source) == ("pl", "work", Source.SELF)
    kari = household.adults[0]
    assert kari.user == User.objects.get(email="kari@home.example")
    assert [consent.field for consent in Consent.objects.all()] == ["phone"]
    assert Consent.objects.get().person == kari


def test_what_was_typed_is_kept_once_only(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed)
    confirm(client)
    registration = Registration.objects.get()
    assert registration.answers == {}
    assert registration.household == Household.objects.get()


def test_the_code_comes_from_the_outbox_in_the_language_of_the_page(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    client.post("/nb/gol/register/", typed)
    message = Message.objects.get()
    assert (message.recipient, message.language, message.is_secret) == ("kari@home.example", "nb", True)


def test_a_wrong_code_makes_no_household(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed)
    client.post("/en/account/login/code/confirm/", {"code": "AAAA-AAAA"})
    assert not Household.objects.exists()
    assert Registration.objects.get().confirmed_at is None


def test_who_is_yet_to_move_is_planning(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed, moved_in_on="2026-11-23")
    confirm(client)
    assert Household.objects.get().state == HouseholdState.PLANNING


def test_who_moves_today_has_moved_in(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed, moved_in_on="2026-11-22")
    confirm(client)
    assert Household.objects.get().state == HouseholdState.MOVED_IN


def test_somebody_alone_needs_only_the_needed_fields(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    optional = ["phone", "second_name", "second_birth_year", "second_email", "child_birth_years", "reason", "wishes"]
    register(client, typed | dict.fromkeys(optional, ""))
    confirm(client)
    assert Household.objects.get().persons.count() == 1


def test_who_is_signed_in_needs_no_code(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    account = UserFactory(email="host@home.example")
    client.force_login(account)
    response = register(client, typed, email="other@home.example")
    assert response.url == MY_PAGE
    assert Household.objects.get().adults[0].user == account
    assert Household.objects.get().adults[0].email == "host@home.example"
    assert not Message.objects.filter(kind="account").exists()


def test_who_has_a_household_is_led_to_my_page(client: Client, gol: Municipality) -> None:
    person = PersonFactory(household__municipality=gol, with_account=True)
    client.force_login(person.user)
    assert client.get(URL).url == MY_PAGE


def test_a_second_adult_is_told_and_signs_in_to_the_same_household(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    register(client, typed)
    confirm(client)
    message = Message.objects.get(kind="registered_with_others")
    assert message.recipient == "ola@home.example"
    assert "Kari" not in message.text + message.html

    other = Client()
    other.post("/en/account/login/", {"login": "ola@home.example"})
    other.post("/en/account/login/code/confirm/", {"code": code_for("ola@home.example")})
    assert other.get(MY_PAGE).context["household"] == Household.objects.get()


def test_a_second_adult_with_a_household_of_their_own_keeps_it(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    own = PersonFactory(household__municipality=gol, with_account=True)
    register(client, typed, second_email=own.email)
    confirm(client)
    assert list(own.user.persons.all()) == [own]


# --- Once -----------------------------------------------------------------------------------------


def test_pressed_twice_it_is_one_registration_and_one_code(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    first, second = register(client, typed), register(client, typed)
    assert first.url == second.url
    assert Registration.objects.count() == Message.objects.count() == 1
    confirm(client)
    assert Household.objects.count() == 1


def test_pressed_twice_both_answers_lead_to_the_same_code(gol: Municipality, typed: dict[str, Any]) -> None:
    """The browser keeps the second answer only: the session of both is the one that the page began."""
    browser = Client()
    browser.get(URL)
    session = dict(browser.cookies)
    assert register(browser, typed).url.startswith("/en/account/login/code/confirm/")
    twice = Client()
    twice.cookies.load({name: morsel.value for name, morsel in session.items()})
    assert register(twice, typed).url.startswith("/en/account/login/code/confirm/")


def test_reloaded_after_the_code_it_leads_to_my_page(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed)
    confirm(client)
    assert register(client, typed).url == MY_PAGE
    assert (Household.objects.count(), Registration.objects.count()) == (1, 1)


def test_sent_again_without_the_session_it_leads_to_sign_in(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    register(client, typed)
    response = register(Client(), typed)
    assert response.url.startswith("/en/account/login/?next=")
    assert Message.objects.count() == 1


def test_a_mended_address_gets_its_own_code(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed, email="karri@home.example")
    register(client, typed)
    assert Registration.objects.get().email == "kari@home.example"
    confirm(client)
    assert Household.objects.get().adults[0].email == "kari@home.example"


def test_two_registrations_of_one_household_become_one(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    register(client, typed)
    register(client, typed, submission=str(uuid.uuid4()), street="storgata  12b")
    confirm(client)
    assert Registration.objects.count() == 2
    assert Household.objects.count() == 1
    assert Person.objects.count() == 4


def test_confirmed_twice_it_is_one_household(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed)
    user = User.objects.get(email="kari@home.example")
    assert len(services_registering.confirm_registrations(user=user, on=TODAY)) == 1
    assert services_registering.confirm_registrations(user=user, on=TODAY) == []
    assert Household.objects.count() == 1


def test_what_another_request_just_confirmed_is_left_alone(
    client: Client, gol: Municipality, typed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    register(client, typed)
    pending = list(Registration.objects.all())
    Registration.objects.update(confirmed_at=timezone.now())
    # What this request read before the other one wrote.
    monkeypatch.setattr(services_registering, "_pending", lambda email: pending)
    user = User.objects.get(email="kari@home.example")
    assert services_registering.confirm_registrations(user=user, on=TODAY) == []


def test_a_lost_session_loses_nothing(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed)
    later = Client()
    later.post("/en/account/login/", {"login": "kari@home.example"})
    response = later.post("/en/account/login/code/confirm/", {"code": code_for("kari@home.example")})
    assert response.url == MY_PAGE
    assert later.get(MY_PAGE).context["household"] == Household.objects.get()


def test_signing_in_confirms_only_what_was_typed_with_that_address(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    register(client, typed)
    UserFactory(email="other@home.example")
    other = Client()
    other.post("/en/account/login/", {"login": "other@home.example"})
    other.post("/en/account/login/code/confirm/", {"code": code_for("other@home.example")})
    assert not Household.objects.exists()


# --- Known already --------------------------------------------------------------------------------


@pytest.fixture
def imported(gol: Municipality) -> Household:
    """From a list of movers, typed a little differently, without the children."""
    household = HouseholdFactory(
        municipality=gol, imported=True, street="Storgata 12b", adults__name="KARI  Eksempel", adults__birth_year=1990
    )
    PersonFactory(household=household, position=1, name="Ola Eksempel", birth_year=1988)
    PersonFactory(household=household, child=True, birth_year=2016)
    return household


def test_a_household_from_the_list_of_movers_is_matched(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    register(client, typed)
    confirm(client)
    household = Household.objects.get()
    assert household.name == "KARI  Eksempel, Ola Eksempel"
    assert household.child_birth_years == [2016, 2019]
    assert [adult.email for adult in household.adults] == ["kari@home.example", "ola@home.example"]
    assert household.adults[0].user == User.objects.get(email="kari@home.example")
    assert (household.source, household.language) == (Source.REGISTER, "pl")
    assert client.get(MY_PAGE).context["household"] == household


def test_what_stands_there_is_not_overwritten(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    Person.objects.filter(name="Ola Eksempel").update(email="office@knows.example", phone="00 00 00 09")
    register(client, typed)
    confirm(client)
    ola = Person.objects.get(name="Ola Eksempel")
    assert (ola.email, ola.phone) == ("office@knows.example", "00 00 00 09")


def test_an_adult_of_the_same_age_is_not_taken_for_the_registrant(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    HouseholdFactory(municipality=gol, street="Storgata 12 B", adults__name="Kari Eksempel", adults__birth_year=1990)
    register(client, typed, second_birth_year="1990")
    confirm(client)
    assert Household.objects.get().name == "Kari Eksempel, Ola Eksempel"


@pytest.mark.parametrize("change", [{"birth_year": "1991"}, {"street": "Storgata 14"}, {"name": "Kaia Eksempel"}])
def test_another_household_is_not_matched(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household, change: dict[str, str]
) -> None:
    alone = dict.fromkeys(["second_name", "second_birth_year", "second_email"], "")
    register(client, typed | alone, **change)
    confirm(client)
    assert Household.objects.count() == 2
    assert not imported.persons.exclude(user=None).exists()


def test_the_same_household_in_another_town_is_not_matched(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    Household.objects.update(municipality=MunicipalityFactory(hemsedal=True))
    register(client, typed)
    confirm(client)
    assert Household.objects.filter(municipality=gol).count() == 1


def test_who_moved_away_and_comes_back_is_new(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    Household.objects.update(state=HouseholdState.MOVED_AWAY)
    register(client, typed)
    confirm(client)
    assert Household.objects.count() == 2


# --- Strangers ------------------------------------------------------------------------------------


def left_to_the_office(client: Client) -> bool:
    """Nothing made, nobody linked, what was typed is kept for the office, and the page says so."""
    page = client.get(MY_PAGE)
    registration = Registration.objects.latest("created_at")
    assert "We have your registration" in page.content.decode()
    assert "household" not in page.context
    return registration.household is None and registration.confirmed_at is not None and bool(registration.answers)


def test_a_stranger_does_not_get_into_a_household_with_an_account(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    Person.objects.filter(household=imported, birth_year=1990).update(user=UserFactory())
    register(client, typed, email="stranger@evil.example", share_address="on")
    confirm(client, "stranger@evil.example")
    assert left_to_the_office(client)
    assert Household.objects.count() == 1
    assert not User.objects.get(email="stranger@evil.example").persons.exists()
    assert not Consent.objects.exists()
    assert not Person.objects.filter(email="ola@home.example").exists()


def test_an_account_of_the_other_adult_is_enough_to_keep_strangers_out(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    Person.objects.filter(household=imported, birth_year=1988).update(user=UserFactory())
    register(client, typed)
    confirm(client)
    assert left_to_the_office(client)


def test_nobody_gets_into_a_household_by_naming_its_adult_as_their_partner(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    register(client, typed, name="Stranger Danger", birth_year="1970")
    confirm(client)
    assert left_to_the_office(client)
    assert Household.objects.count() == 1


def test_a_second_household_of_one_account_is_for_the_office(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    register(client, typed)
    confirm(client)
    account = User.objects.get(email="kari@home.example")
    form = RegistrationForm(
        typed | {"street": "Lia 3", "submission": str(uuid.uuid4())}, municipality=gol, on=TODAY, account=account
    )
    assert form.is_valid()
    services_registering.register(
        submission=form.cleaned_data["submission"], municipality=gol, answers=form.answers(), language="en"
    )
    (second,) = services_registering.confirm_registrations(user=account, on=TODAY)
    assert second.household is None
    assert Household.objects.get().street == "Storgata 12 B"


@pytest.mark.parametrize("changes", [{}, {"name": "Other Name"}, {"street": "Lia 3"}])
def test_the_name_of_a_protected_household_is_for_the_office_without_what_was_typed(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household, changes: dict[str, str]
) -> None:
    restrict(imported, by=None)
    register(client, typed, **changes)
    confirm(client)
    assert "We have your registration" in client.get(MY_PAGE).content.decode()
    registration = Registration.objects.get()
    assert (registration.household, registration.answers) == (None, {})
    assert not Household.objects.exclude(street="").exists()
    assert services_registering.accept_as_new(registration, by=UserFactory(), on=TODAY) is None


def test_the_office_sees_how_many_wait(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    Person.objects.filter(household=imported, birth_year=1990).update(user=UserFactory())
    register(client, typed)
    confirm(client)
    officer, elsewhere = StaffRoleFactory(municipality=gol).user, MunicipalityFactory(hemsedal=True)
    assert [queue.count for queue in day_page.queues(officer, [gol, elsewhere], TODAY)] == [1]
    assert list(day_page.queues(officer, [elsewhere], TODAY)) == []
    assert list(day_page.queues(StaffRoleFactory(editor=True).user, [gol], TODAY)) == []


def test_the_office_may_take_it_as_a_household_of_its_own(
    client: Client, gol: Municipality, typed: dict[str, Any], imported: Household
) -> None:
    register(client, typed, name="Other Name")
    confirm(client)
    officer = StaffRoleFactory(municipality=gol).user
    registration = Registration.objects.get()
    household = services_registering.accept_as_new(registration, by=officer, on=TODAY)
    assert household is not None
    assert services_registering.accept_as_new(registration, by=officer, on=TODAY) is None
    assert client.get(MY_PAGE).context["household"] == household != imported
    assert Household.objects.count() == 2


# --- Bad input ------------------------------------------------------------------------------------

NEXT_YEAR = str(TODAY.year + 1)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "required"),
        ("email", "kari at home", "valid email"),
        ("phone", "call me", "digits"),
        ("birth_year", "nineteen", "four digits"),
        ("birth_year", "1850", "cannot be a birth year"),
        ("birth_year", NEXT_YEAR, "cannot be a birth year"),
        ("birth_year", "2009", "at least 18"),
        ("second_birth_year", "2015", "at least 18"),
        ("second_email", "ola", "valid email"),
        ("second_email", "KARI@home.example", "of their own"),
        ("child_birth_years", NEXT_YEAR, f"{NEXT_YEAR} has not come yet"),
        ("child_birth_years", "2016, soon", "only the years"),
        ("child_birth_years", "16", "only the years"),
        ("child_birth_years", "2000", "adult"),
        ("moved_in_on", "next week", "not a day we can read"),
        ("moved_in_on", "31.11.2026", "not a day we can read"),
        ("moved_in_on", "1899-12-31", "too long ago"),
        ("moved_in_on", "2027-11-23", "more than a year ahead"),
        ("postcode", "9999", "do not know this postcode"),
        ("postcode", "gol", "do not know this postcode"),
        ("residency", "sometimes", "valid choice"),
        ("language", "xx", "valid choice"),
        ("reason", "because", "valid choice"),
        ("wishes", "x" * 2001, "2000"),
    ],
)
def test_bad_input_names_the_field_and_keeps_what_was_typed(
    client: Client, gol: Municipality, typed: dict[str, Any], field: str, value: str, words: str
) -> None:
    response = register(client, typed, **{field: value})
    found = errors(response)
    assert list(found) == [field]
    assert words.lower() in " ".join(found[field]).lower()
    form = response.context["form"]
    assert {name: form[name].value() for name in typed} == typed | {field: value}
    assert not Registration.objects.exists()
    assert not Message.objects.exists()


def test_a_second_adult_needs_a_name_and_a_birth_year(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    response = register(client, typed, second_name="", second_birth_year="")
    assert set(errors(response)) == {"second_name", "second_birth_year"}


@pytest.mark.parametrize("day", ["2026-11-01", "01.11.2026", "1.11.26", " 01.11.2026 ", "01/11/2026"])
def test_days_are_read_as_people_write_them(client: Client, gol: Municipality, typed: dict[str, Any], day: str) -> None:
    register(client, typed, moved_in_on=day)
    assert Registration.objects.get().answers["moved_in_on"] == "2026-11-01"


def test_a_day_that_is_none_is_shown_again_where_it_can_be_read(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    page = register(client, typed, moved_in_on="next week").content.decode()
    field = re.search(r"<input[^>]*name=\"moved_in_on\"[^>]*>", page)
    assert field
    assert 'type="text"' in field[0]
    assert 'value="next week"' in field[0]


def test_a_day_typed_the_norwegian_way_fits_the_browsers_field(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    page = register(client, typed, name="", moved_in_on="01.11.2026").content.decode()
    assert 'value="2026-11-01"' in page


@pytest.mark.parametrize("field", ["name", "phone", "second_name", "street", "care_of", "wishes", "child_birth_years"])
def test_an_identity_number_is_refused_and_never_repeated(
    client: Client, gol: Municipality, typed: dict[str, Any], field: str
) -> None:
    response = register(client, typed, **{field: f"mine is {IDENTITY_NUMBER}"})
    assert list(errors(response)) == [field]
    page = response.content.decode()
    assert IDENTITY_NUMBER not in page
    assert "mine is" in page
    assert not Registration.objects.exists()


def test_a_postcode_of_another_town_leads_there_with_what_was_typed(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    PostcodeFactory(code="3560", city="Hemsedal", municipality=MunicipalityFactory(hemsedal=True))
    response = register(client, typed, postcode="3560")
    assert "Hemsedal" in errors(response)["postcode"][0]
    page = response.content.decode()
    assert 'formaction="/en/hemsedal/register/"' in page
    assert 'href="/en/hemsedal/register/"' in page


def test_a_town_that_is_not_here_is_named_without_a_link(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    oslo = MunicipalityFactory(name="Oslo", slug="oslo", is_active=False)
    PostcodeFactory(code="0161", city="Oslo", municipality=oslo)
    response = register(client, typed, postcode="0161")
    assert "Oslo" in errors(response)["postcode"][0]
    assert "/en/oslo/" not in response.content.decode()


def test_the_place_of_a_postcode_is_looked_up(client: Client, gol: Municipality) -> None:
    assert "3550 Gol" in client.get("/en/gol/postcode/", {"postcode": "3550"}).content.decode()
    assert "no postcode 9999" in client.get("/en/gol/postcode/", {"postcode": "9999"}).content.decode()
    half = client.get("/en/gol/postcode/", {"postcode": "355"}).content.decode()
    assert half.strip() == ""


def test_without_a_script_the_server_fills_in_the_place(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    assert "3550 Gol" in register(client, typed, name="").content.decode()
    register(client, typed)
    assert Registration.objects.get().answers["city"] == "Gol"


def test_an_open_too_long_page_comes_back_with_what_was_typed(gol: Municipality, typed: dict[str, Any]) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(URL, typed | {"share_email": "on", "wishes": f"Kor {IDENTITY_NUMBER}"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Nothing is lost" in page
    assert IDENTITY_NUMBER not in page
    for words in ("Kari Eksempel", "ola@home.example", "2019, 2016", "Storgata 12 B", "Kor"):
        assert words in page
    assert re.search(r'name="share_email"[^>]*checked', page)
    assert typed["submission"] in page
    again = typed | {"csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    assert strict.post(URL, again).status_code == 302


def test_too_many_registrations_from_one_place_are_stopped_clearly(
    client: Client, gol: Municipality, typed: dict[str, Any]
) -> None:
    for number in range(20):
        response = register(client, typed, submission=str(uuid.uuid4()), email=f"person{number}@home.example")
        assert response.status_code == 302
    response = register(client, typed, submission=str(uuid.uuid4()), email="person21@home.example")
    assert response.status_code == 429
    page = response.content.decode()
    assert "many registrations" in page
    assert "Kari Eksempel" in page
    assert Registration.objects.count() == 20


def test_nobody_fills_another_persons_mailbox(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    statuses = [register(client, typed, submission=str(uuid.uuid4())).status_code for _number in range(6)]
    assert statuses == [302] * 5 + [429]


def test_bad_input_does_not_use_up_the_limit(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    for _number in range(25):
        register(client, typed, birth_year="nineteen")
    assert register(client, typed).status_code == 302


def test_a_broken_submission_id_is_replaced(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    assert register(client, typed, submission="").status_code == 302


# --- Forgotten ------------------------------------------------------------------------------------


def age(registration: Registration, days: int) -> None:
    Registration.objects.filter(pk=registration.pk).update(created_at=registration.created_at - timedelta(days=days))


def test_what_nobody_confirms_is_dropped_after_a_week(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed)
    registration = Registration.objects.get()
    today = timezone.localdate(registration.created_at)
    assert services_registering.drop_unconfirmed(on=today + timedelta(days=7)) == 0
    assert services_registering.drop_unconfirmed(on=today + timedelta(days=8), dry_run=True) == 1
    assert Registration.objects.exists()
    assert services_registering.drop_unconfirmed(on=today + timedelta(days=8)) == 1
    assert not Registration.objects.exists()
    assert not User.objects.filter(email="kari@home.example").exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("used", ["role", "household", "sign_in"])
def test_an_account_in_use_outlives_its_registration(
    client: Client, gol: Municipality, typed: dict[str, Any], used: str
) -> None:
    register(client, typed)
    account = User.objects.get(email="kari@home.example")
    if used == "role":
        StaffRoleFactory(user=account)
    elif used == "household":
        PersonFactory(user=account)
    else:
        User.objects.filter(pk=account.pk).update(last_login=timezone.now())
    assert services_registering.drop_unconfirmed(on=timezone.localdate() + timedelta(days=8)) == 1
    assert User.objects.filter(pk=account.pk).exists()


def test_confirmed_registrations_stay(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed)
    confirm(client)
    assert services_registering.drop_unconfirmed(on=TODAY + timedelta(days=400)) == 0


def test_the_day_is_norways(client: Client, gol: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    """Late on 30 June in UTC it is 1 July in Gol, so the whole year ahead ends on 1 July."""
    monkeypatch.undo()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    assert clock.today() == date(2026, 7, 1)
    form = RegistrationForm({"moved_in_on": "2027-07-01"}, municipality=gol, on=clock.today())
    assert "moved_in_on" not in form.errors


def test_the_session_holds_no_answers(client: Client, gol: Municipality, typed: dict[str, Any]) -> None:
    register(client, typed)
    assert LOGIN_SESSION_KEY in client.session
    assert "Storgata" not in str(dict(client.session))
