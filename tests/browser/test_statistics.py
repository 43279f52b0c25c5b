"""The page about the place, as it is seen: wide and narrow, from the left and from the right, by day and by night."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from portal.municipalities.models import Municipality
from tests.browser.visitor import Visitor


def test_numbers_can_be_read_in_every_direction_and_size(region: None, visit: Callable[..., Visitor]) -> None:
    for language in ("nb", "en", "ar"):
        for width in (320, 1280):
            reader = visit(width, language=language)
            reader.open(reader.path("facts/"))
            expect(reader.page.locator("svg.chart__drawing")).to_have_count(3)
            expect(reader.page.locator("main table")).to_have_count(3)
            reader.sees("Invented numbers for the demonstration.")
    night = visit(390, color_scheme="dark", scripts=False)
    night.open(night.path("facts/"))


def test_a_chart_stands_beside_its_table_on_a_wide_screen_and_above_it_on_a_phone(
    region: None, visit: Callable[..., Visitor]
) -> None:
    for language, width, beside in [("nb", 1280, True), ("ar", 1280, True), ("nb", 390, False)]:
        reader = visit(width, language=language)
        reader.open(reader.path("facts/"))
        chart = reader.page.locator("svg.chart__drawing").first.bounding_box()
        table = reader.page.locator("main table").first.bounding_box()
        assert chart
        assert table
        if beside:
            assert (chart["x"] < table["x"]) == (language != "ar")
        else:
            assert chart["y"] + chart["height"] <= table["y"]


def test_without_numbers_the_page_leads_back(region: None, visit: Callable[..., Visitor]) -> None:
    Municipality.objects.get(slug="gol").placefigures.all().delete()
    reader = visit(320)
    reader.open(reader.path("facts/"))
    reader.sees("No numbers yet")
