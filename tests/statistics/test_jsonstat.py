"""What the source answers, read number by number; and whatever else may come instead."""

from __future__ import annotations

import json
from itertools import product
from math import prod
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.statistics.enums import Measure, age_group
from portal.statistics.jsonstat import LARGEST, BadAnswer, cells
from portal.statistics.tables import AGES, MOVES, POPULATION, TABLES, Table, codelist_of, municipality_code

# A busy machine is slow to invent strange input.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)

# In the shape of a real answer; the numbers are invented.
LEKA: dict[str, Any] = json.loads("""
{"version":"2.0","class":"dataset","label":"09588","source":"Statistisk sentralbyrå","updated":"2026-04-15T06:00:00Z",
 "id":["Region","ContentsCode","Tid"],"size":[1,3,2],"dimension":{
 "Region":{"label":"region","category":{"index":{"5052":0},"label":{"5052":"Leka"}}},
 "ContentsCode":{"label":"statistikkvariabel","category":{"index":{"Innflytting":0,"Utflytting":1,"Netto":2},
  "label":{"Innflytting":"Innflytting","Utflytting":"Utflytting","Netto":"Nettoinnflytting"},
  "unit":{"Innflytting":{"base":"personer","decimals":0}}}},
 "Tid":{"label":"år","category":{"index":{"2024":0,"2025":1},"label":{"2024":"2024","2025":"2025"}}}},
 "value":[30,28,25,31,5,-3],"role":{"time":["Tid"],"metric":["ContentsCode"]}}
""")


def changed(**parts: Any) -> dict[str, Any]:
    return {**LEKA, **parts}


def test_an_answer_is_read_in_its_order() -> None:
    assert MOVES.read(LEKA) == {
        "5052": {
            (Measure.MOVED_IN, 2024): 30, (Measure.MOVED_IN, 2025): 28,
            (Measure.MOVED_OUT, 2024): 25, (Measure.MOVED_OUT, 2025): 31,
            (Measure.NET_MOVES, 2024): 5, (Measure.NET_MOVES, 2025): -3,
        }
    }  # fmt: skip


def test_a_missing_number_is_none_and_not_nought() -> None:
    found = MOVES.read(changed(value=[None, 28, 25, 31, None, -3]))["5052"]
    assert found[Measure.MOVED_IN, 2024] is None
    assert found[Measure.MOVED_IN, 2025] == 28


def test_numbers_under_their_places_are_read_as_numbers_in_a_row() -> None:
    sparse = {str(place): number for place, number in enumerate(LEKA["value"]) if place != 3}
    found = MOVES.read(changed(value=sparse))["5052"]
    assert found[Measure.MOVED_OUT, 2025] is None
    assert found[Measure.NET_MOVES, 2025] == -3


@pytest.mark.parametrize(
    "answer",
    [
        {},
        changed(id=None),
        changed(id=["Region", "ContentsCode"]),
        changed(size=[1, 3]),
        changed(size=[1, 3, 3]),
        changed(size=["1", "3", "2"]),
        changed(value=[1, 2, 3]),
        changed(value=None),
        changed(value=["30", 28, 25, 31, 5, -3]),
        changed(value=[True, 28, 25, 31, 5, -3]),
        changed(value=[float("nan"), 28, 25, 31, 5, -3]),
        changed(value=[10**400, 28, 25, 31, 5, -3]),
        changed(dimension={}),
        changed(dimension={**LEKA["dimension"], "Tid": {"category": 3}}),
        changed(dimension={**LEKA["dimension"], "Tid": {"category": {"index": ["2024K1", "2024K2"]}}}),
        changed(dimension={**LEKA["dimension"], "ContentsCode": {"category": {"index": ["a", "b", "c"]}}}),
    ],
)
def test_what_does_not_fit_together_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        MOVES.read(answer)


def test_a_box_that_only_claims_to_be_large_takes_no_memory() -> None:
    axis = {"category": {"index": [str(n) for n in range(1000)]}}
    names = ["a", "b", "c", "d"]
    box = {"id": names, "size": [1000] * 4, "dimension": dict.fromkeys(names, axis), "value": {}}
    with pytest.raises(BadAnswer):
        cells(box)


codes = st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=4, unique=True)
numbers = st.none() | st.integers(-LARGEST + 1, LARGEST - 1)


@patient
@given(st.dictionaries(st.text(min_size=1, max_size=5), codes, min_size=1, max_size=4), st.data())
def test_every_number_is_found_where_it_was_put(axes: dict[str, list[str]], data: Any) -> None:
    """In boxes of all shapes, with codes in any order of writing, as a row or as places."""
    size = [len(axis) for axis in axes.values()]
    row = data.draw(st.lists(numbers, min_size=prod(size), max_size=prod(size)))
    written = {name: data.draw(st.permutations(list(enumerate(axis)))) for name, axis in axes.items()}
    box = {
        "id": list(axes),
        "size": size,
        "dimension": {n: {"category": {"index": {code: place for place, code in w}}} for n, w in written.items()},
        "value": data.draw(st.sampled_from([row, {str(place): n for place, n in enumerate(row) if n is not None}])),
    }
    put = [dict(zip(axes, chosen, strict=True)) for chosen in product(*axes.values())]
    assert list(cells(box)) == list(zip(put, row, strict=True))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@patient
@given(st.sampled_from(TABLES), st.sampled_from(sorted(LEKA)), anything)
def test_strange_answers_are_refused_or_read_and_nothing_else(table: Table, part: str, strange: Any) -> None:
    dimension = strange if isinstance(strange, dict) else {}
    for answer in [
        changed(**{part: strange}),
        changed(dimension={**LEKA["dimension"], **dimension, "Region": strange}),
    ]:
        try:
            codelist_of(answer)
            table.query(answer, ["5052"], None)
            found = table.read(answer)
        except BadAnswer:
            continue
        assert all(isinstance(number, int | None) for figures in found.values() for number in figures.values())


# --- What the codes mean ---


def test_codes_are_known_by_what_they_are_called_when_the_code_is_new() -> None:
    names = {"B1": "Levendefødte", "B7": "Folkemengde 1. januar (personer)"}
    answer = changed(dimension={"ContentsCode": {"category": {"index": ["B1", "B7"], "label": names}}})
    assert POPULATION.measures(answer) == {"B7": Measure.POPULATION}


def test_every_age_is_in_its_group() -> None:
    assert [age_group(age) for age in (0, 5, 6, 15, 16, 19, 20, 44, 45, 66, 67, 79, 80, 105)] == [
        measure
        for measure in [Measure.AGE_0, Measure.AGE_6, Measure.AGE_16, Measure.AGE_20, Measure.AGE_45, Measure.AGE_67,
                        Measure.AGE_80]
        for _end in "ab"
    ]  # fmt: skip


def test_ages_are_summed_and_a_sum_with_a_hole_is_none() -> None:
    ages = ["000", "005", "006", "105+", "F"]
    contents = {"category": {"index": ["Personer1"], "label": {"Personer1": "Personer"}}}
    answer = {
        "id": ["Region", "Alder", "ContentsCode", "Tid"], "size": [1, 5, 1, 1], "value": [40, 2, None, 1, 999],
        "dimension": {"Region": {"category": {"index": ["K-5052"]}}, "Alder": {"category": {"index": ages}},
                      "ContentsCode": contents, "Tid": {"category": {"index": ["2026"]}}},
    }  # fmt: skip
    assert AGES.read(answer) == {
        "5052": {(Measure.AGE_0, 2026): 42, (Measure.AGE_6, 2026): None, (Measure.AGE_80, 2026): 1}
    }


@pytest.mark.parametrize(
    ("region", "code"),
    [("3324", "3324"), ("K-3324", "3324"), ("K_3324", "3324"), ("33", None), ("0", None), ("110301", None), ("", None)],
)
def test_only_municipalities_are_read_as_municipalities(region: str, code: str | None) -> None:
    """The last four digits of a district of Stavanger are the code of Oslo."""
    assert municipality_code(region) == code
