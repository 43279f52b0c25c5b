"""What higher rooms count and how they divide: figures, reach and segments, all of it asked through the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.db.models import Q

    from portal.accounts.models import User
    from portal.municipalities.models import Municipality


@dataclass(frozen=True)
class Figure:
    """A number for those who see figures and no person; too small ones are said in words."""

    title: str
    value: str


@dataclass(frozen=True)
class Period:
    """What a report is about: from the first day to the last, both counted. `on` is the day it is asked for."""

    start: date
    until: date
    on: date


@dataclass(frozen=True)
class Number:
    """A number with a name for machines and one for people; a share lies between 0 and 1, None is too few to say."""

    key: str
    title: str
    value: int | float | None
    kind: Literal["count", "share", "days"] = "count"


@dataclass(frozen=True)
class SiteFigures:
    """How well some part of a municipality's site works: numbers of the whole, or a row for each owner or language."""

    title: str
    numbers: Sequence[Number] = ()
    # What a row is about, for machines ("owner") and people; rows with their name for both. All have the same numbers.
    row_key: str = ""
    row_title: str = ""
    rows: Sequence[tuple[str | None, str, Sequence[Number]]] = ()
    note: str = ""


@dataclass(frozen=True)
class Reach:
    """A way in which a household was reached; `q` picks those of a queryset of households that were."""

    name: str
    title: str | Promise
    q: Callable[[], Q]


@dataclass(frozen=True)
class Segment:
    """A way to divide households: its groups by key, and which households stand in one of them on a day."""

    name: str
    title: str | Promise
    groups: Mapping[str, str | Promise]
    q: Callable[[str, date], Q]


FigureProvider = Callable[["User", Sequence["Municipality"], date], Iterable[Figure]]
SiteFiguresProvider = Callable[["Municipality", Period], SiteFigures]

_figures: dict[str, FigureProvider] = {}
_reach: dict[str, Reach] = {}
_segments: dict[str, Segment] = {}
_site_figures: dict[str, SiteFiguresProvider] = {}


def register_figures(name: str, provider: FigureProvider) -> None:
    _figures[name] = provider


def figures(user: User, municipalities: Sequence[Municipality], on: date) -> list[Figure]:
    return [figure for provide in _figures.values() for figure in provide(user, municipalities, on)]


def register_reach(name: str, title: str | Promise, q: Callable[[], Q]) -> None:
    """A column of "Whom we reach" (welcome.insight). `q` is asked for each report, so that it may hold subqueries."""
    _reach[name] = Reach(name, title, q)


def reach_kinds() -> list[Reach]:
    return list(_reach.values())


def register_segment(segment: Segment) -> None:
    """A filter of the list of households; `segment.name` stands in its address."""
    _segments[segment.name] = segment


def segments() -> list[Segment]:
    return list(_segments.values())


def register_site_figures(name: str, provider: SiteFiguresProvider) -> None:
    """`name` is the key of these figures in `sitefigures --json`."""
    _site_figures[name] = provider


def site_figures(municipality: Municipality, period: Period) -> dict[str, SiteFigures]:
    """How the site was used and how well it was kept, part by part."""
    return {name: provide(municipality, period) for name, provide in _site_figures.items()}


SMALLEST = 5


def share(part: int, whole: int) -> float | None:
    """Between 0 and 1; None where fewer than SMALLEST are counted, so that no share points at one of them."""
    return round(part / whole, 3) if whole >= SMALLEST else None
