"""Which counts are not shown, so that no table tells of so few that they could be recognised.

A count under five is hidden. So is one that a reader could use to work out a hidden one: by taking what is shown from
a total, one municipality from its region, or a period from a longer one. A row without any household shows its nought:
nobody stands in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from portal.registry import SMALLEST

# Households, and how many of them were reached. In the column that counts households the two are the same.
Pair = tuple[int, int]
# Row, column.
Cell = tuple[str, str]
Table = Mapping[str, Mapping[str, Pair]]
TOTAL, HOUSEHOLDS = "total", "households"
# By municipality, and that of all of them under REGION.
Tables = Mapping[str, Table]
REGION = "region"
# All that is told of a period: the tables of each way to divide the households, by its key.
Window = Mapping[str, Tables]
# By way to divide and by municipality.
Hidden = dict[tuple[str, str], set[Cell]]


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
        begun = {row for row in table if (row, HOUSEHOLDS) in hidden}
        # Where no household is shown to stand, nothing else can be hidden.
        begun |= {row for row in table if (row, column) in guarded and (column == HOUSEHOLDS or pairs[row][0])}
        hidden |= {(row, column) for row in _hidden_rows(pairs, begun, is_partition)}
    return hidden


def _hidden_rows(pairs: Mapping[str, Pair], begun: set[str], is_partition: bool) -> set[str]:
    """Of one column."""
    peopled = {row: pair for row, pair in pairs.items() if row != TOTAL and pair[0]}
    if is_small(pairs[TOTAL]) or TOTAL in begun:
        return {TOTAL, *peopled, *begun}
    hidden = {row for row, pair in peopled.items() if is_small(pair)} | begun
    if is_partition:
        # The smallest first: it tells least.
        shown = sorted(peopled.keys() - hidden, key=lambda row: (peopled[row], row), reverse=True)
        while shown and not is_safe([pairs[row] for row in hidden]):
            hidden.add(shown.pop())
        if not is_safe([pairs[row] for row in hidden]):
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


def hidden_in(windows: Sequence[Window], partitions: Collection[str]) -> Hidden:
    """What must not be shown of the first of these periods; each of the others holds the one before it.

    `partitions` are the ways to divide in which every household stands in one row.
    """
    window, *longer = windows
    # Who reads of a longer period as well subtracts: so nothing is shown that is hidden there, or that tells too much
    # of those who came before this one began.
    told: list[Hidden] = []
    for number, one in enumerate(longer):
        theirs, between = hidden_in(longer[number:], partitions), _between(one, window)
        apart = hidden_in([between], partitions)
        told += [theirs, apart, _totals_that_tell(apart, between, window, theirs, partitions)]
    guarded: Hidden = {
        (key, place): set().union(*(hidden.get((key, place), set()) for hidden in told))
        for key, tables in window.items()
        for place in tables
    }
    # The total is the same whichever way they are divided: what one way must hide, all hide.
    totals: dict[str, set[Cell]] = defaultdict(set)
    for (_key, place), cells in _of_window(window, partitions, guarded).items():
        totals[place] |= {(row, column) for row, column in cells if row == TOTAL}
    guarded = {(key, place): cells | totals[place] for (key, place), cells in guarded.items()}
    return _of_window(window, partitions, guarded)


def _of_window(window: Window, partitions: Collection[str], guarded: Hidden) -> Hidden:
    """Each municipality for itself, and then their region, from which whoever sees all but one could subtract."""
    hidden: Hidden = {}
    for key, tables in window.items():
        own = {place: table for place, table in tables.items() if place != REGION}
        is_partition = key in partitions
        found = {
            place: hidden_cells(table, is_partition=is_partition, guarded=guarded[key, place])
            for place, table in own.items()
        }
        in_region = guarded[key, REGION] | guarded_cells(own, found)
        found[REGION] = hidden_cells(tables[REGION], is_partition=is_partition, guarded=in_region)
        hidden |= {(key, place): cells for place, cells in found.items()}
    return hidden


def _totals_that_tell(
    apart: Hidden, between: Window, shorter: Window, longer: Hidden, partitions: Collection[str]
) -> Hidden:
    """Totals to hide, since too little is left of what had to be hidden `between` two periods.

    Where nobody stands in the shorter period there is nothing to hide, so what the longer one shows there is known.
    """
    told: Hidden = defaultdict(set)
    for (key, place), cells in apart.items():
        own, numbers, columns = shorter[key][place], between[key][place], {column for _row, column in cells}
        for column in columns - {HOUSEHOLDS} if key in partitions else ():
            rows = [row for row, of in cells if of == column and row != TOTAL]
            left = [row for row in rows if own[row][HOUSEHOLDS][0] or (row, column) in longer[key, place]]
            if not is_safe([numbers[row][column] for row in left]):
                told[key, place].add((TOTAL, column))
    return told


def _between(longer: Window, shorter: Window) -> Window:
    """Those of the longer period who did not come in the shorter one."""
    return {
        key: {place: _subtracted(table, shorter[key][place]) for place, table in tables.items()}
        for key, tables in longer.items()
    }


def _subtracted(table: Table, other: Table) -> Table:
    return {
        row: {
            column: (pair[0] - other[row][column][0], pair[1] - other[row][column][1]) for column, pair in cells.items()
        }
        for row, cells in table.items()
    }
