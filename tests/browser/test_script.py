"""The few lines of script: what they make better, and that it works without them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import Calendar
from tests.browser.visitor import Visitor
from tests.factories import PostcodeFactory


@pytest.fixture
def gol(transactional_db: None, calendar: Calendar) -> None:
    PostcodeFactory()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_needs_to_be_mended_has_the_focus(gol: None, visit: Callable[..., Visitor], scripts: bool) -> None:
    reader = visit(390, scripts=scripts)
    reader.open(reader.path("register/"))
    reader.press("Next")
    expect(reader.page.locator(".ds-error-summary")).to_be_focused()


def at_the_address(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody who registers, on the page that asks where they live."""
    reader = visit(390)
    reader.open(reader.path("register/"))
    steps.choose(reader, "", "I have moved")
    reader.open(reader.path("register/address/"))
    return reader


def test_the_place_of_a_postcode_follows_what_is_typed(gol: None, visit: Callable[..., Visitor]) -> None:
    reader = at_the_address(visit)
    postcode, place = reader.page.locator("[name=postcode]"), reader.page.locator("#place")
    postcode.press_sequentially("3550")
    expect(place).to_have_text("3550 Gol")
    postcode.fill("")
    expect(place).to_have_text("")


def test_without_a_network_a_postcode_can_still_be_typed(gol: None, visit: Callable[..., Visitor]) -> None:
    reader = at_the_address(visit)
    reader.context.set_offline(True)
    reader.page.locator("[name=postcode]").press_sequentially("3550")
    reader.page.wait_for_timeout(600)
    expect(reader.page.locator("#place")).to_have_text("")
    assert not [fault for fault in reader.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
