"""Reads lists of movers in: compares them with who is here, lets a person decide, takes each household once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from newcomers.models import Household, MoverImport, MoverRow, Person
from newcomers.movers import pairs
from newcomers.movers.comparing import Comparison, Verdict
from newcomers.movers.enums import (
    GOOD_KINDS,
    IMPORT_TRANSITIONS,
    ImportState,
    LegalBasis,
    MoverPurpose,
    MoverSource,
    RowKind,
)
from newcomers.movers.file import MovedAdult, MovedHousehold, MoversFile, PostcodePlace
from newcomers.movers.taking import come_back, save_taken
from newcomers.services import restrict
from portal import registry
from portal.accounts.models import User
from portal.municipalities.models import Municipality, Postcode
from portal.personal_data import Adult

# Households in one transaction, and in memory as rows.
CHUNK = 500


class QuickerElsewhere(Exception):
    """Another worker has done these rows."""


@dataclass(frozen=True)
class ImportReport:
    rows: int
    households_created: int
    households_matched: int
    households_doubtful: int
    persons_created: int
    refused: list[dict[str, Any]]
    protected_dropped: int
    erased_dropped: int
    identity_numbers_dropped: int
    ignored_columns: list[str]
    # Of the dropped rows those with a word for protection that we do not know, and the words that several rows have.
    unknown_protection: int = 0
    unknown_words: list[str] = field(default_factory=list)
    # Households that we knew, and that the list protected.
    households_protected: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Why:
    """Where a list comes from, what it is for, and on which basis: chosen, and said in words."""

    words: str
    source: MoverSource = MoverSource.POPULATION_REGISTER
    purpose: MoverPurpose = MoverPurpose.WELCOME
    legal_basis: LegalBasis = LegalBasis.PUBLIC_TASK


def postcode_places() -> dict[str, PostcodePlace]:
    """What the reader of a list must know of every postcode."""
    rows = Postcode.objects.values_list("code", "city", "municipality__code", "municipality__name")
    return {code: PostcodePlace(city, town or "", name or city) for code, city, town, name in rows}


def take_movers(
    *,
    movers: MoversFile,
    municipality: Municipality,
    why: Why,
    by: User | None,
    on: date,
    all_or_nothing: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Take in now what is sure; what is doubtful waits for somebody to look at it.

    A dry run writes nothing and says what would happen.
    """
    if dry_run:
        return _foreseen(movers, municipality, all_or_nothing, on)
    record = start_import(
        movers=movers, municipality=municipality, why=why, by=by, on=on, all_or_nothing=all_or_nothing
    )
    run_import(record)
    choose(record)
    return run_import(record)


@transaction.atomic
def start_import(
    *, movers: MoversFile, municipality: Municipality, why: Why, by: User | None, on: date, all_or_nothing: bool = False
) -> MoverImport:
    """Write down who reads which list and why, for `run_import` to compare, here or in a worker.

    A household that we know and the register now protects is protected at once: nothing of a protected row may be
    kept for a worker, and to protect waits for nobody's decision.
    """
    protected = Household.objects.filter(pk__in=_protected_now(movers, municipality))
    for household in protected:
        restrict(household, by=by)
    households, erased = _to_take(movers, municipality, all_or_nothing, on)
    record = MoverImport.objects.create(
        municipality=municipality,
        by=by,
        source=why.source,
        purpose=why.purpose,
        legal_basis=why.legal_basis,
        basis=why.words,
        on=on,
        all_or_nothing=all_or_nothing,
        total=len(households),
        report=replace(_report(movers), erased_dropped=erased, households_protected=len(protected)).as_dict(),
    )
    rows = (MoverRow(record=record, position=n, packed=_packed(home)) for n, home in enumerate(households))
    MoverRow.objects.bulk_create(rows, batch_size=CHUNK)
    return record


def _protected_now(movers: MoversFile, municipality: Municipality) -> set[UUID]:
    """The households that we know, and in which somebody stands whom the list protects.

    Compared in memory: nothing of a protected row may stand in a query.
    """
    if not movers.protected:
        return set()
    persons = Person.objects.filter(household__municipality=municipality, household__restricted=False, is_adult=True)
    facts = persons.values_list("household_id", "name_key", "birth_year", "household__address_key")
    return {
        household_id
        for household_id, name, year, address in facts.iterator(chunk_size=2000)
        for person in movers.protected.get(name, ())
        if (year is None or person.birth_year in {year, None}) and person.address_key in {address, ""}
    }


def run_import(record: MoverImport) -> ImportReport:
    """Do what waits: compare the list with who is here, or take in what was chosen.

    One that died is carried on by calling this again.
    """
    if record.state in {ImportState.WAITING, ImportState.RUNNING}:
        _compare_all(record)
    elif record.state == ImportState.TAKING:
        with transaction.atomic() if record.all_or_nothing else nullcontext():
            while _take_next(record):
                pass
            _settle(record, ImportState.TAKING)
    record.refresh_from_db()
    return ImportReport(**record.report)


@transaction.atomic
def choose(record: MoverImport, rows: Sequence[str] | None = None) -> int:
    """Mark what is to be taken in: all that is good, or of it those rows. What is doubtful is never taken by this."""
    good = record.rows.filter(kind__in=GOOD_KINDS)
    if rows is not None:
        good = good.filter(pk__in=rows)
    if not good.exists() or not _move(record, ImportState.READY, ImportState.TAKING):
        return 0
    return good.update(chosen=True)


def _move(record: MoverImport, old: ImportState, new: ImportState) -> bool:
    """The one door between states. False: another worker, or a person, has moved it already."""
    assert (old, new) in IMPORT_TRANSITIONS
    waiting = MoverImport.objects.filter(pk=record.pk, state=old)
    if old == ImportState.TAKING:
        # Somebody may have chosen anew since the rows of before were done.
        waiting = waiting.exclude(rows__chosen=True)
    if not waiting.update(state=new):
        return False
    record.state = new
    return True


@transaction.atomic
def drop(record: MoverImport, rows: Sequence[str] | None = None) -> int:
    """Forget what waits without taking it in: all of it, or those rows. What is being taken in is not touched."""
    waiting = record.rows.filter(chosen=False)
    if rows is not None:
        waiting = waiting.filter(pk__in=rows)
    dropped: int = waiting.delete()[1].get("newcomers.MoverRow", 0)
    _settle(record, ImportState.READY)
    return dropped


# --- Comparing ---


def _compare_all(record: MoverImport) -> None:
    comparison = Comparison(record.municipality, record.on)
    _move(record, ImportState.WAITING, ImportState.RUNNING)
    while rows := list(record.rows.filter(kind="").order_by("position")[:CHUNK]):
        with suppress(QuickerElsewhere), transaction.atomic():
            verdicts = comparison.compare([unpacked(row.packed) for row in rows])
            _write_down(record, rows, verdicts)
    _settle(record, ImportState.RUNNING)


def _write_down(record: MoverImport, rows: Sequence[MoverRow], verdicts: Sequence[Verdict]) -> None:
    """Nothing of a row that meets a protected household is kept."""
    mine = MoverRow.objects.filter(pk__in=[row.pk for row in rows], kind="")
    if mine.update(kind=RowKind.NEW) != len(rows):
        raise QuickerElsewhere
    protected = []
    for row, verdict in zip(rows, verdicts, strict=True):
        row.kind = verdict.kind
        if verdict.is_protected:
            protected.append(row.pk)
        elif verdict.doubts and not verdict.saved_doubts:
            row.kind = RowKind.NEW  # like another one of the list: that shows when both are taken
        elif verdict.home and not verdict.home.household._state.adding:
            row.household = verdict.home.household
        row.differences = verdict.differences
    MoverRow.objects.bulk_update(rows, ["kind", "household", "differences"], batch_size=CHUNK)
    pairs.pair_rows(record, zip(rows, verdicts, strict=True))
    MoverRow.objects.filter(pk__in=protected).delete()
    met = len(protected)
    _count(record, lambda report: replace(report, households_matched=report.households_matched + met), done=met)
    MoverImport.objects.filter(pk=record.pk).update(compared=F("compared") + len(rows))


def _foreseen(movers: MoversFile, municipality: Municipality, all_or_nothing: bool, on: date) -> ImportReport:
    households, erased = _to_take(movers, municipality, all_or_nothing, on)
    comparison = Comparison(municipality, on)
    protected = len(_protected_now(movers, municipality))
    report = replace(_report(movers), erased_dropped=erased, households_protected=protected)
    for start in range(0, len(households), CHUNK):
        report = _added(report, comparison.compare(households[start : start + CHUNK]))
    return report


# --- Taking ---


def _take_next(record: MoverImport) -> bool:
    """Take the next chosen rows in. They are compared once more: somebody may have registered meanwhile."""
    try:
        with transaction.atomic():
            # One list at a time in a municipality, so that two do not both find a household missing. Whoever
            # registers there meanwhile does not wait: the lock leaves the municipality's number alone.
            towns = Municipality.objects.select_for_update(no_key=True).filter(pk=record.municipality_id)
            list(towns.values_list("pk"))
            rows = list(record.rows.filter(chosen=True).order_by("position")[:CHUNK])
            verdicts = Comparison(record.municipality, record.on).compare([unpacked(row.packed) for row in rows])
            _take(record, rows, verdicts)
    except QuickerElsewhere:
        return True
    return bool(rows)


def _take(record: MoverImport, rows: Sequence[MoverRow], verdicts: Sequence[Verdict]) -> None:
    judged = list(zip(rows, verdicts, strict=True))
    doubtful = [row.pk for row, verdict in judged if verdict.kind == RowKind.DOUBTFUL]
    good = [(row, verdict) for row, verdict in judged if verdict.kind != RowKind.DOUBTFUL]
    chosen = MoverRow.objects.filter(chosen=True)
    claimed = chosen.filter(pk__in=doubtful).update(chosen=False, kind=RowKind.DOUBTFUL, household=None)
    claimed += chosen.filter(pk__in=[row.pk for row, _verdict in good]).delete()[1].get("newcomers.MoverRow", 0)
    if claimed != len(rows):
        raise QuickerElsewhere
    save_taken(good, by=record.by, on=record.on)
    pairs.pair_rows(record, judged)
    _count(record, lambda report: _added(report, verdicts, doubts_too=False), done=len(good))


@transaction.atomic
def _settle(record: MoverImport, old: ImportState) -> None:
    """What waits now: a decision on good rows, or nothing. Doubtful ones wait in the queue of pairs."""
    _count(record, lambda report: report)
    waits = record.rows.filter(kind__in=GOOD_KINDS).exists()
    new = ImportState.READY if waits else ImportState.DONE
    if new != old:
        _move(record, old, new)


def _count(record: MoverImport, change: Callable[[ImportReport], ImportReport], *, done: int = 0) -> None:
    """Write into the report; of two who do at once, the second counts on from what the first has written."""
    with transaction.atomic():
        locked = MoverImport.objects.select_for_update(no_key=True).get(pk=record.pk)
        doubtful = record.rows.filter(kind=RowKind.DOUBTFUL).count()
        report = replace(change(ImportReport(**locked.report)), households_doubtful=doubtful)
        MoverImport.objects.filter(pk=record.pk).update(report=report.as_dict(), done=F("done") + done)


@transaction.atomic
def take_decided(
    row: MoverRow, *, into: Household | None, same: Container[str] | None = None, by: User, on: date
) -> None:
    """Take in a doubtful row that somebody has looked at: as a new household, or into the one it is."""
    record, comparison, moved = row.record, Comparison(row.record.municipality, on), unpacked(row.packed)
    verdict = comparison.as_known(moved, into, same) if into else comparison.as_new(moved)
    if not MoverRow.objects.filter(pk=row.pk).delete()[0]:
        raise QuickerElsewhere
    save_taken([(row, verdict)], by=by, on=on)
    if into:
        come_back(into, moved_in_on=moved.moved_in_on, by=by, on=on)
    _count(record, lambda report: _added(report, [verdict]), done=1)


# --- What the list says ---


def _to_take(
    movers: MoversFile, municipality: Municipality, all_or_nothing: bool, on: date
) -> tuple[list[MovedHousehold], int]:
    """The households that may be taken, and how many stay out because somebody in them had their data erased."""
    if all_or_nothing and movers.refused:
        return [], 0
    adults = [(place, adult) for place, home in enumerate(movers.households) for adult in home.adults]
    facts = [
        Adult(adult.name, adult.birth_year, movers.households[place].address, movers.households[place].postcode)
        for place, adult in adults
    ]
    erased = {adults[found][0] for found in registry.erased_among(municipality, facts, on)}
    kept = [home for place, home in enumerate(movers.households) if place not in erased]
    # By day, so that those who moved in at the time of a chunk are few, also in a list of many years.
    return sorted(kept, key=lambda home: home.moved_in_on), len(erased)


def _report(movers: MoversFile) -> ImportReport:
    """What is known before any household is taken."""
    return ImportReport(
        rows=movers.rows,
        households_created=0,
        households_matched=0,
        households_doubtful=0,
        persons_created=0,
        refused=[asdict(row) for row in movers.refused],
        protected_dropped=movers.protected_dropped,
        erased_dropped=0,
        identity_numbers_dropped=movers.identity_numbers_dropped,
        ignored_columns=list(movers.ignored_columns),
        unknown_protection=movers.unknown_protection,
        unknown_words=list(movers.unknown_words),
    )


def _added(report: ImportReport, verdicts: Iterable[Verdict], *, doubts_too: bool = True) -> ImportReport:
    """The report with these households in it."""
    verdicts = list(verdicts)
    kinds = [verdict.kind for verdict in verdicts]
    return replace(
        report,
        households_created=report.households_created + kinds.count(RowKind.NEW),
        households_matched=report.households_matched + kinds.count(RowKind.KNOWN) + kinds.count(RowKind.CHANGED),
        households_doubtful=report.households_doubtful + doubts_too * kinds.count(RowKind.DOUBTFUL),
        persons_created=report.persons_created + sum(len(verdict.missing) for verdict in verdicts),
    )


def _packed(household: MovedHousehold) -> dict[str, Any]:
    return {**asdict(household), "moved_in_on": household.moved_in_on.isoformat()}


def unpacked(packed: Mapping[str, Any]) -> MovedHousehold:
    return MovedHousehold(
        **{
            **packed,
            "moved_in_on": date.fromisoformat(packed["moved_in_on"]),
            "adults": tuple(MovedAdult(**adult) for adult in packed["adults"]),
            "child_birth_years": tuple(packed["child_birth_years"]),
            "lines": tuple(packed["lines"]),
        }
    )
