"""Households of lists and of ours that may be one: found, shown side by side, decided by a person, forgotten."""

from __future__ import annotations

import gc
import weakref
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from newcomers import daily
from newcomers.enums import HouseholdState
from newcomers.models import Household, MoverImport, MoverRow, Pair
from newcomers.movers import deciding, imports, pairs
from newcomers.movers.comparing import Comparison
from newcomers.movers.enums import ImportState, PairReason, RowKind
from newcomers.movers.file import MovedAdult, MovedHousehold, parse_movers
from newcomers.services import restrict
from portal.municipalities.models import Municipality
from portal.personal_data import Adult
from privacy.enums import AccessKind
from privacy.models import AccessEntry
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, PersonFactory, PostcodeFactory, UserFactory
from tests.newcomers.movers import movers_csv, row
from tests.newcomers.test_matching import FIRST, LAST, misspelt


@pytest.fixture
def gol(db: None) -> Municipality:
    return PostcodeFactory().municipality


def home(gol: Municipality, name: str = "Kari Moen", year: int | None = 1990, **fields: Any) -> Household:
    fields = {"street": "Storgata 1", "moved_in_on": date(2026, 11, 2)} | fields
    return HouseholdFactory(municipality=gol, adults__name=name, adults__birth_year=year, **fields)


def read(gol: Municipality, *rows: str, by: Any = None) -> MoverImport:
    """A list that was compared, and waits for a decision."""
    movers = parse_movers(movers_csv(*rows), municipality_code=gol.code, postcodes=imports.postcode_places(), on=TODAY)
    record = imports.start_import(
        movers=movers, municipality=gol, why=imports.Why("x"), by=by or UserFactory(), on=TODAY
    )
    imports.run_import(record)
    return record


# --- The preview ---


def test_a_list_waits_for_a_decision_and_changes_nothing_until_then(gol: Municipality) -> None:
    known = home(gol)
    record = read(gol, row(moved_on="05.11.2026"), row(name="Ola Li", address="Lia 2"),
                  row(name="Kari Mohen", moved_on="02.09.2026"))  # fmt: skip
    kinds = dict(record.rows.values_list("kind", "household"))
    assert kinds == {RowKind.CHANGED: known.pk, RowKind.NEW: None, RowKind.DOUBTFUL: None}
    assert (record.state, record.compared, record.done) == (ImportState.READY, 3, 0)
    assert Household.objects.get() == known


def test_differences_stand_side_by_side(gol: Municipality) -> None:
    known = home(gol, year=None)
    PersonFactory(household=known, name="Ola Li", birth_year=1988, position=1)
    record = read(gol, row(moved_on="05.11.2026", address="c/o Li, Storgata 1"), row(name="", birth_year="2020"),
                  row(name="Ola Li", birth_year="1988"))  # fmt: skip
    found = {(d["what"], d["old"], d["new"]) for d in record.rows.get(kind=RowKind.CHANGED).differences}
    assert ("moved_in", "2026-11-02", "2026-11-02") not in found
    assert found >= {("child", "", "2020"), ("birth_year", "", "1990"), ("care_of", "", "Li")}


def test_what_a_person_saw_and_took_is_changed(gol: Municipality) -> None:
    known = home(gol, state=HouseholdState.PLANNING, moved_in_on=date(2026, 12, 1))
    record = read(gol, row(moved_on="05.11.2026"))
    imports.choose(record)
    imports.run_import(record)
    known.refresh_from_db()
    assert (known.moved_in_on, known.state) == (date(2026, 11, 5), HouseholdState.MOVED_IN)
    entry = AccessEntry.objects.get(household_ref=known.pk)
    assert (entry.kind, entry.user) == (AccessKind.CHANGED, record.by)
    assert (record.state, record.rows.count()) == (ImportState.DONE, 0)


def test_what_somebody_changed_since_it_was_shown_stays(gol: Municipality) -> None:
    known = home(gol)
    record = read(gol, row(moved_on="05.11.2026"))
    Household.objects.update(moved_in_on=date(2026, 11, 20))
    imports.choose(record)
    imports.run_import(record)
    known.refresh_from_db()
    assert known.moved_in_on == date(2026, 11, 20)


def test_some_are_taken_and_the_rest_waits_or_goes(gol: Municipality) -> None:
    record = read(gol, *(row(name=name, address=f"{name} 1") for name in ("Ola", "Per", "Eli")))
    first, second, _third = record.rows.values_list("pk", flat=True)
    assert imports.choose(record, [str(first)]) == 1
    imports.run_import(record)
    assert [home.name for home in Household.objects.all()] == ["Ola"]
    assert (record.state, record.done, record.rows.count()) == (ImportState.READY, 1, 2)
    assert imports.drop(record, [str(second)]) == 1
    assert imports.drop(record) == 1
    record.refresh_from_db()
    assert (record.state, Household.objects.count(), MoverRow.objects.count()) == (ImportState.DONE, 1, 0)


def test_who_registered_meanwhile_is_not_doubled(gol: Municipality) -> None:
    record = read(gol, row())
    home(gol)
    imports.choose(record)
    report = imports.run_import(record)
    assert (report.households_created, report.households_matched) == (0, 1)


def test_who_was_erased_is_not_taken_in_again(gol: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(municipality: Municipality, adults: list[Adult], on: date) -> set[int]:
        return {place for place, adult in enumerate(adults) if (adult.name, adult.birth_year) == ("Kari Moen", 1990)}

    monkeypatch.setattr("portal.personal_data._was_erased", [find])
    record = read(gol, row(), row(name="Ola Li", address="Lia 2"))
    assert [waiting.adults for waiting in record.rows.all()] == ["Ola Li (1990)"]
    assert record.report["erased_dropped"] == 1


def test_of_a_long_list_only_keys_are_kept_and_a_later_row_still_finds_the_new_ones(gol: Municipality) -> None:
    comparison = Comparison(gol, TODAY)

    def moved(*names: str) -> MovedHousehold:
        adults = tuple(MovedAdult(name, 1990, 2) for name in names)
        return MovedHousehold("Haugen", "", "3550", "Gol", TODAY, "nb", adults, (2020,), (2,))

    first = weakref.ref(comparison.compare([moved("Kari Moen")])[0].home)
    found = [comparison.compare([moved("Kari Moen", *others)])[0] for others in ((), ("Ola Li",), ("Ola Li",), ())]
    assert [verdict.kind for verdict in found] == [RowKind.KNOWN, RowKind.CHANGED, RowKind.KNOWN, RowKind.KNOWN]
    assert [len(verdict.missing) for verdict in found] == [0, 1, 0, 0]
    gc.collect()
    assert first() is None


# --- Finding ---


def test_those_who_registered_twice_are_found_at_night_once(gol: Municipality) -> None:
    one, other = home(gol), home(gol, "Moen, Kary", street="Storgt. 1")
    home(gol, "Ola Li", street="Lia 2")
    assert pairs.find_doubles(on=TODAY, dry_run=True) >= 1
    assert not Pair.objects.exists()
    assert daily.run(on=TODAY)["pairs_found"] == 1
    pair = Pair.objects.get()
    assert {pair.household, pair.other} == {one, other}
    assert PairReason.ADDRESS_ALIKE in pair.reasons
    assert daily.run(on=TODAY)["pairs_found"] == 0


def test_one_that_moves_is_looked_at_again(gol: Municipality) -> None:
    home(gol)
    other = home(gol, "Kati Moen", street="Lia 2", moved_in_on=date(2025, 1, 1))
    assert pairs.find_doubles(on=TODAY) == 0
    other.refresh_from_db()
    other.street = "Storgata 1 H0201"
    other.save()
    assert pairs.find_doubles(on=TODAY) == 1


def test_one_with_another_name_or_another_adult_is_looked_at_again(gol: Municipality) -> None:
    home(gol)
    other = home(gol, "Per By", street="Storgata 1")
    assert pairs.find_doubles(on=TODAY) == 0
    per = other.persons.get()
    per.name = "Kary Moen"
    per.save()
    assert pairs.find_doubles(on=TODAY) == 1
    PersonFactory(household=home(gol, "Eli Ny", street="Lia 3"), name="Per Sund", birth_year=1970)
    assert pairs.find_doubles(on=TODAY) == 0
    PersonFactory(household=other, name="Per Sund", birth_year=1970, position=1)
    assert pairs.find_doubles(on=TODAY) == 1


def test_one_whom_a_list_added_may_live_in_another_household_too(gol: Municipality) -> None:
    known, other = home(gol), home(gol, "Ola Li", street="Lia 2")
    assert pairs.find_doubles(on=TODAY) == 0
    record = read(gol, row(household="7"), row(name="Ola Li", household="7"))
    imports.choose(record)
    imports.run_import(record)
    assert known.persons.count() == 2
    assert pairs.find_doubles(on=TODAY) == 1
    assert {Pair.objects.get().household, Pair.objects.get().other} == {known, other}


def test_households_are_compared_a_chunk_at_a_time(gol: Municipality, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        home(gol, "Kari Moen" if number < 2 else f"Ola {'abcdefghijklmnopqrstuvwxyzæøå'[number - 1] * 3}",
             street=f"Lia {number}")  # fmt: skip
    with django_assert_max_num_queries(20):
        assert pairs.find_doubles(on=TODAY) >= 1


def test_a_part_of_the_day_that_fails_holds_back_no_other(
    gol: Municipality, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_options: Any) -> int:
        raise ValueError("Kari Moen")

    record = read(gol, row())
    monkeypatch.setattr(pairs, "find_doubles", fail)
    monkeypatch.setattr("newcomers.registering.services.drop_unconfirmed", fail)
    with pytest.raises(ExceptionGroup) as failed:
        daily.run(on=record.created_at.date() + timedelta(days=31))
    assert len(failed.value.exceptions) == 2
    assert not MoverRow.objects.exists()
    assert "Kari" not in caplog.text


def test_a_protected_household_is_in_no_pair(gol: Municipality) -> None:
    one = home(gol)
    home(gol, "Kati Moen")
    pairs.find_doubles(on=TODAY)
    record = read(gol, row(name="Kary Moen"), row(name="Ola Li", address="Lia 2"))
    assert Pair.objects.count() >= 2
    restrict(one, by=None)
    assert not Pair.objects.filter(household=one).exists()
    assert Household.objects.get(pk=one.pk).place_key == ""
    assert not Pair.objects.filter(row__record=record, household=one).exists()
    Household.objects.update(compared_on=None)
    assert pairs.find_doubles(on=TODAY) == 0
    assert "Kary" not in str(list(MoverRow.objects.values_list("packed", flat=True)))


def test_a_waiting_list_forgets_who_becomes_protected(gol: Municipality) -> None:
    known = home(gol, street="Lia 9")
    record = read(gol, row(name="Kari Moen", address="Storgata 5"), row(name="Ola Li", address="Lia 2"))
    restrict(known, by=None)
    assert [waiting.adults for waiting in record.rows.all()] == ["Ola Li (1990)"]


def test_rows_nobody_decided_on_are_forgotten_after_30_days(gol: Municipality) -> None:
    home(gol)
    record = read(gol, row(name="Kary Moen"), row(name="Ola Li", address="Lia 2"))
    start = record.created_at.date()
    assert pairs.drop_undecided(on=start + timedelta(days=30)) == 0
    assert pairs.drop_undecided(on=start + timedelta(days=31), dry_run=True) == 2
    assert MoverRow.objects.count() == 2
    assert daily.run(on=start + timedelta(days=31))["undecided_dropped"] == 2
    record.refresh_from_db()
    assert (MoverRow.objects.count(), Pair.objects.count(), record.state) == (0, 0, ImportState.DONE)


# --- Deciding ---


def test_the_same_adds_who_is_missing_and_nobody_twice(gol: Municipality) -> None:
    known = home(gol)
    read(gol, row(name="Kary Moen", household="7"), row(name="Per Li", household="7"),
         row(name="", birth_year="2020", household="7"))  # fmt: skip
    deciding.row_is_ours(Pair.objects.get(), by=UserFactory(), on=TODAY)
    assert sorted(p.name for p in known.persons.all()) == ["", "Kari Moen", "Per Li"]
    assert not MoverRow.objects.exists()


def test_who_came_back_lives_here_again(gol: Municipality) -> None:
    known = home(gol, moved_in_on=date(2020, 1, 1), state=HouseholdState.MOVED_AWAY)
    read(gol, row())
    pair = Pair.objects.get()
    assert PairReason.MOVED_AWAY in pair.reasons
    deciding.row_is_ours(pair, by=UserFactory(), on=TODAY)
    known.refresh_from_db()
    assert (known.state, known.moved_in_on) == (HouseholdState.MOVED_IN, date(2026, 11, 2))
    assert known.moves.get().from_state == HouseholdState.MOVED_AWAY


def test_two_takes_the_new_one_in_when_it_is_nobody_here(gol: Municipality) -> None:
    home(gol), home(gol, "Kari Moen", street="Lia 2")
    record = read(gol, row(name="Kary Moen"))
    first, second = Pair.objects.order_by("pk")
    officer = UserFactory()
    deciding.are_two(first, by=officer, on=TODAY)
    assert Household.objects.count() == 2
    deciding.are_two(second, by=officer, on=TODAY)
    assert Household.objects.count() == 3
    record.refresh_from_db()
    assert (record.done, record.report["households_created"], record.report["households_doubtful"]) == (1, 1, 0)


def test_a_pair_is_decided_once(gol: Municipality) -> None:
    home(gol), home(gol, "Kati Moen")
    pairs.find_doubles(on=TODAY)
    pair = Pair.objects.get()
    slow = Pair.objects.get()
    deciding.are_two(pair, by=UserFactory(), on=TODAY)
    with pytest.raises(deciding.AlreadyDecided):
        deciding.are_one(slow, keep=slow.household, by=UserFactory(), on=TODAY)
    assert Household.objects.count() == 2
    Household.objects.update(compared_on=None)
    assert pairs.find_doubles(on=TODAY) == 0, "what was decided is not asked again"


# --- A misspelt list ---


class TestMisspeltLists(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.data())
    def test_a_permuted_misspelt_list_finds_the_same_households(self, data: st.DataObject) -> None:
        """Each row finds its own household: beyond doubt, or beside it in the queue. None is taken for a new one."""
        gol = PostcodeFactory().municipality
        names = data.draw(st.lists(st.tuples(FIRST, LAST), min_size=2, max_size=6, unique=True))
        moved = []
        for number, (first, last) in enumerate(names):
            known = home(
                gol, f"{first} {last}", 1960 + 7 * number, street=f"Gate{'abcdef'[number] * 3}vegen {number + 1}"
            )
            typed = data.draw(misspelt(first, last))
            moved.append((known.pk, as_typed(typed, 1960 + 7 * number, known)))
        shuffled = data.draw(st.permutations(moved))
        verdicts = Comparison(gol, TODAY).compare([row for _pk, row in shuffled])
        for (pk, typed_row), verdict in zip(shuffled, verdicts, strict=True):
            found = [h.household.pk for h, _why in verdict.doubts] + (
                [verdict.home.household.pk] if verdict.home else []
            )
            assert verdict.kind != RowKind.NEW, typed_row
            assert pk in found, typed_row

    @settings(max_examples=25, deadline=None)
    @given(st.data())
    def test_two_that_differ_are_never_made_one(self, data: st.DataObject) -> None:
        """Whatever a list says, what is taken in without a person agrees in address, name and birth year."""
        gol = PostcodeFactory().municipality
        for number in range(4):
            home(gol, f"{data.draw(FIRST)} {data.draw(LAST)}", data.draw(st.none() | st.integers(1985, 1988)),
                 street=f"Storgata {number % 2 + 1}")  # fmt: skip
        before = {
            h.pk: (h.address_key, {(p.name_key, p.birth_year) for p in h.persons.all()})
            for h in Household.objects.all()
        }
        lines = [
            row(name=f"{data.draw(FIRST)} {data.draw(LAST)}", birth_year=str(data.draw(st.integers(1985, 1988))),
                address=f"Storgata {data.draw(st.integers(1, 2))}", household=str(number))
            for number in range(6)
        ]  # fmt: skip
        record = read(gol, *lines)
        imports.choose(record)
        imports.run_import(record)
        assert {known.pk: said_of(known) for known in Household.objects.filter(pk__in=before)} == before


def said_of(known: Household) -> tuple[str, set[tuple[str, int | None]]]:
    return known.address_key, {(person.name_key, person.birth_year) for person in known.persons.all()}


def as_typed(name: str, year: int, known: Household) -> MovedHousehold:
    return MovedHousehold(
        address=known.street.replace("vegen", "veien"), care_of="", postcode=known.postcode, city=known.city,
        moved_in_on=known.moved_in_on or TODAY, language="", adults=(MovedAdult(name, year, 2),), child_birth_years=(),
        lines=(2,),
    )  # fmt: skip
