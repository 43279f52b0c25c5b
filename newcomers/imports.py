"""Takes the households of a list of movers in: each once, however often the list comes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from newcomers.enums import HouseholdState, ImportState, Source
from newcomers.matching import address_key, name_key
from newcomers.models import Household, MoverImport, Person
from newcomers.movers_file import MovedAdult, MovedHousehold, MoversFile, PostcodePlace
from newcomers.services import restrict
from portal.accounts.models import User
from portal.municipalities.models import Municipality, Postcode

# Households in one transaction, and in memory as rows.
CHUNK = 500

_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class ImportReport:
    rows: int
    households_created: int
    households_matched: int
    persons_created: int
    refused: list[dict[str, Any]]
    protected_dropped: int
    identity_numbers_dropped: int
    ignored_columns: list[str]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def postcode_places() -> dict[str, PostcodePlace]:
    """What the reader of a list must know of every postcode."""
    rows = Postcode.objects.values_list("code", "city", "municipality__code", "municipality__name")
    return {code: PostcodePlace(city, town or "", name or city) for code, city, town, name in rows}


def take_movers(
    *,
    movers: MoversFile,
    municipality: Municipality,
    basis: str,
    by: User | None,
    on: date,
    all_or_nothing: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Take them in now. A dry run writes nothing and says what would happen."""
    if dry_run:
        return _preview(movers, municipality, all_or_nothing)
    record = start_import(
        movers=movers, municipality=municipality, basis=basis, by=by, on=on, all_or_nothing=all_or_nothing
    )
    return run_import(record)


def start_import(
    *,
    movers: MoversFile,
    municipality: Municipality,
    basis: str,
    by: User | None,
    on: date,
    all_or_nothing: bool = False,
) -> MoverImport:
    """Write down who takes in what on which basis, for `run_import` to carry out, here or in a worker."""
    _protect_known(movers, municipality, by)
    households = _to_take(movers, all_or_nothing)
    return MoverImport.objects.create(
        municipality=municipality,
        by=by,
        basis=basis,
        on=on,
        all_or_nothing=all_or_nothing,
        households=[_packed(household) for household in households],
        total=len(households),
        report=_report(movers).as_dict(),
    )


def _protect_known(movers: MoversFile, municipality: Municipality, by: User | None) -> None:
    """A household that we know and the register now protects is protected here too.

    Compared in memory: nothing of a protected row may stand in a query.
    """
    if not movers.protected:
        return
    persons = Person.objects.filter(household__municipality=municipality, household__restricted=False, is_adult=True)
    facts = persons.values_list("household_id", "name_key", "birth_year", "household__address_key")
    found = {
        household_id
        for household_id, name, year, address in facts.iterator(chunk_size=2000)
        for person in movers.protected
        if person.name_key == name
        and (year is None or person.birth_year in {year, None})
        and person.address_key in {address, ""}
    }
    for household in Household.objects.filter(pk__in=found):
        restrict(household, by=by)


def run_import(record: MoverImport) -> ImportReport:
    """Take in what is left of the list. One that died is carried on by calling this again."""
    with transaction.atomic() if record.all_or_nothing else nullcontext():
        while record.done < record.total:
            if not _take_next(record):
                record.refresh_from_db()  # another worker was quicker
        MoverImport.objects.filter(pk=record.pk).update(state=ImportState.DONE, households=[])
    record.state, record.households = ImportState.DONE, []
    return ImportReport(**record.report)


def _take_next(record: MoverImport) -> bool:
    chunk = [_unpacked(packed) for packed in record.households[record.done : record.done + CHUNK]]
    done = record.done + len(chunk)
    with transaction.atomic():
        # One list at a time in a municipality, so that two do not both find a household missing.
        list(Municipality.objects.select_for_update().filter(pk=record.municipality_id).values_list("pk"))
        outcome = _Known(record.municipality).take(chunk)
        report = outcome.added_to(record.report)
        moved_on = MoverImport.objects.filter(pk=record.pk, done=record.done).exclude(state=ImportState.DONE)
        if not moved_on.update(done=done, report=report, state=ImportState.RUNNING):
            return False
        outcome.save()
    record.done, record.report = done, report
    return True


def _preview(movers: MoversFile, municipality: Municipality, all_or_nothing: bool) -> ImportReport:
    households = _to_take(movers, all_or_nothing)
    known = _Known(municipality)
    report = _report(movers).as_dict()
    for start in range(0, len(households), CHUNK):
        report = known.take(households[start : start + CHUNK]).added_to(report)
    return ImportReport(**report)


def _to_take(movers: MoversFile, all_or_nothing: bool) -> tuple[MovedHousehold, ...]:
    return () if all_or_nothing and movers.refused else movers.households


def _report(movers: MoversFile) -> ImportReport:
    """What is known before any household is taken."""
    return ImportReport(
        rows=movers.rows,
        households_created=0,
        households_matched=0,
        persons_created=0,
        refused=[asdict(row) for row in movers.refused],
        protected_dropped=movers.protected_dropped,
        identity_numbers_dropped=movers.identity_numbers_dropped,
        ignored_columns=list(movers.ignored_columns),
    )


def _packed(household: MovedHousehold) -> dict[str, Any]:
    return {**asdict(household), "moved_in_on": household.moved_in_on.isoformat()}


def _unpacked(packed: Mapping[str, Any]) -> MovedHousehold:
    return MovedHousehold(
        **{
            **packed,
            "moved_in_on": date.fromisoformat(packed["moved_in_on"]),
            "adults": tuple(MovedAdult(**adult) for adult in packed["adults"]),
            "child_birth_years": tuple(packed["child_birth_years"]),
            "lines": tuple(packed["lines"]),
        }
    )


@dataclass
class _Outcome:
    """What a chunk of households adds, not saved yet."""

    households: list[Household] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    matched: int = 0

    def added_to(self, report: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **report,
            "households_created": report["households_created"] + len(self.households),
            "households_matched": report["households_matched"] + self.matched,
            "persons_created": report["persons_created"] + len(self.persons),
        }

    def save(self) -> None:
        Household.objects.bulk_create(self.households)
        Person.objects.bulk_create(self.persons)


class _Home:
    """A household and who is known of it."""

    def __init__(self, household: Household) -> None:
        self.household = household
        self._persons: set[UUID] = set()
        self._adults: dict[str, set[int | None]] = defaultdict(set)
        self._child_birth_years: set[int | None] = set()

    def add(self, person: Person) -> None:
        self._persons.add(person.pk)
        if person.is_adult:
            self._adults[person.name_key].add(person.birth_year)
        else:
            self._child_birth_years.add(person.birth_year)

    def __contains__(self, person: Person) -> bool:
        return person.pk in self._persons

    @property
    def stays_untouched(self) -> bool:
        return self.household.restricted or self.household.state == HouseholdState.MOVED_AWAY

    @property
    def rank(self) -> int:
        """Which of several that match is meant: a protected one first, so that nothing is added beside it."""
        if self.household.restricted:
            return 0
        return 2 if self.household.state == HouseholdState.MOVED_AWAY else 1

    def has_adult(self, name: str, birth_year: int) -> bool:
        """By name and birth year; where the office never noted the year, the name is enough."""
        return not self._adults.get(name, set()).isdisjoint({birth_year, None})

    def missing(self, moved: MovedHousehold) -> Iterator[Person]:
        position = len(self._adults)
        for adult in moved.adults:
            if not self.has_adult(name_key(adult.name), adult.birth_year):
                yield _adult(self.household, adult, position=position)
                position += 1
        for year in moved.child_birth_years:
            if year not in self._child_birth_years:
                yield Person(household=self.household, is_adult=False, birth_year=year)


class _Known:
    """Households of a municipality that may be meant, found by address and an adult's name and birth year."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._homes: dict[UUID, _Home] = {}
        # A protected household has no address here, so it stands under the empty one.
        self._by_adult: dict[tuple[str, str], list[_Home]] = defaultdict(list)

    def take(self, chunk: Sequence[MovedHousehold]) -> _Outcome:
        """Works out what is missing, and knows it from then on. Saves nothing."""
        self._look_up({address_key(moved.address, moved.postcode) for moved in chunk})
        outcome = _Outcome()
        for moved in chunk:
            home = self._find(moved)
            if home:
                outcome.matched += 1
            else:
                home = _Home(_household(moved, self._municipality))
                self._homes[home.household.pk] = home
                outcome.households.append(home.household)
            if not home.stays_untouched:
                missing = list(home.missing(moved))
                outcome.persons += missing
                for person in missing:
                    self._add(home, person)
        return outcome

    def _look_up(self, address_keys: Iterable[str]) -> None:
        persons = Person.objects.filter(household__municipality=self._municipality).select_related("household")
        at_address = persons.filter(household__address_key__in=address_keys)
        # Of protected households there is no address to ask for. They are few.
        for person in [*at_address, *persons.filter(household__restricted=True)]:
            home = self._homes.setdefault(person.household_id, _Home(person.household))
            if person not in home:
                self._add(home, person)

    def _add(self, home: _Home, person: Person) -> None:
        home.add(person)
        if person.is_adult:
            self._by_adult[(home.household.address_key, person.name_key)].append(home)

    def _find(self, moved: MovedHousehold) -> _Home | None:
        key = address_key(moved.address, moved.postcode)
        matching = []
        for adult in moved.adults:
            name = name_key(adult.name)
            homes = self._by_adult.get(("", name), []) + self._by_adult.get((key, name), [])
            matching += [home for home in homes if home.has_adult(name, adult.birth_year)]
        return min(matching, key=lambda home: home.rank, default=None)


def _household(moved: MovedHousehold, municipality: Municipality) -> Household:
    return Household(
        municipality=municipality,
        care_of=moved.care_of,
        street=moved.address,
        postcode=moved.postcode,
        city=moved.city,
        address_key=address_key(moved.address, moved.postcode),
        moved_in_on=moved.moved_in_on,
        language=_language(moved.language, municipality),
        source=Source.REGISTER,
    )


def _adult(household: Household, adult: MovedAdult, *, position: int) -> Person:
    return Person(
        household=household,
        position=position,
        name=adult.name,
        name_key=name_key(adult.name),
        birth_year=adult.birth_year,
    )


def _language(wish: str, municipality: Municipality) -> str:
    """A code is kept as the wish it is; any other word falls back to what the municipality offers."""
    return wish if _LANGUAGE_CODE.fullmatch(wish) else municipality.nearest_language(wish)
