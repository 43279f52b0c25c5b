"""Households as lists of movers are compared with them: those who are here, and those that are new in the same list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from newcomers.enums import HouseholdState
from newcomers.matching import name_key, place_key, sound_key
from newcomers.models import Household, Person
from newcomers.movers.file import MovedAdult, MovedHousehold
from newcomers.movers.likeness import AdultFacts, PlaceFacts, same_person


class Home:
    """A household and who is known of it."""

    def __init__(self, household: Household) -> None:
        self.household = household
        # Its place among those that are new in a list (NewInList).
        self.number: int | None = None
        self.persons: dict[UUID, Person] = {}
        self.facts: list[AdultFacts] = []
        self.place = PlaceFacts.of(household.street, household.postcode, household.moved_in_on)

    def add(self, person: Person) -> None:
        if person.pk not in self.persons:
            self.persons[person.pk] = person
            if person.is_adult:
                self.facts.append(AdultFacts(person.name, person.name_key, person.sound_key, person.birth_year))

    @property
    def child_birth_years(self) -> list[int | None]:
        return [person.birth_year for person in self.persons.values() if not person.is_adult]

    @property
    def adults(self) -> list[Person]:
        return [person for person in self.persons.values() if person.is_adult]

    @property
    def rank(self) -> int:
        """Which of several that match is meant: a protected one first, so that nothing is added beside it."""
        if self.household.restricted:
            return 0
        return 2 if self.household.state == HouseholdState.MOVED_AWAY else 1

    def has_adult(self, adult: MovedAdult) -> bool:
        """By name and birth year; where the office never noted the year, the name is enough."""
        key = name_key(adult.name)
        return any(known.name_key == key and known.birth_year in {adult.birth_year, None} for known in self.facts)

    def is_sure_of(self, adult: MovedAdult) -> bool:
        """By both. Where nobody noted the year a person decides; yet beside who is protected nothing is added."""
        key, years = name_key(adult.name), {adult.birth_year, None if self.household.restricted else adult.birth_year}
        return any(known.name_key == key and known.birth_year in years for known in self.facts)

    def has_alike(self, adult: MovedAdult) -> bool:
        facts = AdultFacts.of(adult.name, adult.birth_year)
        return any(same_person(facts, known) for known in self.facts)

    def missing(self, moved: MovedHousehold, on: date) -> Iterator[Person]:
        """Persons to be made: adults who are not known, children of a year that nobody here was born in."""
        position = len(self.facts)
        years = set(self.child_birth_years)
        for adult in moved.adults:
            if not self.has_adult(adult):
                yield _adult(self.household, adult, position=position, on=on)
                position += 1
        for year in moved.child_birth_years:
            if year not in years:
                yield Person(household=self.household, is_adult=False, birth_year=year, listed_on=on)

    def without_year(self, moved: MovedHousehold) -> list[tuple[Person, int]]:
        """Adults whose birth year the list knows and we do not."""
        years = {name_key(adult.name): adult.birth_year for adult in moved.adults}
        return [(p, years[p.name_key]) for p in self.adults if p.birth_year is None and p.name_key in years]


class NewInList:
    """Those of a list that are new, so that a later row finds them: by their keys alone, since lists may be long."""

    def __init__(self) -> None:
        self._kept: list[tuple[PlaceFacts, tuple[AdultFacts, ...], tuple[int | None, ...]]] = []
        self._by_key: dict[str, set[int]] = defaultdict(set)

    def keep(self, homes: Iterable[Home]) -> None:
        for home in homes:
            kept = (home.place, tuple(home.facts), tuple(home.child_birth_years))
            if home.number is None:
                home.number = len(self._kept)
                self._kept.append(kept)
            self._kept[home.number] = kept
            for key in {home.place.place_key, *(facts.sound_key for facts in home.facts)} - {""}:
                self._by_key[key].add(home.number)

    def like(self, chunk: Sequence[MovedHousehold]) -> list[Home]:
        """Those with the house or the name of one of these."""
        keys = {place_key(moved.address, moved.postcode) for moved in chunk}
        keys |= {sound_key(adult.name) for moved in chunk for adult in moved.adults}
        return [self._home(number) for number in sorted({n for key in keys for n in self._by_key.get(key, ())})]

    def _home(self, number: int) -> Home:
        place, adults, years = self._kept[number]
        home = Home(Household())
        home.number, home.place, home.facts = number, place, list(adults)
        for year in years:
            home.add(Person(household=home.household, is_adult=False, birth_year=year))
        return home


def _adult(household: Household, adult: MovedAdult, *, position: int, on: date) -> Person:
    return Person(
        household=household,
        position=position,
        name=adult.name,
        name_key=name_key(adult.name),
        sound_key=sound_key(adult.name),
        birth_year=adult.birth_year,
        listed_on=on,
    )
