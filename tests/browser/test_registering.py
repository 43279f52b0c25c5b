"""Registering on a phone, for each situation, with and without scripts; every page on the way is checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from newcomers.enums import HouseholdState, Source
from newcomers.models import Consent, Household, Introduction
from newcomers.office.desk import register_at_desk
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from tests.browser import steps
from tests.browser.conftest import Calendar
from tests.browser.steps import answer, choose
from tests.browser.visitor import Visitor
from tests.conftest import TODAY
from tests.factories import PostcodeFactory, StaffRoleFactory

EMAIL = "layla.lykt@post.example"


@pytest.fixture
def gol(transactional_db: None, calendar: Calendar) -> None:
    PostcodeFactory(municipality__languages=["nb", "nn", "en", "ar"])


def begin(person: Visitor, situation: str, *, name: str = "Layla Lykt") -> None:
    """From the first page to whether children come along."""
    person.open(person.path("register/"))
    choose(person, "", situation)
    if situation.startswith("I am here"):
        person.field("What would make you stay longer?").fill("Work close by.")
        choose(person, "part-time", "we commute to work here")
    answer(person, "you", name=name, birth_year="1991")
    answer(person, "contact", email=EMAIL)
    choose(person, "adults", "No")
    answer(person, "children")


def finish(person: Visitor) -> Household:
    person.press("Register and get a code by e-mail")
    steps.write_code(person, EMAIL)
    assert person.page.url.endswith("/my/")
    return Household.objects.get()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "without-scripts"])
@pytest.mark.parametrize("language", ["nb", "en", "ar"])
def test_who_considers(gol: None, visit: Callable[..., Visitor], language: str, scripts: bool) -> None:
    person = visit(390, language=language, scripts=scripts)
    begin(person, "I am thinking about it", name="ليلى حداد")
    answer(person, "maybe")
    answer(person, "language")
    choose(person, "reason", "I would rather not say")
    answer(person, "wishes", wishes="جوقة")
    person.sees("ليلى حداد")
    assert finish(person).state == HouseholdState.CONSIDERING


@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_has_moved(gol: None, visit: Callable[..., Visitor], language: str) -> None:
    """In Bokmål: the journey in test_journey.py."""
    person = visit(390, language=language)
    begin(person, "I have moved", name="ليلى حداد")
    answer(person, "date", moved_in_on="2026-11-01")
    answer(person, "address", street="Lykta 7", postcode="3550")
    answer(person, "language")
    choose(person, "reason", "I would rather not say")
    answer(person, "wishes")
    choose(person, "sharing", "My host may see my phone number")
    household = finish(person)
    assert (household.state, household.street) == (HouseholdState.MOVED_IN, "Lykta 7")
    assert [consent.field for consent in household.adults[0].consents.all()] == ["phone"]


@pytest.mark.parametrize("language", ["nb", "en", "ar"])
def test_who_plans_and_has_no_address_yet(gol: None, visit: Callable[..., Visitor], language: str) -> None:
    person = visit(320, language=language)
    begin(person, "I am going to move", name="ნინო ბერიძე")
    answer(person, "date", moved_in_on="2026-12-24")
    answer(person, "address")
    answer(person, "language")
    choose(person, "reason", "I would rather not say")
    answer(person, "wishes")
    answer(person, "sharing")
    household = finish(person)
    assert (household.state, household.street, household.name) == (HouseholdState.PLANNING, "", "ნინო ბერიძე")


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("nb", False), ("ar", True)])
def test_who_is_here_for_a_part_of_the_year(
    gol: None, visit: Callable[..., Visitor], language: str, scripts: bool
) -> None:
    """They change an answer on the page of all answers, and come straight back to it."""
    person = visit(390, language=language, scripts=scripts)
    begin(person, "I am here for a part of the year: a cabin, work or a longer stay")
    answer(person, "date")
    answer(person, "address", street="Lykta 7", postcode="3550")
    answer(person, "language")
    answer(person, "wishes")
    answer(person, "sharing")
    with person.page.expect_navigation():
        person.page.locator("a[href$='/register/address/?change=1']").click()
    person.write(street="Lykta 9")
    person.press("Save and see all answers")
    person.sees("Lykta 9, 3550 Gol")
    household = finish(person)
    assert (household.part_time_kind, household.stay_longer) == ("commuter", "Work close by.")


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("nb", False)])
def test_leaving_and_coming_back(gol: None, visit: Callable[..., Visitor], language: str, scripts: bool) -> None:
    library, phone = (visit(width, language=language, scripts=scripts) for width in (1280, 390))
    begin(library, "I am thinking about it")
    library.page.go_back()
    library.press("Save and go on later")
    library.write(email=EMAIL)
    library.press("Send me the code")
    library.press("Forget it on this device")
    library.open(library.path("register/"))
    assert library.page.locator("input:checked").count() == 0

    phone.open(phone.path("register/"))
    phone.follow("Go on with your code")
    code = re.search(r"^\w{4}-\w{4}$", Message.objects.get(kind="registering_code").text, re.MULTILINE)
    assert code
    phone.write(email=EMAIL, code=code[0])
    phone.press("Go on")
    assert phone.page.url.endswith("/register/maybe/")


@pytest.mark.parametrize(
    ("language", "answered", "scripts"),
    [("en", "Yes, go on", True), ("ar", "Yes, go on", True), ("nb", "No, delete it", False)],
)
def test_an_employer_introduces_somebody(
    gol: None, visit: Callable[..., Visitor], language: str, answered: str, scripts: bool
) -> None:
    boss, employee = (visit(390, language=language, scripts=scripts) for _number in range(2))
    boss.open(boss.path("register/"))
    boss.follow("I am an employer")
    boss.write(employer="Mølla AS", contact_name="Bo Sjef", contact_email="boss@mill.example", name="Layla Lykt")
    boss.write(email=EMAIL, note="Welcome to us.")
    boss.page.locator("[name=language]").select_option(language)
    boss.press("Send me the link")
    boss.open(steps.link_in_mail("introduction_confirm", "boss@mill.example"))
    boss.press("Yes, write to them")

    employee.open(steps.link_in_mail("introduction_offer", EMAIL))
    employee.sees("Bo Sjef, Mølla AS")
    employee.press(answered)
    if answered.startswith("No"):
        assert not Introduction.objects.exists()
        return
    begin(employee, "I am thinking about it")
    answer(employee, "maybe")
    answer(employee, "language")
    answer(employee, "reason")
    answer(employee, "wishes")
    assert finish(employee).source == Source.EMPLOYER


@pytest.mark.parametrize("language", ["nb", "en", "ar"])
def test_who_was_registered_at_the_desk_says_that_it_is_right(
    gol: None, visit: Callable[..., Visitor], language: str
) -> None:
    answers = {
        "adults": [{"name": "Layla Lykt", "name_key": "laylalykt", "birth_year": 1991, "email": EMAIL}],
        "child_birth_years": [2019], "consents": [["host", "phone"]], "moved_in_on": TODAY, "street": "Lykta 7",
        "postcode": "3550", "city": "Gol", "language": language,
    }  # fmt: skip
    office = StaffRoleFactory(municipality=Municipality.objects.get()).user
    register_at_desk(by=office, municipality=Municipality.objects.get(), submission=uuid4(), answers=answers, on=TODAY)
    person = visit(390, language=language)
    person.open(steps.link_in_mail("desk_copy", EMAIL))
    assert not Consent.objects.exists()
    person.press("Yes, it is right")
    person.sees(
        "Thank you. Now you can sign in with your e-mail address, and see what happens next and what we know about you."
    )
    assert Consent.objects.get().field == "phone"
