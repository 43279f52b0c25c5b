"""Which counts are not shown, so that no table tells of so few that they could be recognised.

A count under five is hidden. So is one that a reader could use to work out a hidden one: by taking what is shown from
a total, or one municipality from its region. A row without any household shows its nought: nobody stands in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from portal.registry import SMALLEST

# Households, and how many of them were reached. In the column that counts households the two are the same.
Pair = tuple[int, int]
# Row, column.
Cell = tuple[str, str]
Table = Mapping[str, Mapping[str, Pair]]
TOTAL, HOUSEHOLDS = "total", "households"


def is_small(pair: Pair) -> bool:
    """Too few, or so many that too few are left over: of twelve, eleven points at the one."""
    households, reached = pair
    return households > 0 and (reached < SMALLEST or 0 < households - reached < SMALLEST)


def is_safe(hidden: Collection[Pair]) -> bool:
    """Whether their sum, which a reader can work out, leaves each of them open."""
    if not hidden:
        return True
    households, reached = (sum(numbers) for numbers in zip(*hidden, strict=True))
    # Nobody hides a nought among the households: as many as there are rows would be one in each.
    return len(hidden) > 1 and reached > len(hidden) and not is_small((households, reached))


def hidden_cells(table: Table, *, is_partition: bool, guarded: Iterable[Cell] = ()) -> set[Cell]:
    """What must not be shown. `guarded` are cells to hide whatever they say.

    `table` has a row TOTAL and a column HOUSEHOLDS. In a partition every household stands in one row, so that the rows
    add up to the total; where they overlap nothing can be subtracted.
    """
    guarded, hidden = set(guarded), set[Cell]()
    columns = list(table[TOTAL])
    for column in [HOUSEHOLDS, *(column for column in columns if column != HOUSEHOLDS)]:
        pairs = {row: cells[column] for row, cells in table.items()}
        # A share would give the number of households away.
        begun = {row for row in table if (row, column) in guarded or (row, HOUSEHOLDS) in hidden}
        hidden |= {(row, column) for row in _hidden_rows(pairs, begun, is_partition)}
    return hidden


def _hidden_rows(pairs: Mapping[str, Pair], begun: set[str], is_partition: bool) -> set[str]:
    """Of one column."""
    peopled = {row: pair for row, pair in pairs.items() if row != TOTAL and pair[0]}
    if is_small(pairs[TOTAL]) or TOTAL in begun:
        return {TOTAL, *peopled}
    hidden = {row for row, pair in peopled.items() if is_small(pair) or row in begun}
    if is_partition:
        # The smallest first: it tells least.
        shown = sorted(peopled.keys() - hidden, key=lambda row: (peopled[row], row), reverse=True)
        while shown and not is_safe([peopled[row] for row in hidden]):
            hidden.add(shown.pop())
        if not is_safe([peopled[row] for row in hidden]):
            hidden.add(TOTAL)  # every row is hidden, and still their sum tells: five rows, five households
    return hidden


def guarded_cells(table_of: Mapping[str, Table], hidden_in: Mapping[str, set[Cell]]) -> set[Cell]:
    """Cells of a region's table that would give away a municipality's hidden one, when all the others are shown.

    Both mappings are by municipality.
    """
    cells = {(row, column) for table in table_of.values() for row, columns in table.items() for column in columns}
    return {
        (row, column)
        for row, column in cells
        if not is_safe(
            [
                table[row][column]
                for place, table in table_of.items()
                if row in table and (row, column) in hidden_in[place]
            ]
        )
    }
