"""Registering at the desk by keyboard alone: from the first letter to the next empty form, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from newcomers.models import Household
from portal.outbox.models import Message
from tests.access.cast import client_of
from tests.browser.conftest import Calendar
from tests.browser.visitor import Visitor
from tests.factories import HouseholdFactory, PersonFactory, PostcodeFactory, StaffRoleFactory, UserFactory

COUNTER = "/admin/newcomers/household/counter/"
# In the order in which people say it; the language is chosen by its first letter.
SAID = ["Kari Moen", "1990", "kari@post.example", "00 00 00 31", "t", "Storgata 1", "3550", "E",
        "Ola Li 1988", "2016, 2019"]  # fmt: skip
# A host may see the phone number; then six more to say yes or no to.
CONSENTS = [True, False, False, False, False, False, True]


@pytest.fixture
def officer(transactional_db: None, calendar: Calendar, visit: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Somebody at the desk in Gol who has signed in."""
    town = PostcodeFactory(code="3550", city="Gol").municipality
    user = StaffRoleFactory(user=UserFactory(language="en"), municipality=town).user

    def sit_down(**options: bool) -> Visitor:
        visitor = visit(1280, language="en", **options)
        session = client_of(user).cookies["sessionid"].value
        visitor.context.add_cookies([{"name": "sessionid", "value": session, "url": visitor.base_url}])
        visitor.open(COUNTER)
        return visitor

    return sit_down


def say(officer: Visitor, on: str) -> None:
    """Type all of it; `on` is the key that leads to the next field."""
    keyboard = officer.page.keyboard
    expect(officer.page.locator("[name=name]")).to_be_focused()
    for words in SAID:
        keyboard.type(words)
        keyboard.press(on)
    for yes in CONSENTS:
        if yes:
            keyboard.press("Space")
        keyboard.press(on)


@pytest.mark.parametrize("scripts", [True, False], ids=["enter-moves-on", "without-scripts"])
def test_a_household_is_registered_without_a_mouse(officer: Callable[..., Visitor], scripts: bool) -> None:
    visitor = officer(scripts=scripts)
    say(visitor, "Enter" if scripts else "Tab")
    expect(visitor.page.locator("form.counter button[type=submit]")).to_be_focused()
    if scripts:
        expect(visitor.page.locator("#place")).to_have_text("3550 Gol")
    visitor.go(lambda: visitor.page.keyboard.press("Enter"))
    receipt = visitor.page.locator(".receipt")
    for words in ("Kari Moen, Ola Li", "Storgata 1, 3550 Gol", "2016, 2019", "kari@post.example"):
        expect(receipt).to_contain_text(words)
    home = Household.objects.get()
    assert (home.language, home.child_birth_years) == ("en", [2016, 2019])
    assert home.adults[0].desk_confirmation.consents == [["host", "phone"], ["news", ""]]
    assert Message.objects.filter(kind="desk_copy").count() == 1
    # The next one may begin to speak.
    expect(visitor.page.locator("[name=name]")).to_be_focused()
    expect(visitor.page.locator("[name=name]")).to_have_value("")


def test_who_is_known_is_asked_about_and_the_answer_is_one_key(officer: Callable[..., Visitor]) -> None:
    known = HouseholdFactory(adults=0, street="Storgata 1")
    PersonFactory(household=known, name="Kari Moen", birth_year=1990)
    visitor = officer()
    say(visitor, "Enter")
    visitor.go(lambda: visitor.page.keyboard.press("Enter"))
    visitor.sees("Somebody like this is known already")
    assert Household.objects.count() == 1
    expect(visitor.page.locator("button[name=not_known]")).to_be_focused()
    visitor.go(lambda: visitor.page.keyboard.press("Enter"))
    expect(visitor.page.locator(".receipt")).to_be_visible()
    assert Household.objects.count() == 2


def test_a_mistake_is_where_one_goes_on(officer: Callable[..., Visitor]) -> None:
    visitor = officer()
    visitor.page.keyboard.type("Kari Moen")
    for _field in [*SAID, *CONSENTS]:
        visitor.page.keyboard.press("Enter")
    visitor.go(lambda: visitor.page.keyboard.press("Enter"))
    expect(visitor.page.locator("[name=birth_year]")).to_be_focused()
    expect(visitor.page.locator("[name=name]")).to_have_value("Kari Moen")


def test_somebody_with_a_protected_address_leaves_no_trace(officer: Callable[..., Visitor]) -> None:
    visitor = officer()
    visitor.page.keyboard.type("Hemmelig Hansen")
    # The link before the first field; Chromium takes no access keys (p, n) from tests.
    visitor.page.keyboard.press("Shift+Tab")
    expect(visitor.page.locator("[accesskey=p]")).to_be_focused()
    visitor.go(lambda: visitor.page.keyboard.press("Enter"))
    visitor.sees("Nothing was kept. Do not register them, and write nothing down.")
    visitor.page.locator("[accesskey=n]").focus()
    visitor.go(lambda: visitor.page.keyboard.press("Enter"))
    expect(visitor.page.locator("[name=name]")).to_have_value("")
    assert not Household.objects.exists()
