"""Who gets a package, who does not and why, and which gifts are in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from newcomers.enums import HouseholdState
from newcomers.models import Household, HouseholdQuerySet, Person
from portal import clock
from portal.documents.glyphs import undrawable
from portal.municipalities.models import Municipality
from welcome.letters.composing import recipient_lines
from welcome.letters.enums import Occasion
from welcome.packages.enums import BlockReason, GiftPer
from welcome.packages.models import Gift, Package

READY = "ready"
ALREADY_DONE = "already done"

_NAMED_ADULT = Exists(Person.objects.filter(household=OuterRef("pk"), is_adult=True).exclude(name=""))
_BLOCKED = (
    When(wants_post=False, then=Value(BlockReason.NO_POST.value)),
    When(Q(street="") | Q(postcode="") | Q(city=""), then=Value(BlockReason.NO_ADDRESS.value)),
    When(~_NAMED_ADULT, then=Value(BlockReason.NO_ADULT.value)),
)


def candidates(municipality: Municipality, *, window_months: int, on: date) -> HouseholdQuerySet:
    """Every household that moved in within the window, each with its one `standing`, first come first."""
    moved_in = Household.objects.filter(municipality=municipality).shown()
    has_package = Exists(Package.objects.standing().filter(household=OuterRef("pk"), occasion=Occasion.WELCOME))
    standing = Case(
        When(has_package, then=Value(ALREADY_DONE)), *_BLOCKED, default=Value(READY), output_field=CharField()
    )
    return (
        moved_in.moved_in_between(clock.add_months(on, -window_months), on)
        .annotate(standing=standing)
        .order_by("moved_in_on", "pk")
    )


def unfit(packages: QuerySet[Package]) -> QuerySet[Package]:
    """Packages that must not be sent any more: protected, erased or moved away since, said no, address gone."""
    fit = (
        Household.objects.shown()
        .exclude(state__in=[HouseholdState.CONSIDERING, HouseholdState.MOVED_AWAY])
        .annotate(standing=Case(*_BLOCKED, default=Value(READY), output_field=CharField()))
        .filter(pk=OuterRef("household_id"), standing=READY)
    )
    return packages.exclude(Exists(fit))


def gets_post(household: Household) -> bool:
    """The same for one household at hand: whether it may and can get a package at all."""
    lives_here = household.state not in {HouseholdState.CONSIDERING, HouseholdState.MOVED_AWAY}
    can_get = household.wants_post and household.has_postal_address and any(a.name for a in household.adults)
    return lives_here and can_get and not household.restricted and is_printable(household)


def is_printable(household: Household) -> bool:
    """Whether the letter's fonts have every character of the names and the address."""
    return not undrawable("".join([household.first_names, *recipient_lines(household)]))


def quantity_of(gift: Gift, household: Household, on: date) -> int:
    """How many of the gift the household is due. Of ages only the year is known."""
    persons = list(household.persons.all())
    if gift.per != GiftPer.HOUSEHOLD:
        persons = [person for person in persons if person.is_adult == (gift.per == GiftPer.ADULT)]
    ages = [person.age_on(on) if person.birth_year else None for person in persons]
    count = sum(_in_span(age, gift) for age in ages)
    if gift.per == GiftPer.HOUSEHOLD:
        count = min(count, 1)
    return min(count, gift.max_per_household or count)


def _in_span(age: int | None, gift: Gift) -> bool:
    if age is None:
        return gift.min_age is None and gift.max_age is None
    return (gift.min_age is None or gift.min_age <= age) and (gift.max_age is None or age <= gift.max_age)


def gifts_of(municipality: Municipality, chosen: Sequence[Gift], on: date) -> list[Gift]:
    """The gifts of a plan that are valid on the day, always in the same order (see stock.reserve)."""
    valid = Gift.objects.filter(municipality=municipality).valid(on).order_by("pk")
    return list(valid.filter(pk__in=[gift.pk for gift in chosen]) if chosen else valid)
