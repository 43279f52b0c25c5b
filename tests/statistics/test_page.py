"""The page about the place: every number also in a table, where it is from, and no invented one passed off as real."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import page_cache
from portal.municipalities.demo import load_content as load_places
from portal.municipalities.models import Municipality
from portal.statistics.charts import WIDTH, Chart, lying, over_time, pairs
from portal.statistics.demo import load_content as load_numbers
from portal.statistics.enums import Measure
from portal.statistics.models import PlaceFigure
from portal.statistics.services import key_facts
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory
from tests.statistics.factories import make_figure, make_figures

LANGUAGES = ["nb", "nn", "en", "uk", "pl", "de", "ar"]


def page(language: str = "en") -> str:
    answer = Client().get(f"/{language}/gol/facts/")
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    text = re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition("</main")[0])
    return re.sub(r" ([,.])", r"\1", " ".join(text.split()))


def test_the_page_says_how_many_how_old_and_who_moves(gol: Municipality) -> None:
    make_figures(gol)
    text = words(page())
    assert "Gol in numbers" in text
    assert "5,029 1 January 2026 36 more than a year before" in text
    assert "0 to 5 years 100 14%" in text
    assert "2025 332 297 \u200e+35" in text
    assert "2024 300 320 \u200e−20" in text


def test_each_part_names_its_table_licence_and_year(gol: Municipality) -> None:
    make_figures(gol)
    html = page()
    for table in ("06913", "07459", "09588"):
        assert f'href="https://www.ssb.no/en/statbank/table/{table}"' in html
        assert f"Source: Statistics Norway (SSB), table {table}, CC BY 4.0, 2026." in words(html)
    assert 'href="https://www.ssb.no/statbank/table/06913"' in page("nb")


def test_invented_numbers_never_bear_the_name_of_statistics_norway(gol: Municipality) -> None:
    make_figures(gol, is_invented=True)
    for language in LANGUAGES:
        assert "SSB" not in page(language)
        assert "ssb.no" not in page(language)
    assert words(page()).count("Invented numbers for the demonstration.") == 3


def test_before_anything_is_loaded_the_page_says_so(gol: Municipality) -> None:
    assert "No numbers yet" in words(page())


def test_a_table_that_is_missing_leaves_the_others(gol: Municipality) -> None:
    make_figures(gol)
    gol.placefigures.filter(table="07459").delete()
    html = page()
    assert "How old we are" not in words(html)
    assert "Who comes and goes" in words(html)


def test_a_change_is_seen_at_once_and_until_then_the_page_is_kept(gol: Municipality) -> None:
    make_figures(gol)
    assert "5,029" in page()
    with CaptureQueriesContext(connection) as queries:
        page()
    assert len(queries) == 0
    gol.placefigures.filter(year=2026, measure=Measure.POPULATION).update(value=6000)
    assert "6,000" in page()


def test_the_page_asks_the_database_a_few_times_alone(gol: Municipality) -> None:
    make_figures(gol)
    with CaptureQueriesContext(connection) as queries:
        page()
    assert len(queries) <= 8


def test_another_municipalitys_numbers_are_not_ours(gol: Municipality) -> None:
    make_figures(MunicipalityFactory(aal=True))
    assert "No numbers yet" in words(page())


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_as_the_language_writes_them(gol: Municipality, language: str) -> None:
    make_figures(gol)
    written = {"nb": "5\xa0029", "nn": "5\xa0029", "en": "5,029", "uk": "5\xa0029", "pl": "5\xa0029", "de": "5.029",
               "ar": "5029"}  # fmt: skip
    html = page(language)
    assert f"<strong>{written[language]}</strong>" in html
    assert '<th scope="row">2026</th>' in html


def test_drawings_hold_whole_numbers_and_no_style(gol: Municipality) -> None:
    make_figures(gol)
    for language in LANGUAGES:
        html = page(language)
        assert " style=" not in html
        for drawing in re.findall(r"<svg class=\"chart__drawing\".*?</svg>", html, re.DOTALL):
            for shape in ElementTree.fromstring(drawing).iter():
                for name in {"x", "y", "width", "height", "cx", "cy", "points"} & set(shape.attrib):
                    assert re.fullmatch(r"[\d ,]+", shape.attrib[name]), shape.attrib


# --- The few numbers of the start page ---


def test_key_facts_come_in_one_query(gol: Municipality) -> None:
    make_figures(gol)
    page_cache.version()  # asks when the next text appears, once for all that is kept
    with CaptureQueriesContext(connection) as queries, translation.override("en"):
        facts = key_facts(gol)
        assert key_facts(gol) == facts
    assert len(queries) == 1
    assert [(str(fact.label), fact.value, fact.detail) for fact in facts] == [
        ("People live here", "5,029", "1 January 2026"),
        ("Moved here", "332", "in 2025"),
        ("Are under 20 years old", "43%", "1 January 2026"),
    ]
    assert not any(fact.is_invented for fact in facts)


def test_key_facts_leave_out_what_is_not_known(gol: Municipality) -> None:
    assert key_facts(gol) == []
    make_figure(gol, is_invented=True)
    facts = key_facts(gol)
    assert [fact.is_invented for fact in facts] == [True]


# --- Charts ---


def inside(chart: Chart) -> bool:
    places = [(bar.x, bar.y) for bar in chart.bars] + [(bar.x + bar.width, bar.y + bar.height) for bar in chart.bars]
    places += [(label.x, label.y) for label in chart.labels] + list(chart.line)
    return all(0 <= x <= WIDTH and 0 <= y <= chart.height for x, y in places)


# A busy machine is slow to invent strange input.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
years = st.integers(2000, 2030)
people = st.integers(0, 6_000_000)


@patient
@given(st.dictionaries(years, people, min_size=1, max_size=12), st.booleans())
def test_every_line_stays_inside_its_drawing(numbers: dict[int, int], mirrored: bool) -> None:
    chart = over_time(numbers, mirrored=mirrored)
    assert inside(chart)
    by_year = [x for x, _y in chart.line]
    assert by_year == sorted(by_year, reverse=mirrored)


@patient
@given(st.dictionaries(years, st.tuples(people, people), min_size=1, max_size=12), st.booleans())
def test_every_column_stays_inside_its_drawing(numbers: dict[int, tuple[int, int]], mirrored: bool) -> None:
    assert inside(pairs(numbers, mirrored=mirrored))


@patient
@given(st.lists(st.tuples(st.text(max_size=20), people, st.text(max_size=8)), max_size=8), st.booleans())
def test_every_lying_bar_stays_inside_its_drawing(rows: list[tuple[str, int, str]], mirrored: bool) -> None:
    assert inside(lying(rows, mirrored=mirrored))


def test_the_scale_of_columns_begins_at_nought_and_lengths_are_in_proportion() -> None:
    chart = pairs({2024: (200, 100), 2025: (50, 0)}, mirrored=False)
    heights = [bar.height for bar in chart.bars]
    assert heights[0] == pytest.approx(2 * heights[1], abs=1)
    assert heights[3] == 0


def test_read_from_the_right_the_last_year_stands_to_the_left() -> None:
    for mirrored in (True, False):
        chart = pairs({2024: (2, 1), 2025: (2, 1)}, mirrored=mirrored)
        places = [bar.x for bar in chart.bars if bar.kind == "first"]
        assert places == sorted(places, reverse=mirrored)


# --- The demonstration ---


@pytest.fixture
def demonstration(db: None) -> Municipality:
    load_places(on=TODAY)
    load_numbers(on=TODAY)
    return Municipality.objects.get(slug="gol")


def test_the_demonstration_has_numbers_that_say_they_are_invented(demonstration: Municipality) -> None:
    assert PlaceFigure.objects.values("municipality").distinct().count() == 6
    assert not PlaceFigure.objects.filter(is_invented=False).exists()
    ages = demonstration.placefigures.filter(table="07459").values_list("value", flat=True)
    assert sum(ages) == demonstration.placefigures.get(measure=Measure.POPULATION, year=2026).value
    assert "Invented numbers for the demonstration." in words(page())


def test_the_demonstration_may_be_loaded_again_and_leaves_real_numbers_alone(demonstration: Municipality) -> None:
    before = PlaceFigure.objects.count()
    demonstration.placefigures.update(is_invented=False, value=7)
    load_numbers(on=TODAY)
    assert PlaceFigure.objects.count() == before
    assert set(demonstration.placefigures.values_list("value", "is_invented")) == {(7, False)}
