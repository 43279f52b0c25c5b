"""Charts as plain shapes on a drawing 320 units wide, so that a phone shows them in full size.

Every number is whole: a decimal comma would break the drawing. Where the language is read from the right,
`mirrored` lets time and bars run the same way; a text's anchor follows the direction of the page by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal

from django.utils.formats import number_format

WIDTH = 320
HEIGHT = 220
TOP, BOTTOM = 20, 26  # for a line of text above, and the years below
LETTER = 8  # about the width of one
SIDE = 6  # so that the last year is not cut off
ROW, BAR = 44, 16  # of a chart of lying bars
MOST_YEARS_NAMED = 6


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    kind: Literal["first", "second"] = "first"


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    text: str
    anchor: Literal["start", "middle"] = "start"


@dataclass(frozen=True)
class Chart:
    """What templates/statistics/chart.html draws; `line` is the points of a line, `grid` the heights of its rules."""

    height: int
    bars: Sequence[Bar] = ()
    labels: Sequence[Label] = ()
    grid: Sequence[int] = ()
    line: Sequence[tuple[int, int]] = ()
    width: int = WIDTH


@dataclass(frozen=True)
class _Frame:
    """Where a year and a number stand."""

    first: int
    years: int
    ticks: Sequence[int]
    mirrored: bool

    @classmethod
    def around(cls, years: Sequence[int], low: int, high: int, mirrored: bool) -> _Frame:
        return cls(min(years), max(years) - min(years) + 1, _ticks(low, high), mirrored)

    @property
    def margin(self) -> int:
        return LETTER * (1 + max(len(grouped(tick)) for tick in self.ticks))

    @property
    def pitch(self) -> float:
        return (WIDTH - SIDE - self.margin) / self.years

    def x(self, year: int) -> int:
        middle = self.margin + (year - self.first + 0.5) * self.pitch
        return round(WIDTH - middle if self.mirrored else middle)

    def y(self, number: int) -> int:
        low, high = self.ticks[0], self.ticks[-1]
        return round(HEIGHT - BOTTOM - (number - low) / (high - low) * (HEIGHT - BOTTOM - TOP))

    def labels(self) -> list[Label]:
        edge = WIDTH if self.mirrored else 0
        last = self.first + self.years - 1
        step = ceil(self.years / MOST_YEARS_NAMED)
        named = range(last, self.first - 1, -step)
        return [Label(edge, self.y(tick) - 4, grouped(tick)) for tick in self.ticks] + [
            Label(self.x(year), HEIGHT - 6, str(year), "middle") for year in named
        ]

    def grid(self) -> list[int]:
        return [self.y(tick) for tick in self.ticks]


def over_time(numbers: Mapping[int, int], *, mirrored: bool) -> Chart:
    """One number in each year, as a line. Its scale need not begin at nought: it says where it does."""
    frame = _Frame.around(list(numbers), min(numbers.values()), max(numbers.values()), mirrored)
    line = [(frame.x(year), frame.y(number)) for year, number in sorted(numbers.items())]
    return Chart(HEIGHT, labels=frame.labels(), grid=frame.grid(), line=line)


def pairs(numbers: Mapping[int, tuple[int, int]], *, mirrored: bool) -> Chart:
    """Two numbers in each year, as columns side by side from nought up."""
    frame = _Frame.around(list(numbers), 0, max(max(pair) for pair in numbers.values()), mirrored)
    width = max(2, round(frame.pitch * 0.36))
    bars = []
    for year, pair in sorted(numbers.items()):
        left = frame.x(year) - width
        kinds: list[Literal["first", "second"]] = ["second", "first"] if mirrored else ["first", "second"]
        of_kind = {"first": pair[0], "second": pair[1]}
        for place, kind in enumerate(kinds):
            top = frame.y(of_kind[kind])
            bars.append(Bar(left + place * width, top, width - 1, frame.y(0) - top, kind))
    return Chart(HEIGHT, bars=bars, labels=frame.labels(), grid=frame.grid())


def lying(rows: Sequence[tuple[str, int, str]], *, mirrored: bool) -> Chart:
    """A bar under each label, its length the number, with what is said of it at its end."""
    most = max((number for _label, number, _text in rows), default=0) or 1
    room = WIDTH - LETTER * (2 + max((len(text) for _label, _number, text in rows), default=0))
    bars, labels = [], []
    for place, (label, number, text) in enumerate(rows):
        length, y = max(1, round(number / most * room)), place * ROW + 20
        bars.append(Bar(WIDTH - length if mirrored else 0, y, length, BAR))
        labels.append(Label(WIDTH if mirrored else 0, y - 6, label))
        labels.append(Label(WIDTH - length - LETTER if mirrored else length + LETTER, y + BAR - 3, text))
    return Chart(ROW * len(rows), bars=bars, labels=labels)


def grouped(value: int) -> str:
    """The number as it is written in the reader's language."""
    return number_format(value, force_grouping=True)


def _ticks(low: int, high: int) -> list[int]:
    """Three to six round numbers, from below the lowest to above the highest."""
    span = max(high - low, 2)
    rough = span / 4
    power = 10 ** floor(log10(rough)) if rough >= 1 else 1
    step = next(int(factor * power) for factor in (1, 2, 5, 10) if factor * power >= rough)
    first = floor(low / step) * step
    return list(range(first, first + step * max(1, ceil((max(high, low + 1) - first) / step)) + 1, step))
