"""The groups a household may stand in. What they told themselves, and what follows from their move: no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newcomers.enums import HouseholdState, KeptReason, PartTimeKind, Residency, Source
from newcomers.models import Person
from portal.pages.enums import REASONS, Theme

# One household, as reach.households reads it.
Facts = Mapping[str, Any]
Words = str | Promise
NOT_TOLD: Words = _("not told")
# The highest age of each group at the end of the year.
AGES = {"under_25": 24, "25_34": 34, "35_49": 49, "50_66": 66, "67_over": 200}


@dataclass(frozen=True)
class Dimension:
    """A way to divide the households: its rows, and in which of them a household stands."""

    key: str
    title: Words
    rows: Mapping[str, Words]
    rows_of: Callable[[Facts], Iterable[str]]
    # Whether each household stands in exactly one row.
    is_partition: bool = True
    # The same as a question to the database, for those that the list of households is cut down to.
    q: Callable[[str, date], Q] | None = None


def situation(facts: Facts) -> list[str]:
    lives_here = facts["state"] in {HouseholdState.MOVED_IN, HouseholdState.SETTLED}
    if lives_here and facts["residency"] == Residency.PART_TIME:
        return ["part_time"]
    return ["lives_here" if lives_here else facts["state"]]


def part_time(facts: Facts) -> list[str]:
    """What brings those who are here for a part of the year."""
    return ["all_year" if facts["residency"] == Residency.FULL_TIME else facts["part_time_kind"] or "not_told"]


def in_situation(row: str, on: date) -> Q:
    if row not in {"lives_here", "part_time"}:
        return Q(state=row)
    part_time = Q(residency=Residency.PART_TIME)
    lives_here = Q(state__in=[HouseholdState.MOVED_IN, HouseholdState.SETTLED])
    return lives_here & (part_time if row == "part_time" else ~part_time)


def age(facts: Facts) -> list[str]:
    """Of the eldest adult, so that each household counts once. Only the birth year is known."""
    if not facts["eldest_born"]:
        return ["not_told"]
    years = facts["until"].year - facts["eldest_born"]
    return [next(group for group, highest in AGES.items() if years <= highest)]


def of_age(row: str, on: date) -> Q:
    """An adult of that age, and none older."""
    adults = Person.objects.filter(household=OuterRef("pk"), is_adult=True)
    if row == "not_told":
        return ~Q(Exists(adults.filter(birth_year__isnull=False)))
    born_from = on.year - AGES[row]
    born_until = on.year - max((highest + 1 for highest in AGES.values() if highest < AGES[row]), default=0)
    these = adults.filter(birth_year__range=(born_from, born_until))
    return Q(Exists(these)) & ~Q(Exists(adults.filter(birth_year__lt=born_from)))


def with_children(row: str, on: date) -> Q:
    children = Q(Exists(Person.objects.filter(household=OuterRef("pk"), is_adult=False)))
    return children if row == "with" else ~children


def language(facts: Facts) -> list[str]:
    code = facts["language"].partition("-")[0]
    groups = {"norwegian": {"nb", "nn", "no", "se", "sma", "smj"}, "nordic": {"sv", "da", "is", "fo", "fi"}}
    known = next((group for group, codes in groups.items() if code in codes), None)
    return [known or ("english" if code == "en" else "other")]


DIMENSIONS = (
    Dimension(
        "situation",
        _("Situation"),
        {
            "considering": _("considering moving"),
            "planning": _("planning to move"),
            "lives_here": _("lives here all year"),
            "part_time": _("lives here a part of the year"),
            "moved_away": _("moved away, or did not come after all"),
        },
        situation,
        q=in_situation,
    ),
    Dimension(
        "part_time",
        _("Here for a part of the year"),
        {"all_year": _("all year"), **dict(PartTimeKind.choices), "not_told": NOT_TOLD},
        part_time,
    ),
    Dimension(
        "reason",
        _("Reason for moving"),
        {**dict(KeptReason.choices), "not_told": NOT_TOLD},
        lambda facts: [facts["reason"] or "not_told"],
    ),
    Dimension(
        "age",
        _("Age of the eldest adult"),
        {
            "under_25": _("under 25"),
            "25_34": _("25 to 34"),
            "35_49": _("35 to 49"),
            "50_66": _("50 to 66"),
            "67_over": _("67 and over"),
            "not_told": NOT_TOLD,
        },
        age,
        q=of_age,
    ),
    Dimension(
        "children",
        _("Children"),
        {"with": _("with children"), "without": _("without children")},
        lambda facts: ["with" if facts["has_children"] else "without"],
        q=with_children,
    ),
    Dimension(
        "language",
        _("Preferred language"),
        {
            "norwegian": _("Norwegian or Sami"),
            "nordic": _("another Nordic language"),
            "english": _("English"),
            "other": _("another language"),
        },
        language,
    ),
    Dimension("source", _("Came to us by"), dict(Source.choices), lambda facts: [facts["source"]]),
    Dimension(
        "important",
        _("What is important to them (several may be named)"),
        {theme.value: REASONS[theme] for theme in Theme},
        lambda facts: sorted(set(facts["important"] or []) & set(Theme.values)),
        is_partition=False,
    ),
)


def ways_in(names: Mapping[str, str]) -> Dimension:
    """Through which poster, link or partner they found the registration. `names` by id."""
    rows: dict[str, Words] = {**names, "none": _("without a link or poster we know")}
    return Dimension("way_in", _("Found us through"), rows, lambda facts: [str(facts["way_in_id"] or "none")])
