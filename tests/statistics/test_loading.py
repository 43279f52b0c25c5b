"""The figures come from the source, all or none of a table; a failure is said, and takes nothing away."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal import page_cache
from portal.celery import app
from portal.municipalities.models import Municipality
from portal.statistics import ssb as client
from portal.statistics.enums import AGE_GROUPS, Measure
from portal.statistics.models import FigureLoad, PlaceFigure
from portal.statistics.ssb import NoAnswer, Source
from tests.factories import MunicipalityFactory
from tests.statistics.factories import make_figure
from tests.statistics.source import Ssb


def load(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("loadstatistics", "--json", *arguments, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def numbers(municipality: Municipality, measure: Measure) -> dict[int, int]:
    return dict(municipality.placefigures.filter(measure=measure).values_list("year", "value"))


# --- When all goes well ---


def test_three_tables_are_loaded(ssb: Ssb, gol: Municipality) -> None:
    assert load() == {"municipalities": 1, "figures": 10 + 7 + 30, "changed": 47}
    assert numbers(gol, Measure.POPULATION) == {year: 4900 + 10 * (year - 2010) for year in range(2017, 2027)}
    assert numbers(gol, Measure.MOVED_IN) == dict.fromkeys(range(2017, 2027), 300)
    assert numbers(gol, Measure.NET_MOVES) == dict.fromkeys(range(2017, 2027), 10)
    assert sum(numbers(gol, measure)[2026] for _first, measure in AGE_GROUPS) == sum(range(106))
    assert numbers(gol, Measure.AGE_6) == {2026: sum(range(6, 16))}
    figure = gol.placefigures.filter(table="06913").latest("year")
    assert figure.source_updated is not None
    assert figure.source_updated.isoformat() == "2026-04-15T06:00:00+00:00"
    assert not figure.is_invented


def test_series_in_todays_borders_are_asked_for_where_there_are_any(ssb: Ssb, gol: Municipality) -> None:
    load()
    population = next(asked for asked in ssb.asked if "06913/data" in asked)
    assert "codelist%5BRegion%5D=agg_KommSummerHist" in population
    assert "K-3324" in population
    moves = next(asked for asked in ssb.asked if "09588/data" in asked)
    assert "codelist" not in moves


def test_only_what_is_counted_is_asked_for(ssb: Ssb, gol: Municipality) -> None:
    load()
    assert any("valueCodes%5BContentsCode%5D=Folkemengde&" in asked for asked in ssb.asked)
    assert not any("Kjonn" in asked for asked in ssb.asked)


def test_many_municipalities_are_asked_for_at_once(ssb: Ssb, gol: Municipality) -> None:
    aal = MunicipalityFactory(aal=True)
    load()
    assert numbers(aal, Measure.MOVED_IN)
    assert len(ssb.asked) == 7  # for each table what it holds and its numbers, and one list of regions


def test_a_second_time_changes_nothing_and_the_pages_that_are_kept_stay(ssb: Ssb, gol: Municipality) -> None:
    load()
    before, ids = page_cache.version(), set(PlaceFigure.objects.values_list("pk", flat=True))
    assert load()["changed"] == 0
    assert page_cache.version() == before
    assert set(PlaceFigure.objects.values_list("pk", flat=True)) == ids


def test_a_new_number_is_taken_and_an_old_year_goes(ssb: Ssb, gol: Municipality) -> None:
    load()
    before = page_cache.version()
    ssb.tables["06913"]["dimensions"]["Tid"] = {str(year): str(year) for year in range(2018, 2028)}
    assert load()["changed"] == 2
    assert sorted(numbers(gol, Measure.POPULATION)) == list(range(2018, 2028))
    assert page_cache.version() != before


def test_a_dry_run_says_what_would_be_and_writes_nothing(ssb: Ssb, gol: Municipality) -> None:
    assert load("--dry-run") == {"municipalities": 1, "figures": 47, "changed": 47}
    assert not PlaceFigure.objects.exists()
    assert not FigureLoad.objects.exists()


def test_real_numbers_take_the_place_of_invented_ones(ssb: Ssb, gol: Municipality) -> None:
    for year in (2016, 2026):
        make_figure(gol, year=year, value=1, is_invented=True)
    load()
    assert not gol.placefigures.filter(is_invented=True).exists()
    assert 2016 not in numbers(gol, Measure.POPULATION)


def test_one_municipality_alone_and_one_that_is_switched_off(ssb: Ssb, gol: Municipality) -> None:
    aal = MunicipalityFactory(aal=True, switched_off=True)
    load()
    assert not aal.placefigures.exists()
    load("--municipality", "3328")
    assert aal.placefigures.exists()


def test_years_before_the_municipality_was_there_are_left_out(ssb: Ssb, gol: Municipality) -> None:
    """In tables without today's borders a new number has nought people in the years before it."""
    ssb.number = lambda codes: 0 if int(codes["Tid"]) < 2024 else 300
    load()
    assert sorted(numbers(gol, Measure.POPULATION)) == sorted(numbers(gol, Measure.MOVED_IN)) == [2024, 2025, 2026]


def test_without_a_municipality_nobody_is_asked(ssb: Ssb, db: None) -> None:
    assert load() == {"municipalities": 0, "figures": 0, "changed": 0}
    assert ssb.asked == []


# --- When something fails ---


def fails(*arguments: str) -> str:
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("loadstatistics", "--json", *arguments, stdout=out)
    assert end.value.code == 1
    return str(json.loads(out.getvalue())["error"])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(ssb: Ssb, gol: Municipality, status: int) -> None:
    ssb.instead["06913/data"] = [(status, b"later"), (status, b"later")]
    assert load()["figures"] == 47


@pytest.mark.parametrize(
    ("part", "answers", "said"),
    [
        ("06913/metadata", [(500, b"")] * 3, "it answered 500"),
        ("06913/data", [(429, b"")] * 3, "it answered 429"),
        ("06913/data", [(400, b'{"title":"Non-existent value"}')], "it answered 400"),
        ("06913/data", [(200, b"<html>Maintenance</html>")], "no JSON"),
        ("06913/data", [(200, b'{"id": ["Region"')], "no JSON"),
        ("06913/data", [(200, b"[" * 100_000)], "no JSON"),
        ("06913/data", [(200, b"[]")], "no JSON object"),
        ("06913/data", [(200, b'{"class": "collection"}')], "dimension"),
        ("codelists", [(200, b'{"values": ["3324"]}')], "has no values"),
    ],
)
def test_what_was_there_stays_and_the_other_tables_are_loaded(
    ssb: Ssb, gol: Municipality, part: str, answers: list[tuple[int, bytes]], said: str
) -> None:
    make_figure(gol, value=1)
    ssb.instead[part] = list(answers)
    error = fails()
    assert "Table 06913 of 3324" in error
    assert said in error
    assert numbers(gol, Measure.POPULATION) == {2026: 1}
    assert numbers(gol, Measure.MOVED_IN)
    assert said in gol.figureloads.get().problem


def test_missing_numbers_are_left_out_and_a_table_of_nothing_else_fails(ssb: Ssb, gol: Municipality) -> None:
    make_figure(gol, value=1)
    ssb.number = lambda codes: None if codes["Tid"] == "2026" or codes["ContentsCode"] == "Folkemengde" else 300
    assert "It has no numbers for it." in fails()
    assert numbers(gol, Measure.POPULATION) == {2026: 1}
    assert sorted(numbers(gol, Measure.MOVED_IN)) == list(range(2017, 2026))


def test_a_table_that_has_changed_is_not_guessed_at(ssb: Ssb, gol: Municipality) -> None:
    ssb.tables["09588"]["dimensions"]["ContentsCode"] = {"A": "Fødte", "B": "Døde"}
    ssb.tables["07459"]["dimensions"]["Kjonn"] = ssb.tables["07459"].pop("eliminated")["Kjonn"]
    ssb.tables["07459"]["eliminated"] = {}
    error = fails()
    assert "None of A, B is what we call Innflytting." in error
    assert "'Kjonn' that cannot be left out" in error
    assert set(gol.placefigures.values_list("table", flat=True)) == {"06913"}


def test_a_municipality_the_source_does_not_know_holds_back_no_other(ssb: Ssb, gol: Municipality) -> None:
    MunicipalityFactory(code="9999")
    error = fails()
    assert "of 9999: The table does not have it." in error
    assert "3324" not in error
    assert numbers(gol, Measure.POPULATION)


def test_a_source_that_is_away_is_said_to_be_away(ssb: Ssb, gol: Municipality, settings: Any) -> None:
    settings.SSB_API_URL = "http://127.0.0.1:9"
    assert "it cannot be reached (URLError)" in fails()


def test_without_json_the_failure_stands_on_stderr(ssb: Ssb, gol: Municipality) -> None:
    ssb.instead["06913/metadata"] = [(404, b"")]
    with pytest.raises(CommandError, match="what was there stays"):
        call_command("loadstatistics", stdout=io.StringIO())


def test_an_unknown_code_is_said(db: None) -> None:
    assert "There is no municipality '0000'" in fails("--municipality", "0000")


def test_the_source_is_asked_at_most_thirty_times_a_minute(ssb: Ssb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert 60 / client.SECONDS_BETWEEN <= 30
    waits: list[float] = []
    monkeypatch.setattr(client.time, "sleep", waits.append)
    source = Source(ssb.url)
    for _time in range(3):
        source.get("tables/06913/metadata")
    assert waits[0] == 0
    assert all(wait > client.SECONDS_BETWEEN - 1 for wait in waits[1:])


def test_the_source_says_how_long_to_wait(ssb: Ssb, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(client, "SECONDS_BEFORE_NEXT_TRY", (40, 40))
    monkeypatch.setattr(client.time, "sleep", waits.append)
    ssb.instead["metadata"] = [(429, b""), (429, b""), (429, b"")]
    with pytest.raises(NoAnswer, match="answered 429"):
        Source(ssb.url).get("tables/06913/metadata")
    assert waits == [0] * 5  # Retry-After: 0


# --- In the background ---


def test_the_weeks_task_loads_all_and_a_failure_stands_on_the_row(ssb: Ssb, gol: Municipality) -> None:
    app.loader.import_default_modules()
    ssb.instead["09588/data"] = [(400, b"")]
    app.tasks["statistics.load"].apply(throw=True)
    loading = gol.figureloads.get()
    assert loading.finished_at is not None
    assert loading.problem == "09588: tables/09588/data: it answered 400."
    app.tasks["statistics.load"].apply(throw=True)
    assert gol.figureloads.get().problem == ""
