"""Compares households of a list of movers with those who are here: new, known, known with differences, or doubtful."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rapidfuzz.distance import OSA

from newcomers.enums import HouseholdState, Source
from newcomers.matching import address_key, name_key, place_key, sound_key
from newcomers.models import Household, Person
from newcomers.movers.enums import DifferenceKind, PairReason, RowKind
from newcomers.movers.file import MovedAdult, MovedHousehold
from newcomers.movers.homes import Home, NewInList
from newcomers.movers.likeness import NEAR_DAYS, AdultFacts, PlaceFacts, reasons, years_agree
from portal.municipalities.models import Municipality

_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")
# Ids in one query.
_AT_ONCE = 500
_NEAR = timedelta(days=NEAR_DAYS)
# All that is read of those who may be meant: of 100,000 households, long texts stay where they are.
_OF_HOUSEHOLD = ("municipality", "state", "care_of", "street", "postcode", "address_key", "moved_in_on", "restricted")
_READ = (
    *("household", "is_adult", "name", "name_key", "sound_key", "birth_year"),
    *(f"household__{name}" for name in _OF_HOUSEHOLD),
)


@dataclass
class Verdict:
    """What a household of a list is. `home` is the one it is, or the new one; nothing of a protected one is shown."""

    moved: MovedHousehold
    kind: RowKind
    home: Home | None = None
    missing: list[Person] = field(default_factory=list)
    # Persons whose birth year the list knows and we did not.
    filled: list[Person] = field(default_factory=list)
    differences: list[dict[str, str]] = field(default_factory=list)
    doubts: list[tuple[Home, list[PairReason]]] = field(default_factory=list)

    @property
    def is_protected(self) -> bool:
        return self.home is not None and self.home.household.restricted

    @property
    def saved_doubts(self) -> list[tuple[Home, list[PairReason]]]:
        """Without those who are new in the same list, and not yet here."""
        return [(home, why) for home, why in self.doubts if not home.household._state.adding]


class Comparison:
    """Households of a municipality that may be meant. Reads in a fixed number of queries a chunk; saves nothing."""

    def __init__(self, municipality: Municipality, on: date) -> None:
        self._municipality = municipality
        self._on = on
        # All else is forgotten with its chunk.
        self._new = NewInList()
        self._seen: set[UUID] = set()
        self._forget()

    def _forget(self) -> None:
        self._homes: dict[UUID, Home] = {}
        self._new_here: list[Home] = []
        self._by_name: dict[str, list[Home]] = defaultdict(list)
        self._by_sound: dict[str, list[Home]] = defaultdict(list)
        self._by_place: dict[str, list[Home]] = defaultdict(list)
        self._by_year: dict[int | None, list[Home]] = defaultdict(list)

    def compare(self, chunk: Sequence[MovedHousehold]) -> list[Verdict]:
        """What each is; the new ones are known from then on."""
        self._forget()
        self._look_up(chunk)
        verdicts = [self._verdict(moved) for moved in chunk]
        self._new.keep(self._new_here)
        return verdicts

    def doubles_of(self, chunk: Sequence[Household]) -> Iterator[list[tuple[Home, list[PairReason]]]]:
        """For each of these, who are here: those who are here too and may be the same."""
        moved = [as_moved(household) for household in chunk]
        self._forget()
        self._look_up(moved)
        for household, each in zip(chunk, moved, strict=True):
            yield [doubt for doubt in self._doubts(each) if doubt[0].household.pk != household.pk]

    # --- Deciding ---

    def _verdict(self, moved: MovedHousehold) -> Verdict:
        sure = self._sure(moved)
        if sure and sure.household.restricted:
            return Verdict(moved, RowKind.KNOWN, sure)
        if sure and sure.household.state != HouseholdState.MOVED_AWAY:
            return self._known(moved, sure)
        if doubts := self._doubts(moved):
            return Verdict(moved, RowKind.DOUBTFUL, doubts=doubts)
        verdict = self.as_new(moved)
        if verdict.home:
            self._new_here.append(verdict.home)
            self._index(verdict.home)
        return verdict

    def as_new(self, moved: MovedHousehold) -> Verdict:
        """A household of its own, not saved yet."""
        home = Home(self._household(moved))
        missing = list(home.missing(moved, self._on))
        for person in missing:
            home.add(person)
        return Verdict(moved, RowKind.NEW, home, missing)

    def as_known(self, moved: MovedHousehold, household: Household, same: Container[str] | None = None) -> Verdict:
        """Somebody found that it is this one: who is not there yet is added, children by year.

        `same` are the places of adults who are there; where nobody said so, they are those who are like somebody.
        """
        home = Home(household)
        for person in household.persons.all():
            home.add(person)
        if same is None:
            adults = tuple(adult for adult in moved.adults if not home.has_alike(adult))
        else:
            adults = tuple(adult for place, adult in enumerate(moved.adults) if str(place) not in same)
        missing = list(home.missing(replace(moved, adults=adults), self._on))
        return Verdict(moved, RowKind.CHANGED if missing else RowKind.KNOWN, home, missing)

    def _sure(self, moved: MovedHousehold) -> Home | None:
        """Beyond doubt: the same address, and an adult with the same name and birth year.

        Of protected households the address is not here, so the name and the year are enough: nothing is added then.
        """
        key = address_key(moved.address, moved.postcode)
        homes = {id(home): home for adult in moved.adults for home in self._by_name.get(name_key(adult.name), [])}
        matching = [
            home
            for home in homes.values()
            if (home.household.restricted or home.place.address_key == key) and any(map(home.is_sure_of, moved.adults))
        ]
        return min(matching, key=lambda home: home.rank, default=None)

    def _known(self, moved: MovedHousehold, home: Home) -> Verdict:
        missing = list(home.missing(moved, self._on))
        differences = [*_additions(home, moved, missing)]
        if home.household.pk not in self._seen and not home.household._state.adding:
            # Of two rows about one household the first says what has changed.
            differences += _changes(home.household, moved)
        self._seen.add(home.household.pk)
        for person in missing:
            home.add(person)
        filled = home.without_year(moved)
        for person, year in filled:
            person.birth_year = year
        kind = RowKind.CHANGED if differences else RowKind.KNOWN
        return Verdict(moved, kind, home, missing, [person for person, _year in filled], differences)

    def _doubts(self, moved: MovedHousehold) -> list[tuple[Home, list[PairReason]]]:
        place = PlaceFacts.of(moved.address, moved.postcode, moved.moved_in_on)
        adults = [AdultFacts.of(adult.name, adult.birth_year or None) for adult in moved.adults]
        found = []
        for home in self._candidates(place, adults):
            if why := reasons(place, adults, home.place, home.facts):
                if home.household.state == HouseholdState.MOVED_AWAY:
                    why.append(PairReason.MOVED_AWAY)
                found.append((home, why))
        return found

    def _candidates(self, place: PlaceFacts, adults: Iterable[AdultFacts]) -> Iterable[Home]:
        found = {id(home): home for home in self._by_place.get(place.place_key, []) if place.place_key}
        for adult in adults:
            found.update((id(home), home) for home in self._by_sound.get(adult.sound_key, []))
            for home in self._by_year.get(adult.birth_year, []) if adult.birth_year else []:
                day = home.place.moved_in_on
                if day and place.moved_in_on and abs(day - place.moved_in_on) <= _NEAR:
                    found[id(home)] = home
        return [home for home in found.values() if not home.household.restricted]

    # --- Looking up ---

    def _look_up(self, chunk: Sequence[MovedHousehold]) -> None:
        persons = Person.objects.filter(household__municipality=self._municipality)
        shown = persons.filter(household__restricted=False)
        places = {(moved.address, moved.postcode) for moved in chunk if moved.address}
        at_address = shown.filter(household__address_key__in={address_key(*place) for place in places})
        at_place = shown.filter(household__place_key__in={place_key(*place) for place in places} - {""})
        ids = {*at_address.values_list("household", flat=True), *at_place.values_list("household", flat=True)}
        ids |= self._sounding_alike(shown.filter(is_adult=True), chunk)
        ids |= self._moved_alike(shown, chunk)
        # Of protected households there is no address to ask for. They are few.
        self._load(persons.filter(household__restricted=True))
        wanted = sorted(ids)
        for start in range(0, len(wanted), _AT_ONCE):
            self._load(persons.filter(household__in=wanted[start : start + _AT_ONCE]))
        self._new_here = self._new.like(chunk)
        for home in [*self._homes.values(), *self._new_here]:
            self._index(home)

    def _sounding_alike(self, persons: QuerySet[Person], chunk: Sequence[MovedHousehold]) -> set[UUID]:
        """Many are called Kari Hansen: of those born in another year, who may be meant came at the same time."""
        rows: dict[str, list[tuple[int, date | None]]] = defaultdict(list)
        for moved in chunk:
            for adult in moved.adults:
                rows[sound_key(adult.name)].append((adult.birth_year, moved.moved_in_on))
        found = persons.filter(sound_key__in=set(rows) - {""})
        facts = found.values_list("household", "sound_key", "birth_year", "household__moved_in_on")
        return {
            household
            for household, sound, year, day in facts.iterator(chunk_size=2000)
            if any(_may_be_meant(year, day, *row) for row in rows[sound])
        }

    def _moved_alike(self, persons: QuerySet[Person], chunk: Sequence[MovedHousehold]) -> set[UUID]:
        """Who moved in within a month of a row, was born in the same year and has a name a little like it."""
        by_year: dict[int, list[tuple[date, str]]] = defaultdict(list)
        for moved in chunk:
            if moved.moved_in_on:
                for adult in moved.adults:
                    by_year[adult.birth_year].append((moved.moved_in_on, sound_key(adult.name)))
        days = [day for rows in by_year.values() for day, _sound in rows]
        if not days:
            return set()
        near = persons.filter(
            is_adult=True, birth_year__in=by_year, household__moved_in_on__range=(min(days) - _NEAR, max(days) + _NEAR)
        )
        rows = near.values_list("household", "birth_year", "sound_key", "household__moved_in_on")
        return {
            household
            for household, year, sound, day in rows.iterator(chunk_size=2000)
            if year
            and day  # the query says so; their types do not
            and any(
                abs(day - other_day) <= _NEAR and OSA.normalized_similarity(sound, other) >= 0.5
                for other_day, other in by_year[year]
            )
        }

    def _load(self, persons: QuerySet[Person]) -> None:
        for person in persons.select_related("household").only(*_READ).order_by("pk"):
            if person.household_id not in self._homes:
                self._homes[person.household_id] = Home(person.household)
            self._homes[person.household_id].add(person)

    def _index(self, home: Home) -> None:
        if home.place.place_key:
            self._by_place[home.place.place_key].append(home)
        for facts in home.facts:
            self._by_name[facts.name_key].append(home)
            self._by_sound[facts.sound_key].append(home)
            self._by_year[facts.birth_year].append(home)

    def _household(self, moved: MovedHousehold) -> Household:
        return Household(
            municipality=self._municipality,
            care_of=moved.care_of,
            street=moved.address,
            postcode=moved.postcode,
            city=moved.city,
            address_key=address_key(moved.address, moved.postcode),
            place_key=place_key(moved.address, moved.postcode),
            moved_in_on=moved.moved_in_on,
            language=_language(moved.language, self._municipality),
            source=Source.REGISTER,
            compared_on=self._on,
        )


def as_moved(household: Household) -> MovedHousehold:
    """A household of ours as if it stood in a list. An unknown birth year is 0 and like no other."""
    adults = tuple(MovedAdult(adult.name, adult.birth_year or 0, 0) for adult in household.adults)
    return MovedHousehold(
        address=household.street,
        care_of=household.care_of,
        postcode=household.postcode,
        city=household.city,
        moved_in_on=household.moved_in_on,  # type: ignore[arg-type]  # who is not here yet may have no day
        language=household.language,
        adults=adults,
        child_birth_years=tuple(household.child_birth_years),
        lines=(),
    )


def _may_be_meant(year: int | None, day: date | None, other_year: int, other_day: date | None) -> bool:
    if year is None or not other_year or year == other_year:
        return True
    together = day and other_day and abs(day - other_day) <= _NEAR
    return bool(together and years_agree(year, other_year))


def _additions(home: Home, moved: MovedHousehold, missing: Iterable[Person]) -> Iterator[dict[str, str]]:
    for person in missing:
        if person.is_adult:
            yield _difference(DifferenceKind.ADULT, "", f"{person.name} ({person.birth_year})")
        else:
            yield _difference(DifferenceKind.CHILD, "", person.birth_year)
    for _person, year in home.without_year(moved):
        yield _difference(DifferenceKind.BIRTH_YEAR, "", year)


def _changes(household: Household, moved: MovedHousehold) -> Iterator[dict[str, str]]:
    """What the list says otherwise than we do. Without a word from a person it changes nothing."""
    if household.moved_in_on != moved.moved_in_on:
        old = household.moved_in_on.isoformat() if household.moved_in_on else ""
        yield _difference(DifferenceKind.MOVED_IN, old, moved.moved_in_on.isoformat())
    if moved.care_of and household.care_of != moved.care_of:
        yield _difference(DifferenceKind.CARE_OF, household.care_of, moved.care_of)


def _difference(what: DifferenceKind, old: Any, new: Any) -> dict[str, str]:
    return {"what": what.value, "old": str(old), "new": str(new)}


def _language(wish: str, municipality: Municipality) -> str:
    """A code is kept as the wish it is; any other word falls back to what the municipality offers."""
    return wish if _LANGUAGE_CODE.fullmatch(wish) else municipality.nearest_language(wish)
