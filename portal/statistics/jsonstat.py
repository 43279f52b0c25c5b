"""JSON-stat 2, the format in which Statistics Norway answers (https://json-stat.org/full/).

A dataset is a box of numbers: `id` names its dimensions, `size` says how long each is, `dimension` which code stands
where, and `value` holds the numbers in one row, the last dimension running fastest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

# More than the source gives at once, and more than there are people.
MOST_CELLS = 800_000
LARGEST = 1_000_000_000

Cell = tuple[dict[str, str], float | None]


class BadAnswer(ValueError):
    """The answer is not what was asked for; the message says what is wrong, for staff and logs."""


def labels(dataset: Mapping[str, Any], dimension: str) -> dict[str, str]:
    """The codes of a dimension in their order, each with its label."""
    try:
        category = dataset["dimension"][dimension]["category"]
        names = category.get("label", {})
        index = category.get("index", list(names))
        codes = sorted(index, key=index.__getitem__) if isinstance(index, dict) else list(index)
        return {str(code): str(names.get(code, code)) for code in codes}
    except (AttributeError, KeyError, TypeError) as error:
        raise BadAnswer(f"There is no readable dimension {dimension!r}.") from error


def dimensions(dataset: Mapping[str, Any]) -> list[str]:
    names = dataset.get("id")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadAnswer("The answer is no JSON-stat dataset.")
    return names


def extension(dataset: Mapping[str, Any], dimension: str) -> Mapping[str, Any]:
    """What the source adds about a dimension: whether it can be left out, and which other lists of codes it has."""
    labels(dataset, dimension)
    found = dataset["dimension"][dimension].get("extension")
    return found if isinstance(found, dict) else {}


def cells(dataset: Mapping[str, Any]) -> Iterator[Cell]:
    """Each number with the code it has in every dimension; None where the source has none.

    Raises BadAnswer before the first cell when codes, sizes and numbers do not fit together.
    """
    names, sizes, values = dimensions(dataset), dataset.get("size"), dataset.get("value")
    axes = [list(labels(dataset, name)) for name in names]
    if [len(axis) for axis in axes] != sizes or not isinstance(values, list | dict):
        raise BadAnswer("The answer's dimensions do not have the sizes it says.")
    places = prod(sizes)
    if places > MOST_CELLS or (isinstance(values, list) and len(values) != places):
        raise BadAnswer(f"The answer has {len(values)} numbers for {places} places.")
    # As an object it names only the numbers that are there, each under its place.
    numbers = [values.get(str(place)) for place in range(places)] if isinstance(values, dict) else values
    if not all(number is None or _is_number(number) for number in numbers):
        raise BadAnswer("The answer has something else than numbers.")
    return ((dict(zip(names, codes, strict=True)), n) for codes, n in zip(product(*axes), numbers, strict=True))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST
