"""No count under five can be read or worked out: tried by somebody who knows how it is done and can subtract."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from welcome.insight.suppression import (
    HOUSEHOLDS,
    REGION,
    TOTAL,
    Cell,
    Pair,
    Table,
    Window,
    guarded_cells,
    hidden_cells,
    hidden_in,
)

ROWS = ["a", "b", "c", "d", "e"]
pairs = st.integers(0, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
partitions = st.lists(pairs, min_size=1, max_size=5)


def table_of(rows: list[Pair]) -> Table:
    table = {name: {HOUSEHOLDS: (n, n), "host": (n, r)} for name, (n, r) in zip(ROWS, rows, strict=False)}
    n, r = (sum(numbers) for numbers in zip(*rows, strict=True))
    return table | {TOTAL: {HOUSEHOLDS: (n, n), "host": (n, r)}}


def ranges(table: Table, hidden: set[Cell], column: str, *, fewest: int = 1) -> dict[str, tuple[int, int]]:
    """For each hidden row, the lowest and the highest number it may have, as far as a reader can tell."""
    rows = [row for row in table if row != TOTAL and (row, column) in hidden]
    bounds = {}
    for row in rows:
        n = table[row][HOUSEHOLDS][0]
        known = column != HOUSEHOLDS and (row, HOUSEHOLDS) not in hidden
        # Among households a nought is shown as such, unless a period hides it.
        bounds[row] = (fewest if column == HOUSEHOLDS else 0, n if known else 10_000)
    if (TOTAL, column) in hidden:
        return bounds
    left = sum(table[row][column][1] for row in rows)
    found = {}
    for row in rows:
        others = [bounds[other] for other in rows if other != row]
        lowest = max(bounds[row][0], left - sum(high for _low, high in others))
        found[row] = (lowest, min(bounds[row][1], left - sum(low for low, _high in others)))
    return found


@given(partitions)
def test_no_small_count_is_shown(rows: list[Pair]) -> None:
    table = table_of(rows)
    hidden = hidden_cells(table, is_partition=True)
    for row, cells in table.items():
        for column, (n, reached) in cells.items():
            if n and (row, column) not in hidden:
                assert reached >= 5
                assert n - reached == 0 or n - reached >= 5


@given(partitions)
@example([(1, 0)] * 5)
def test_no_small_count_can_be_worked_out(rows: list[Pair]) -> None:
    table = table_of(rows)
    hidden = hidden_cells(table, is_partition=True)
    for column in [HOUSEHOLDS, "host"]:
        for row, (lowest, highest) in ranges(table, hidden, column).items():
            n, reached = table[row][column]
            assert lowest <= reached <= highest
            if reached < 5 or 0 < n - reached < 5:
                assert lowest < highest, (row, column)


@given(st.lists(partitions, min_size=2, max_size=4))
def test_a_region_gives_no_municipality_away(places: list[list[Pair]]) -> None:
    """Who sees every municipality and the region subtracts what is shown of the ones from the other."""
    width = max(len(rows) for rows in places)
    tables = {str(number): table_of(rows + [(0, 0)] * (width - len(rows))) for number, rows in enumerate(places)}
    sums = [tuple(map(sum, zip(*cells, strict=True))) for cells in zip(*places, strict=False)]
    whole = {
        row: {
            column: (sum(t[row][column][0] for t in tables.values()), sum(t[row][column][1] for t in tables.values()))
            for column in [HOUSEHOLDS, "host"]
        }
        for row in next(iter(tables.values()))
    }
    assert sums
    hidden_in = {place: hidden_cells(table, is_partition=True) for place, table in tables.items()}
    hidden = hidden_cells(whole, is_partition=True, guarded=guarded_cells(tables, hidden_in))
    for row, cells in whole.items():
        for column in cells:
            secret = [tables[place][row][column] for place in tables if (row, column) in hidden_in[place]]
            if secret and (row, column) not in hidden:
                assert len(secret) > 1
                assert sum(reached for _n, reached in secret) > len(secret)
                assert sum(reached for _n, reached in secret) >= 5


# Those of three spans that follow each other, of one municipality.
spans = st.lists(st.lists(pairs, min_size=3, max_size=3), min_size=3, max_size=3)


def window_of(rows: list[Pair], *others: list[Pair]) -> Window:
    """One municipality, divided in one way or in several."""
    return {str(way): {"gol": table_of(one), REGION: table_of(one)} for way, one in enumerate([rows, *others])}


def added(spans: list[list[Pair]]) -> list[Pair]:
    return [(sum(n for n, _r in row), sum(r for _n, r in row)) for row in zip(*spans, strict=True)]


@given(spans)
@example([[(20, 20), (30, 30), (6, 6)], [(1, 1), (0, 0), (9, 9)], [(40, 40), (40, 40), (40, 40)]])
@example([[(0, 0)] * 3, [(0, 0)] * 3, [(0, 0), (0, 0), (5, 0)]])
@example([[(0, 0)] * 3, [(5, 0), (0, 0), (5, 5)], [(1, 0), (5, 5), (4, 0)]])
def test_a_longer_period_gives_no_shorter_one_away(spans: list[list[Pair]]) -> None:
    """Who reads all periods subtracts one from the other: what is left are those who came before the later began."""
    windows = [window_of(added(spans[:number])) for number in (1, 2, 3)]
    hidden = [hidden_in(windows[number:], ["0"])["0", "gol"] for number in range(3)]
    for shorter, longer in [(0, 1), (0, 2), (1, 2)]:
        # Where a period shows that nobody came, there is nothing else to hide.
        peopled = {row for row, cells in windows[shorter]["0"]["gol"].items() if cells[HOUSEHOLDS][0]}
        assert {(row, column) for row, column in hidden[longer] if row in peopled} <= hidden[shorter]
        between = table_of(added(spans[shorter + 1 : longer + 1]))
        secret = hidden[shorter] | hidden[longer]
        for column in [HOUSEHOLDS, "host"]:
            bounds = ranges(between, secret, column, fewest=0)
            for row, cells in between.items():
                if (row, column) not in secret:
                    n, reached = cells[column]
                    assert n == 0 or (reached >= 5 and (n == reached or n - reached >= 5)), (row, column)
                elif row in bounds and cells[column][1] < 5 and cells[column][0]:
                    assert bounds[row][0] < bounds[row][1], (row, column)


def test_periods_with_enough_between_them_show_all() -> None:
    windows = [window_of(added([[(20, 10), (30, 12)]] * number)) for number in (1, 2, 3)]
    assert hidden_in(windows, ["0"])["0", "gol"] == set()


def test_a_total_that_one_way_of_dividing_hides_is_hidden_in_all() -> None:
    """Five who came for five reasons, all by the same poster: the poster must not say that they are five."""
    window = window_of([(1, 1)] * 5, [(5, 5)])
    hidden = hidden_in([window], ["0", "1"])
    assert (TOTAL, HOUSEHOLDS) in hidden["1", "gol"] & hidden["1", REGION]
    assert ("a", HOUSEHOLDS) in hidden["1", "gol"]


def test_the_usual_cases_by_hand() -> None:
    def shown(*rows: Pair) -> list[str]:
        hidden = hidden_cells(table_of(list(rows)), is_partition=True)
        return [row for row in [*ROWS[: len(rows)], TOTAL] if (row, "host") not in hidden]

    assert shown((20, 10), (30, 12)) == ["a", "b", TOTAL]
    # One small row takes the next smallest with it.
    assert shown((20, 3), (30, 12), (40, 20)) == ["c", TOTAL]
    # Eleven of twelve points at the twelfth.
    assert shown((12, 11), (30, 12), (40, 20)) == ["c", TOTAL]
    # All of twelve points at nobody.
    assert shown((12, 12), (30, 12)) == ["a", "b", TOTAL]
    # A row without households hides nothing.
    assert shown((20, 10), (0, 0)) == ["a", "b", TOTAL]
    assert shown((3, 3), (2, 1)) == []


def test_where_rows_overlap_nothing_can_be_subtracted() -> None:
    table = table_of([(20, 10), (30, 3)]) | {TOTAL: {HOUSEHOLDS: (35, 35), "host": (35, 12)}}
    assert hidden_cells(table, is_partition=False) == {("b", "host")}


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_five_municipalities_with_one_each_are_not_told_apart(number: int) -> None:
    """As many as there are hidden rows would be one in each."""
    rows = [(number, number)] * 5
    hidden = hidden_cells(table_of([*rows[:4], (40, 40)]), is_partition=True)
    left = ranges(table_of([*rows[:4], (40, 40)]), hidden, HOUSEHOLDS)
    assert all(low < high for low, high in left.values())
