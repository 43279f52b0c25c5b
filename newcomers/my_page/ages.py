"""What there is for children, by the year they were born: that is all we know of a child."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.pages.enums import Topic

# School begins in August of the year a child turns six; the last grade of upper secondary school is the thirteenth.
SCHOOL_AGE, FIRST_MONTH, LAST_GRADE = 6, 8, 13
# The grade of a child born this year, early in the year; none is lower.
YOUNGEST = -SCHOOL_AGE


@dataclass(frozen=True)
class Offer:
    """Something for children from one grade to another, both counted; kindergarten is grade 0 and below."""

    code: str
    title: str | Promise
    text: str | Promise
    topic: Topic
    first: int
    last: int


OFFERS = (
    Offer(
        "clinic",
        _("Child health clinic"),
        _("Check-ups and vaccines, free of charge. Tell the clinic that you have moved here."),
        Topic.HEALTH_STATION,
        YOUNGEST,
        0,
    ),
    Offer(
        "kindergarten",
        _("Kindergarten"),
        _("From the year a child turns one. Most places are given in spring, for August; you may apply at any time."),
        Topic.SCHOOL_KINDERGARTEN,
        YOUNGEST,
        0,
    ),
    Offer(
        "story_time",
        _("Open kindergarten and story time"),
        _("Meet other children and their parents. Ask at the library."),
        Topic.LIBRARY,
        YOUNGEST,
        0,
    ),
    Offer(
        "primary_school",
        _("Primary school"),
        _("Grades 1 to 7. Tell the school office that you have moved here; then your child gets a class."),
        Topic.SCHOOL_KINDERGARTEN,
        1,
        7,
    ),
    Offer(
        "after_school",
        _("After-school programme (SFO)"),
        _("For grades 1 to 4, before and after school. You apply for a place."),
        Topic.SCHOOL_KINDERGARTEN,
        1,
        4,
    ),
    Offer(
        "lower_secondary_school",
        _("Lower secondary school"),
        _("Grades 8 to 10, in Norwegian: ungdomsskole. Everybody goes, and it is free of charge."),
        Topic.SCHOOL_KINDERGARTEN,
        8,
        10,
    ),
    Offer(
        "upper_secondary_school",
        _("Upper secondary school"),
        _("Three years after grade 10, or an apprenticeship. The county runs it; you apply before 1 March."),
        Topic.SCHOOL_KINDERGARTEN,
        10,
        LAST_GRADE,
    ),
    Offer(
        "school_nurse",
        _("School health service and youth clinic"),
        _("A nurse to talk with at school, free of charge. Young people have a clinic of their own."),
        Topic.HEALTH_STATION,
        1,
        LAST_GRADE,
    ),
    Offer(
        "youth_club",
        _("Youth club"),
        _("A place to be with others after school."),
        Topic.LEISURE,
        8,
        LAST_GRADE,
    ),
    Offer(
        "leisure",
        _("Sports, music and other leisure"),
        _("Clubs, culture school and swimming. If money is short, ask: there is often help, and equipment to borrow."),
        Topic.LEISURE,
        0,
        LAST_GRADE,
    ),
)


def grade_of(birth_year: int, on: date) -> int:
    """The grade of a child born in that year: 1 from August of the year it turns six, 0 and below before."""
    school_year = on.year if on.month >= FIRST_MONTH else on.year - 1
    return school_year - birth_year - SCHOOL_AGE + 1


def offers_for(birth_year: int, on: date) -> list[Offer]:
    """In the order of OFFERS; none for somebody who is grown up or not yet born."""
    grade = grade_of(birth_year, on)
    return [offer for offer in OFFERS if birth_year <= on.year and offer.first <= grade <= offer.last]


def birth_years(offer: Offer, on: date) -> tuple[int, int]:
    """Of whom the offer is now: the first and the last year, both counted."""
    grade_of_year_zero = grade_of(0, on)
    return grade_of_year_zero - offer.last, min(on.year, grade_of_year_zero - offer.first)


def school_start(birth_year: int) -> int:
    return birth_year + SCHOOL_AGE


def where_now(birth_year: int, on: date) -> str:
    """The grade, or when school starts; "" for whoever is past school."""
    grade = grade_of(birth_year, on)
    if grade <= 0:
        return gettext("starts school in August %(year)d") % {"year": school_start(birth_year)}
    return gettext("grade %(grade)d") % {"grade": grade} if grade <= LAST_GRADE else ""


def all_offers(on: date) -> Iterator[tuple[Offer, int, int]]:
    for offer in OFFERS:
        first, last = birth_years(offer, on)
        yield offer, first, last
