"""The pages of registering: which ones come, what they refuse, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from newcomers.enums import HouseholdState, PartTimeKind, Residency
from newcomers.models import Draft, Household, Registration
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, PostcodeFactory
from tests.newcomers.registering.pages import (
    CHECK,
    MY_PAGE,
    PAGE_OF,
    URL,
    Typed,
    change,
    confirm,
    draft,
    errors_of,
    fill,
    page_url,
    register,
    send,
    typed,
)

pytestmark = pytest.mark.django_db

# Its check digits hold; it is of the synthetic test series (month + 80).
IDENTITY_NUMBER = "01817012309"
NEXT_YEAR = str(TODAY.year + 1)


def the_household(client: Client, pages: Typed) -> Household:
    register(client, pages)
    confirm(client)
    return Household.objects.get()


def walk(client: Client, pages: Typed) -> list[str]:
    """The pages somebody with these answers is asked, in their order, as the page of all answers lists them."""
    fill(client, pages)
    return [page["summary"].slug for page in client.get(CHECK).context["pages"]]


# --- Situations -----------------------------------------------------------------------------------


def test_who_considers_is_asked_for_no_address_and_no_day(client: Client, gol: Municipality) -> None:
    pages = walk(client, typed(situation="considering", alone=True))
    assert pages == ["situation", "you", "contact", "adults", "children", "maybe", "language", "reason", "wishes"]
    text = client.get(CHECK).content.decode()
    assert "No letter or package comes before you tell us that you move." in text
    assert "what you ticked" not in text
    send(client)
    confirm(client)
    household = Household.objects.get()
    assert (household.state, household.moved_in_on, household.street) == (HouseholdState.CONSIDERING, None, "")


def test_what_was_left_out_is_said_as_it_is(client: Client, gol: Municipality) -> None:
    fill(client, typed(situation="considering", alone=True, wishes="", reason="", phone=""))
    rows = {page["summary"].slug: [words for _label, words in page["summary"].rows]
            for page in client.get(CHECK).context["pages"]}  # fmt: skip
    assert rows["adults"] == ["No"]
    assert rows["children"] == ["None"]
    assert rows["maybe"] == ["I do not know yet"]
    assert rows["reason"] == ["I would rather not say"]
    assert rows["wishes"] == ["Not answered"]
    assert rows["contact"] == ["kari@home.example", "Not answered"]
    assert "<p><bdi>I do not know yet</bdi></p>" in client.get(CHECK).content.decode()
    send(client)
    confirm(client)
    copy = Message.objects.get(kind="registration_copy").html
    for line in ("Children:</strong> <bdi>None", "Your wishes:</strong> <bdi>Not answered", "Language:</strong> <bdi>"):
        assert line in copy
    assert "Your host may see" not in copy


def test_who_considers_may_say_about_when(client: Client, gol: Municipality) -> None:
    page = client.get(page_url("maybe"))
    assert page.url == URL  # nothing has begun
    household = the_household(client, typed(situation="considering", maybe_when="2027-03-01"))
    assert (household.state, household.moved_in_on) == (HouseholdState.CONSIDERING, date(2027, 3, 1))
    assert "Perhaps moving, about now" in client.get(MY_PAGE).content.decode()


def test_who_plans_has_a_day_and_perhaps_no_address(client: Client, gol: Municipality) -> None:
    household = the_household(client, typed(situation="planning", moved_in_on="2026-12-24", street="", postcode=""))
    assert (household.state, household.moved_in_on) == (HouseholdState.PLANNING, date(2026, 12, 24))
    assert (household.street, household.address_key) == ("", "")


def test_who_is_here_for_a_part_of_the_year_is_asked_what_would_make_them_stay(
    client: Client, gol: Municipality
) -> None:
    pages = typed(situation="part_time", stay_longer="Better trains", moved_in_on="")
    household = the_household(client, pages)
    assert household.residency == Residency.PART_TIME
    assert (household.part_time_kind, household.stay_longer) == (PartTimeKind.CABIN, "Better trains")
    # They did not say since when: for us it begins now.
    assert (household.state, household.moved_in_on) == (HouseholdState.MOVED_IN, TODAY)
    assert household.reason == ""


@pytest.mark.parametrize(("kind", "needed"), [("cabin", True), ("commuter", True), ("workation", False)])
def test_who_works_from_here_now_and_then_needs_no_address(
    client: Client, gol: Municipality, kind: str, needed: bool
) -> None:
    response = fill(client, typed(situation="part_time", part_time_kind=kind, street="", postcode=""))
    assert (response.status_code == 200) == needed
    if needed:
        assert set(response.context["form"].errors) == {"street", "postcode"}


@pytest.mark.parametrize(
    ("situation", "day", "words"),
    [("planning", "2026-11-21", "has passed"), ("moved", "2026-11-23", "has not come yet")],
)
def test_a_day_that_does_not_fit_the_situation_is_explained(
    client: Client, gol: Municipality, situation: str, day: str, words: str
) -> None:
    response = fill(client, typed(situation=situation, moved_in_on=day))
    assert words in str(response.context["form"].errors["moved_in_on"])


def test_another_situation_asks_only_what_is_new(client: Client, gol: Municipality) -> None:
    """Changed from the page of all answers: what both need stays, the new questions come, the rest is not sent."""
    fill(client, typed(situation="considering"))
    response = change(client, "situation", {"situation": "moved"})
    assert response.url == f"{page_url('date')}?change=1"
    response = client.post(response.url, {"moved_in_on": "2026-11-01"})
    assert response.url == f"{page_url('address')}?change=1"
    response = client.post(response.url, {"street": "Lia 3", "care_of": "", "postcode": "3550"})
    assert response.url == f"{page_url('sharing')}?change=1"
    assert client.post(response.url, {}).url == CHECK
    send(client)
    confirm(client)
    assert Household.objects.get().state == HouseholdState.MOVED_IN


# --- One page after the other ---------------------------------------------------------------------


@pytest.mark.parametrize("page", ["situation", "you", "contact", "adults", "children", "date", "address", "wishes"])
def test_each_page_has_one_question_as_its_heading(client: Client, gol: Municipality, page: str) -> None:
    fill(client, typed())
    html = client.get(page_url(page)).content.decode()
    heading = re.findall(r"<h1>(.*?)</h1>", html)
    assert len(heading) == 1
    assert heading[0].endswith("?")


def test_looking_at_the_first_page_makes_no_session(client: Client, gol: Municipality) -> None:
    client.get(URL)
    client.get(f"{URL}?from=kiwi")
    assert not Session.objects.exists()
    assert not Draft.objects.exists()


def test_the_back_button_finds_what_was_typed(client: Client, gol: Municipality) -> None:
    fill(client, typed())
    assert 'value="Kari Eksempel"' in client.get(page_url("you")).content.decode()
    assert "no-store" in client.get(page_url("you"))["Cache-Control"]
    assert f'href="{page_url("you")}"' in client.get(page_url("contact")).content.decode()


def test_a_change_comes_straight_back(client: Client, gol: Municipality) -> None:
    fill(client, typed())
    assert f'href="{page_url("wishes")}?change=1"' in client.get(CHECK).content.decode()
    assert change(client, "wishes", {"wishes": "Ski"}).url == CHECK
    assert "Ski" in client.get(CHECK).content.decode()


def test_nobody_sends_what_is_not_finished(client: Client, gol: Municipality) -> None:
    client.post(URL, {"situation": "moved"})
    client.post(page_url("you"), {"name": "Kari", "birth_year": "1990"})
    assert client.get(CHECK).url == page_url("contact")
    assert client.post(CHECK, {"seen": "x"}).url == page_url("contact")


def test_a_page_that_does_not_fit_leads_to_the_one_that_does(client: Client, gol: Municipality) -> None:
    client.post(URL, {"situation": "considering"})
    assert client.get(page_url("address")).url == page_url("you")
    assert client.get(page_url("adult-4")).url == page_url("you")
    assert client.get(page_url("nothing")).status_code == 404
    assert client.post(page_url("adult-9"), {"name": "x"}).status_code == 404


def test_two_tabs_keep_each_its_page(client: Client, gol: Municipality) -> None:
    fill(client, typed())
    first, second = client.get(page_url("wishes")), client.get(page_url("address"))
    assert first.status_code == second.status_code == 200
    change(client, "wishes", {"wishes": "Ski"})
    change(client, "address", {"street": "Lia 3", "care_of": "", "postcode": "3550"})
    page = client.get(CHECK).content.decode()
    assert "Ski" in page
    assert "Lia 3" in page


def test_a_lost_session_keeps_the_page_that_was_typed(client: Client, gol: Municipality) -> None:
    response = client.post(page_url("wishes"), {"wishes": "A choir"})
    assert response.url == URL
    assert draft().answers["wishes"] == {"wishes": "A choir"}


# --- Who comes along ------------------------------------------------------------------------------


def test_thirty_people_in_one_household(client: Client, gol: Municipality) -> None:
    pages = typed(child_birth_years=", ".join(str(2010 + number % 16) for number in range(24)))
    for number in range(3, 7):
        pages[f"adult-{number}"] = {"name": f"Adult {number}", "birth_year": "1970", "email": "", "phone": ""}
    household = the_household(client, pages)
    assert len(household.adults) == 6
    assert household.persons.count() == 30


def test_a_seventh_adult_is_for_the_office(client: Client, gol: Municipality) -> None:
    pages = typed()
    for number in range(3, 7):
        pages[f"adult-{number}"] = {"name": f"Adult {number}", "birth_year": "1970", "email": "", "phone": ""}
    fill(client, pages)
    assert "6 adults" in str(errors_of("adults", {"more": "yes"}, client))
    assert "very many" in str(errors_of("children", {"child_birth_years": "2016 " * 25}, client))


def test_an_adult_can_be_changed_and_taken_out(client: Client, gol: Municipality) -> None:
    fill(client, typed())
    page = client.get(page_url("adults")).content.decode()
    assert "Ola Eksempel" in page
    assert f'href="{page_url("adult-2")}"' in page
    client.post(f"{page_url('adult-2')}remove/")
    assert "Ola Eksempel" not in client.get(page_url("adults")).content.decode()
    send(client)
    confirm(client)
    assert Household.objects.get().name == "Kari Eksempel"


def test_yes_to_another_adult_is_no_answer_until_they_are_there(client: Client, gol: Municipality) -> None:
    fill(client, typed(alone=True))
    assert change(client, "adults", {"more": "yes"}).url == f"{page_url('adult-2')}?change=1"
    assert client.get(CHECK).url == page_url("adults")


@pytest.mark.parametrize("name", ["ليلى حداد", "ნინო ბერიძე", "Nguyễn Thị Ánh", "O’Brien-Ødegård"])
def test_names_stay_in_the_letters_they_are_written_with(client: Client, gol: Municipality, name: str) -> None:
    assert the_household(client, typed(name=name, alone=True)).name == name


# --- Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("situation", "", "required"),
        ("situation", "sometimes", "valid choice"),
        ("name", "", "required"),
        ("email", "kari at home", "valid email"),
        ("phone", "call me", "digits"),
        ("birth_year", "nineteen", "four digits"),
        ("birth_year", "1800", "cannot be a birth year"),
        ("birth_year", NEXT_YEAR, "cannot be a birth year"),
        ("birth_year", "2009", "at least 18"),
        ("second_name", "", "required"),
        ("second_birth_year", "2015", "at least 18"),
        ("second_email", "ola", "valid email"),
        ("second_email", "KARI@home.example", "of their own"),
        ("child_birth_years", NEXT_YEAR, f"{NEXT_YEAR} has not come yet"),
        ("child_birth_years", "2016, soon", "only the years"),
        ("child_birth_years", "16", "only the years"),
        ("child_birth_years", "2000", "adult"),
        ("moved_in_on", "", "required"),
        ("moved_in_on", "next week", "not a day we can read"),
        ("moved_in_on", "31.11.2026", "not a day we can read"),
        ("moved_in_on", "1899-12-31", "too long ago"),
        ("moved_in_on", "2027-11-23", "more than a year ahead"),
        ("street", "", "required"),
        ("postcode", "9999", "do not know this postcode"),
        ("postcode", "gol", "do not know this postcode"),
        ("language", "xx", "valid choice"),
        ("reason", "because", "valid choice"),
        ("wishes", "x" * 2001, "2000"),
    ],
)
def test_bad_input_names_the_field_and_keeps_what_was_typed(
    client: Client, gol: Municipality, field: str, value: str, words: str
) -> None:
    response = fill(client, typed(**{field: value}))
    name = field.removeprefix("second_")
    form = response.context["form"]
    assert form.slug == PAGE_OF[field]
    assert list(form.errors) == [name]
    assert words.lower() in " ".join(form.errors[name]).lower()
    assert form[name].value() == value
    if field != "situation":
        assert draft().answers[form.slug][name] == value
    assert not Registration.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("day", ["2026-11-01", "01.11.2026", "1.11.26", " 01.11.2026 ", "01/11/2026"])
def test_days_are_read_as_people_write_them(client: Client, gol: Municipality, day: str) -> None:
    register(client, moved_in_on=day)
    assert Registration.objects.get().answers["moved_in_on"] == "2026-11-01"


def test_a_day_that_is_none_is_shown_again_where_it_can_be_read(client: Client, gol: Municipality) -> None:
    page = fill(client, typed(moved_in_on="next week")).content.decode()
    field = re.search(r"<input[^>]*name=\"moved_in_on\"[^>]*>", page)
    assert field
    assert 'type="text"' in field[0]
    assert 'value="next week"' in field[0]


def test_a_day_typed_the_norwegian_way_fits_the_browsers_field(client: Client, gol: Municipality) -> None:
    fill(client, typed(moved_in_on="01.11.2026"))
    assert 'value="2026-11-01"' in client.get(page_url("date")).content.decode()


@pytest.mark.parametrize("field", ["name", "phone", "second_name", "street", "care_of", "wishes", "child_birth_years"])
def test_an_identity_number_is_refused_and_never_kept(client: Client, gol: Municipality, field: str) -> None:
    response = fill(client, typed(**{field: f"mine is {IDENTITY_NUMBER}"}))
    assert list(response.context["form"].errors) == [field.removeprefix("second_")]
    page = response.content.decode()
    assert IDENTITY_NUMBER not in page
    assert "mine is" in page
    assert IDENTITY_NUMBER not in str(draft().answers)


def test_what_looks_like_health_is_asked_about_once_and_kept_at_the_second_press(
    client: Client, gol: Municipality
) -> None:
    fill(client, typed())
    ill = {"wishes": "I have diabetes and need a doctor"}
    page = change(client, "wishes", ill)
    assert "This looks like something about health." in page.content.decode()
    assert ill["wishes"] in page.content.decode()
    assert client.get(CHECK).url == page_url("wishes")  # not answered yet
    seen = {"health_confirmed": page.context["form"]["health_confirmed"].value()}
    assert change(client, "wishes", {"wishes": "I have asthma", **seen}).status_code == 200  # another text
    assert change(client, "wishes", ill | seen).url == CHECK
    assert ill["wishes"] in client.get(CHECK).content.decode()
    assert "health_confirmed" not in client.get(CHECK).content.decode()


def test_what_no_database_can_keep_is_left_out(client: Client, gol: Municipality) -> None:
    client.post(URL, {"situation": "moved"})
    client.post(page_url("wishes"), {"wishes": "a\x00b" + "x" * 100_000})
    assert len(draft().answers["wishes"]["wishes"]) == 5_000
    assert "\x00" not in draft().answers["wishes"]["wishes"]


# --- The postcode ---------------------------------------------------------------------------------


def test_a_postcode_of_another_town_leads_there_with_what_was_typed(client: Client, gol: Municipality) -> None:
    PostcodeFactory(code="3560", city="Hemsedal", municipality=MunicipalityFactory(hemsedal=True))
    response = fill(client, typed(postcode="3560"))
    assert "Hemsedal" in response.context["form"].errors["postcode"][0]
    page = response.content.decode()
    there = "/en/hemsedal/register/bring/gol/"
    assert f'formaction="{there}"' in page
    assert 'href="/en/hemsedal/register/"' in page

    response = client.post(there, {"street": "Storgata 12 B", "care_of": "", "postcode": "3560"})
    assert response.url == "/en/hemsedal/register/language/"
    for slug in ("language", "reason", "wishes", "sharing"):
        response = client.post(f"/en/hemsedal/register/{slug}/", typed()[slug])
    assert send(client, start="/en/hemsedal/register/").status_code == 302
    registration = Registration.objects.get()
    assert (registration.municipality.slug, registration.answers["city"]) == ("hemsedal", "Hemsedal")


def test_what_was_brought_is_no_longer_where_it_began(client: Client, gol: Municipality) -> None:
    hemsedal = MunicipalityFactory(hemsedal=True)
    PostcodeFactory(code="3560", city="Hemsedal", municipality=hemsedal)
    fill(client, typed())
    send(client)
    client.post("/en/hemsedal/register/bring/gol/", {"street": "Lia 3", "care_of": "", "postcode": "3560"})
    assert [draft.municipality for draft in Draft.objects.all()] == [hemsedal]
    assert not Registration.objects.exists()
    assert client.get(CHECK).url == URL
    send(client, start="/en/hemsedal/register/")
    confirm(client)
    assert [household.municipality for household in Household.objects.all()] == [hemsedal]


def test_nothing_is_brought_from_somebody_elses_browser(client: Client, gol: Municipality) -> None:
    MunicipalityFactory(hemsedal=True)
    fill(Client(), typed())
    response = client.post("/en/hemsedal/register/bring/gol/", {"street": "x"})
    assert response.url == "/en/hemsedal/register/"
    assert Draft.objects.count() == 1
    assert client.post("/en/hemsedal/register/bring/nowhere/").status_code == 404


def test_a_town_that_is_not_here_is_named_without_a_link(client: Client, gol: Municipality) -> None:
    oslo = MunicipalityFactory(name="Oslo", slug="oslo", is_active=False)
    PostcodeFactory(code="0161", city="Oslo", municipality=oslo)
    response = fill(client, typed(postcode="0161"))
    assert "Oslo" in response.context["form"].errors["postcode"][0]
    assert "/en/oslo/" not in response.content.decode()


def test_the_place_of_a_postcode_is_looked_up(client: Client, gol: Municipality) -> None:
    assert "3550 Gol" in client.get("/en/gol/postcode/", {"postcode": "3550"}).content.decode()
    assert "no postcode 9999" in client.get("/en/gol/postcode/", {"postcode": "9999"}).content.decode()
    half = client.get("/en/gol/postcode/", {"postcode": "355"}).content.decode()
    assert half.strip() == ""


def test_without_a_script_the_server_fills_in_the_place(client: Client, gol: Municipality) -> None:
    assert "3550 Gol" in fill(client, typed(street="")).content.decode()
    client.post(page_url("address"), typed()["address"])
    for page in ("language", "reason", "wishes", "sharing"):
        client.post(page_url(page), typed()[page])
    assert "3550 Gol" in client.get(CHECK).content.decode()


# --- Too late, too much ---------------------------------------------------------------------------


def test_an_open_too_long_page_comes_back_with_what_was_typed(gol: Municipality) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(page_url("wishes"), {"wishes": f"Kor {IDENTITY_NUMBER}"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Nothing is lost" in page
    assert IDENTITY_NUMBER not in page
    assert "Kor" in page
    again = {"wishes": "Kor", "csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    assert strict.post(page_url("wishes"), again).status_code == 302
    assert draft().answers["wishes"] == {"wishes": "Kor"}


def test_a_page_of_all_answers_that_was_open_too_long_is_shown_anew(gol: Municipality) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(CHECK, {"seen": "x"}).url == CHECK


def test_too_many_registrations_from_one_place_are_stopped_clearly(client: Client, gol: Municipality) -> None:
    for number in range(20):
        assert register(Client(), typed(alone=True, email=f"person{number}@home.example")).status_code == 302
    response = register(client, typed(alone=True, email="person21@home.example"))
    assert response.status_code == 429
    page = response.content.decode()
    assert "many registrations" in page
    assert "Kari Eksempel" in page
    assert Registration.objects.count() == 20


def test_nobody_fills_another_persons_mailbox(gol: Municipality) -> None:
    statuses = [register(Client(), typed(alone=True)).status_code for _number in range(6)]
    assert statuses == [302] * 5 + [429]


def test_a_robot_does_not_fill_the_drafts(gol: Municipality) -> None:
    statuses = [Client().post(URL, {"situation": "moved"}).status_code for _number in range(62)]
    assert statuses == [302] * 60 + [429] * 2
    assert Draft.objects.count() == 60
