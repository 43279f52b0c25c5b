from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newcomers.enums import HouseholdState, Source
from newcomers.models import Household, MoverImport, MoverRow, Pair, Person
from newcomers.movers import imports
from newcomers.movers.enums import ImportState, LegalBasis, MoverPurpose, MoverSource, PairReason
from newcomers.movers.file import parse_movers
from newcomers.services import restrict
from portal.municipalities.models import Municipality
from tests.conftest import two_writers
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, PostcodeFactory, UserFactory
from tests.newcomers.movers import HEADER, IDENTITY_NUMBER, movers_csv, row

pytestmark = pytest.mark.django_db

Import = Callable[..., dict[str, Any]]


@pytest.fixture
def gol() -> Municipality:
    hemsedal = MunicipalityFactory(hemsedal=True)
    PostcodeFactory(code="3560", city="Hemsedal", municipality=hemsedal)
    return PostcodeFactory().municipality


@pytest.fixture
def importmovers(gol: Municipality, tmp_path: Path) -> Import:
    def run(content: bytes | Path, *flags: str) -> dict[str, Any]:
        path = content if isinstance(content, Path) else tmp_path / "movers.csv"
        if isinstance(content, bytes):
            path.write_bytes(content)
        out = io.StringIO()
        call_command(
            "importmovers", str(path), "--municipality=3324", "--basis=Welcoming newcomers", "--date=2026-11-22",
            "--json", *flags, stdout=out,
        )  # fmt: skip
        return json.loads(out.getvalue())

    return run


FAMILY = (
    row(name="Łucja Ås", household="7", language="polsk"),
    row(name="Ola Ås", birth_year="1988", household="7", moved_on="30.10.2026"),
    row(name="Lise Ås", birth_year="2020", household="7"),
    row(name="", birth_year="2020", household="7"),
)


def numbers(report: dict[str, Any]) -> tuple[int, int, int]:
    return report["households_created"], report["households_matched"], report["persons_created"]


class TestTaking:
    def test_the_report(self, importmovers: Import) -> None:
        report = importmovers(
            movers_csv(
                *FAMILY,
                row(address="Storgata 2", postcode="9999"),
                row(address="Storgata 3", protection="fortrolig"),
                row(name=f"Ada {IDENTITY_NUMBER}", address="Storgata 4"),
                header=HEADER,
            )
        )
        (refused,) = report.pop("refused")
        assert report == {
            "rows": 7,
            "households_created": 2,
            "households_matched": 0,
            "households_doubtful": 0,
            "persons_created": 5,
            "protected_dropped": 1,
            "erased_dropped": 0,
            "identity_numbers_dropped": 1,
            "ignored_columns": [],
            "unknown_protection": 0,
            "unknown_words": [],
            "households_protected": 0,
        }
        assert (refused["line"], refused["field"]) == (6, "postcode")
        assert "9999" in refused["reason"]

    def test_what_is_kept(self, importmovers: Import, gol: Municipality) -> None:
        importmovers(movers_csv(row(name="Kari Moen", address="c/o Li, Storgata 1", household="7"), *FAMILY))
        household = Household.objects.get()
        assert household.municipality == gol
        assert (household.care_of, household.street) == ("Li", "Storgata 1")
        assert (household.postcode, household.city) == ("3550", "Gol")
        assert (household.state, household.source) == (HouseholdState.MOVED_IN, Source.REGISTER)
        assert household.moved_in_on == date(2026, 10, 30)
        assert [adult.name for adult in household.adults] == ["Kari Moen", "Łucja Ås", "Ola Ås"]
        assert household.child_birth_years == [2020, 2020]
        assert not Person.objects.filter(name__contains="Lise").exists()

    @pytest.mark.parametrize(
        ("wish", "kept"), [("nynorsk", "nn"), ("polsk", "pl"), ("so", "so"), ("", "nb"), ("tigrinja", "en")]
    )
    def test_languages_never_refuse(self, importmovers: Import, wish: str, kept: str) -> None:
        importmovers(movers_csv(row(language=wish)))
        assert Household.objects.get().language == kept

    def test_keys_are_those_of_rows_saved_one_by_one(self, importmovers: Import) -> None:
        importmovers(movers_csv(row(name="Łucja  Ås", address="STORGATA 12 B, h0201")))
        person = Person.objects.select_related("household").get()
        written = (person.name_key, person.household.address_key)
        person.save()
        person.household.save()
        assert (person.name_key, person.household.address_key) == written

    def test_who_took_what_on_which_basis_is_kept_and_the_list_is_not(self, importmovers: Import) -> None:
        report = importmovers(movers_csv(*FAMILY))
        record = MoverImport.objects.get()
        assert (record.basis, record.on, record.state) == ("Welcoming newcomers", date(2026, 11, 22), ImportState.DONE)
        assert (record.source, record.purpose, record.legal_basis) == ("register", "welcome", "public_task")
        assert (record.total, record.done, record.report) == (1, 1, report)
        assert not MoverRow.objects.exists()

    def test_source_purpose_and_basis_may_be_others(self, importmovers: Import) -> None:
        importmovers(movers_csv(row()), "--source=own", "--purpose=invite", "--legal-basis=consent")
        record = MoverImport.objects.get()
        assert (record.source, record.purpose, record.legal_basis) == (
            MoverSource.OWN_SYSTEM, MoverPurpose.INVITE, LegalBasis.CONSENT,
        )  # fmt: skip

    def test_as_text(self, gol: Municipality, tmp_path: Path) -> None:
        path = tmp_path / "movers.csv"
        path.write_bytes(movers_csv(row(), row(address="Storgata 2", postcode="9999")))
        out = io.StringIO()
        call_command("importmovers", str(path), "--municipality=3324", "--basis=x", "--date=2026-11-22", stdout=out)
        assert "households_created: 1" in out.getvalue()
        assert "line: 3, field: postcode" in out.getvalue()


class TestAgain:
    def test_the_same_file_twice_adds_nothing(self, importmovers: Import) -> None:
        content = movers_csv(*FAMILY, row(address="Storgata 2"), row(address="Storgata 2", moved_on="01.05.2026"))
        assert numbers(importmovers(content)) == (2, 1, 5)
        assert numbers(importmovers(content)) == (0, 3, 0)
        assert Household.objects.count() == 2

    def test_matched_without_case_and_spacing(self, importmovers: Import) -> None:
        importmovers(movers_csv(row(name="Kari Moen", address="Storgata 1 B")))
        assert numbers(importmovers(movers_csv(row(name="KARI  MOEN", address="storgata 1b")))) == (0, 1, 0)

    def test_who_is_missing_is_added(self, importmovers: Import) -> None:
        importmovers(movers_csv(FAMILY[0], FAMILY[2]))
        newer = row(name="", birth_year="2026", household="7")
        assert numbers(importmovers(movers_csv(*FAMILY, newer))) == (0, 1, 2)
        household = Household.objects.get()
        assert [(adult.name, adult.position) for adult in household.adults] == [("Łucja Ås", 0), ("Ola Ås", 1)]
        assert household.child_birth_years == [2020, 2026]
        assert numbers(importmovers(movers_csv(*FAMILY, newer))) == (0, 1, 0)

    @pytest.mark.parametrize(
        "cells",
        [
            {"name": "Ola Li"},
            {"birth_year": "1971", "moved_on": "01.06.2026"},
            {"birth_year": "1971", "address": "Fjellvegen 3"},
            {"name": "Kari Li", "address": "Fjellvegen 3"},
        ],
    )
    def test_somebody_else_is_another_household(self, importmovers: Import, cells: dict[str, str]) -> None:
        importmovers(movers_csv(row()))
        assert numbers(importmovers(movers_csv(row(**cells)))) == (1, 0, 1)

    @pytest.mark.parametrize(
        "cells", [{"name": "Kari Li"}, {"birth_year": "1991"}, {"birth_year": "1971"}, {"address": "Storgata 1 H0202"}]
    )
    def test_who_is_like_somebody_here_waits_for_a_person(self, importmovers: Import, cells: dict[str, str]) -> None:
        importmovers(movers_csv(row()))
        report = importmovers(movers_csv(row(**cells)))
        assert (*numbers(report), report["households_doubtful"]) == (0, 0, 0, 1)
        pair = Pair.objects.get()
        assert (pair.household, pair.row) == (Household.objects.get(), MoverRow.objects.get())

    def test_who_registered_themselves_is_not_doubled(self, importmovers: Import, gol: Municipality) -> None:
        home = HouseholdFactory(municipality=gol, street="Storgata 1", adults=0, language="pl", wishes="A choir")
        PersonFactory(household=home, name="Kari Moen", birth_year=1990)
        assert numbers(importmovers(movers_csv(row(), row(name="Ola Li")))) == (0, 1, 1)
        home.refresh_from_db()
        assert (home.language, home.wishes, home.source) == ("pl", "A choir", Source.SELF)

    def test_a_birth_year_nobody_noted_does_not_double_a_person(self, importmovers: Import, gol: Municipality) -> None:
        """Nor does it make one of two: a mother and a daughter may have one name. A person looks."""
        home = HouseholdFactory(municipality=gol, street="Storgata 1", adults=0)
        PersonFactory(household=home, name="Kari Moen", birth_year=None)
        report = importmovers(movers_csv(row()))
        assert (*numbers(report), report["households_doubtful"]) == (0, 0, 0, 1)
        PersonFactory(household=home, name="Ola Li", birth_year=1988)
        together = movers_csv(row(household="7"), row(name="Ola Li", birth_year="1988", household="7"))
        assert numbers(importmovers(together)) == (0, 1, 0)

    def test_beside_who_is_protected_nothing_is_added_whatever_the_year(
        self, importmovers: Import, gol: Municipality
    ) -> None:
        home = HouseholdFactory(municipality=gol, adults__name="Kari Moen", adults__birth_year=None)
        restrict(home, by=None)
        assert numbers(importmovers(movers_csv(row()))) == (0, 1, 0)
        assert Household.objects.get() == home

    def test_a_household_of_another_town_is_not_meant(self, importmovers: Import) -> None:
        elsewhere = HouseholdFactory(
            municipality__hemsedal=True, municipality__gol=False, street="Storgata 1", adults=0
        )
        PersonFactory(household=elsewhere, name="Kari Moen", birth_year=1990)
        assert numbers(importmovers(movers_csv(row()))) == (1, 0, 1)

    def test_a_protected_household_is_left_as_it_is(self, importmovers: Import) -> None:
        importmovers(movers_csv(row()))
        restrict(Household.objects.get(), by=None)
        again = movers_csv(row(), row(name="", birth_year="2020"), row(name="Ola Li"))
        assert numbers(importmovers(again)) == (0, 1, 0)
        home = Household.objects.get()
        assert (home.restricted, home.street, home.persons.count()) == (True, "", 1)

    def test_one_that_moved_away_and_came_back_is_for_a_person_to_see(self, importmovers: Import) -> None:
        importmovers(movers_csv(row()))
        Household.objects.update(state=HouseholdState.MOVED_AWAY)
        report = importmovers(movers_csv(row(), row(name="Ola Li")))
        assert (*numbers(report), report["households_doubtful"]) == (0, 0, 0, 1)
        assert PairReason.MOVED_AWAY in Pair.objects.get().reasons
        assert Household.objects.get().state == HouseholdState.MOVED_AWAY

    def test_who_lives_here_goes_before_who_moved_away(self, importmovers: Import, gol: Municipality) -> None:
        for state in (HouseholdState.MOVED_AWAY, HouseholdState.MOVED_IN):
            home = HouseholdFactory(municipality=gol, street="Storgata 1", adults=0, state=state)
            PersonFactory(household=home, name="Kari Moen", birth_year=1990)
        assert numbers(importmovers(movers_csv(row(), row(name="Ola Li")))) == (0, 1, 1)
        assert home.persons.count() == 2


class TestDryRun:
    def test_says_what_would_happen_and_changes_nothing(self, importmovers: Import) -> None:
        content = movers_csv(*FAMILY, row(address="Storgata 2"), row(address="Storgata 2", moved_on="01.05.2026"))
        with CaptureQueriesContext(connection) as queries:
            foreseen = importmovers(content, "--dry-run")
        assert not re.search("INSERT|UPDATE|DELETE", str(queries.captured_queries))
        assert not Household.objects.exists()
        assert not MoverImport.objects.exists()
        assert importmovers(content) == foreseen

    def test_foresees_matches_across_chunks(self, importmovers: Import, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(imports, "CHUNK", 1)
        content = movers_csv(row(), row(moved_on="01.05.2026"), row(name="Ola Li", address="Storgata 2"))
        foreseen = importmovers(content, "--dry-run")
        assert numbers(foreseen) == (2, 1, 2)
        assert importmovers(content) == foreseen


class TestAllOrNothing:
    def test_none_if_one_is_refused(self, importmovers: Import) -> None:
        content = movers_csv(row(), row(address="Storgata 2", postcode="9999"))
        report = importmovers(content, "--all-or-nothing")
        assert numbers(report) == (0, 0, 0)
        assert len(report["refused"]) == 1
        assert not Household.objects.exists()
        assert numbers(importmovers(content, "--all-or-nothing", "--dry-run")) == (0, 0, 0)

    def test_all_if_none_is_refused(self, importmovers: Import) -> None:
        content = movers_csv(row(), row(address="Storgata 2", protection="6"))
        assert numbers(importmovers(content, "--all-or-nothing")) == (1, 0, 1)

    def test_a_run_that_dies_half_way_leaves_nothing(
        self, importmovers: Import, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        die_in_second_chunk(monkeypatch)
        content = movers_csv(*(row(address=f"Storgata {number}") for number in range(5)))
        with pytest.raises(Died):
            importmovers(content, "--all-or-nothing")
        assert not Household.objects.exists()


def started(gol: Municipality, *rows: str) -> MoverImport:
    day = date(2026, 11, 22)
    movers = parse_movers(movers_csv(*rows), municipality_code="3324", postcodes=imports.postcode_places(), on=day)
    return imports.start_import(movers=movers, municipality=gol, why=imports.Why("x"), by=None, on=day)


class Died(Exception):
    pass


def die_in_second_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    save = imports.save_taken

    def save_once(judged: Any, **rest: Any) -> None:
        done = Household.objects.exists()
        save(judged, **rest)
        if done:
            raise Died

    monkeypatch.setattr(imports, "save_taken", save_once)


class TestDying:
    content = movers_csv(*(row(name=f"Kari {number}", address=f"Storgata {number}") for number in range(5)))

    def die(self, importmovers: Import) -> MoverImport:
        with pytest.MonkeyPatch.context() as monkeypatch:
            die_in_second_chunk(monkeypatch)
            with pytest.raises(Died):
                importmovers(self.content)
        return MoverImport.objects.get()

    def test_the_next_run_takes_the_rest(self, importmovers: Import) -> None:
        self.die(importmovers)
        assert Household.objects.count() == Person.objects.count() == 2
        assert numbers(importmovers(self.content)) == (3, 2, 3)

    def test_or_the_same_import_is_carried_on(self, importmovers: Import) -> None:
        record = self.die(importmovers)
        assert (record.state, record.done, record.rows.count()) == (ImportState.TAKING, 2, 3)
        assert imports.run_import(record).as_dict() == record.report
        assert imports.run_import(MoverImport.objects.get()).households_created == 5
        assert Household.objects.count() == 5
        assert not MoverRow.objects.exists()

    def test_one_that_died_while_comparing_is_carried_on(
        self, importmovers: Import, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(*_args: Any) -> None:
            raise Died

        monkeypatch.setattr(imports, "CHUNK", 2)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(imports, "_settle", die)
            with pytest.raises(Died):
                importmovers(self.content)
        record = MoverImport.objects.unfinished().get()
        imports.run_import(record)
        assert (record.state, record.compared, Household.objects.count()) == (ImportState.READY, 5, 0)

    def test_two_workers_take_each_household_once(self, importmovers: Import, monkeypatch: pytest.MonkeyPatch) -> None:
        """The slow one has read its rows already when the quick one takes them."""
        slow = self.die(importmovers)
        monkeypatch.setattr(imports, "CHUNK", 2)
        take = imports._take

        def quicker_first(record: MoverImport, rows: Any, verdicts: Any) -> None:
            monkeypatch.setattr(imports, "_take", take)
            assert imports._take_next(MoverImport.objects.get())
            take(record, rows, verdicts)

        monkeypatch.setattr(imports, "_take", quicker_first)
        assert imports.run_import(slow).households_created == 5
        assert Household.objects.count() == Person.objects.count() == 5

    def test_a_late_worker_takes_no_decision_back(self, importmovers: Import, gol: Municipality) -> None:
        """It began to compare; another one finished, and somebody has chosen what is to be taken in."""
        late = started(gol, row(), row(address="Storgata 2", name="Ola Li"))
        MoverImport.objects.update(state=ImportState.RUNNING)
        late.state = ImportState.RUNNING
        other = MoverImport.objects.get()
        imports.run_import(other)
        imports.choose(other)
        imports.run_import(late)
        assert MoverImport.objects.get().state == ImportState.TAKING
        assert imports.run_import(MoverImport.objects.get()).households_created == 2

    def test_two_workers_compare_and_count_each_household_once(
        self, gol: Municipality, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = HouseholdFactory(municipality=gol, street="Storgata 1", adults__name="Kari Moen")
        restrict(home, by=None)
        slow = started(gol, row(), row(address="Storgata 2", name="Ola Li"))
        write = imports._write_down

        def quicker_first(*told: Any) -> None:
            monkeypatch.setattr(imports, "_write_down", write)
            imports.run_import(MoverImport.objects.get())
            write(*told)

        monkeypatch.setattr(imports, "_write_down", quicker_first)
        imports.run_import(slow)
        record = MoverImport.objects.get()
        assert (record.compared, record.done, record.report["households_matched"]) == (2, 1, 1)
        assert (record.state, record.rows.count()) == (ImportState.READY, 1)

    @two_writers
    def test_whoever_registers_does_not_wait_for_a_list(self, importmovers: Import) -> None:
        """A new row asks for its municipality's number, and FOR UPDATE alone would hold that back."""
        with CaptureQueriesContext(connection) as queries:
            importmovers(movers_csv(row()))
        locks = [q["sql"] for q in queries.captured_queries if "FOR " in q["sql"] and "municipalities_" in q["sql"]]
        assert locks
        assert all("FOR NO KEY UPDATE" in lock for lock in locks)


class TestPrivacy:
    def test_what_is_protected_is_in_no_query(self, importmovers: Import) -> None:
        content = movers_csv(
            row(name="Hemmelig Moen", address="Skjulvegen 1", protection="strengt fortrolig", household="7"),
            row(name="Skjult Moen", address="Skjulvegen 2", household="7"),
            row(name="Gjemt Moen", address="Skjulvegen 1", postcode="9999"),
            row(name="Kari Moen", address="Storgata 1"),
        )
        with CaptureQueriesContext(connection) as queries:
            report = importmovers(content)
        seen = str(queries.captured_queries) + str(report)
        assert report["protected_dropped"] == 2
        assert "Storgata 1" in seen
        assert not re.search("hemmelig|skjul|gjemt", seen, re.IGNORECASE)

    @pytest.mark.parametrize("field", ["name", "address", "household", "language", "city"])
    def test_identity_numbers_are_in_no_query(self, importmovers: Import, field: str) -> None:
        spaced = f"{IDENTITY_NUMBER[:6]} {IDENTITY_NUMBER[6:]}"
        content = movers_csv(
            row(**{field: f"Storgata 1 {IDENTITY_NUMBER}"}), row(**{field: f"Storgata 2 {spaced}"}, postcode="9999")
        )
        with CaptureQueriesContext(connection) as queries:
            report = importmovers(content)
        assert report["identity_numbers_dropped"] == 2
        assert report["refused"]
        seen = str(queries.captured_queries) + str(report)
        assert IDENTITY_NUMBER not in seen
        assert IDENTITY_NUMBER[6:] not in seen

    def test_names_of_children_and_refused_rows_are_in_no_query(self, importmovers: Import) -> None:
        with CaptureQueriesContext(connection) as queries:
            importmovers(movers_csv(*FAMILY, row(name="Avvist", address="Avvistvegen 1", postcode="9999")))
        assert not re.search("Lise|Avvist", str(queries.captured_queries))


class TestFiles:
    def fails(self, importmovers: Import, content: bytes | Path, *flags: str) -> None:
        with pytest.raises(SystemExit) as ended:
            importmovers(content, *flags)
        assert ended.value.code not in {0, None}
        assert not Household.objects.exists()
        assert not MoverImport.objects.exists()

    @pytest.mark.parametrize(
        "content",
        [b"", movers_csv(), b"PK\x03\x04\x00\x00", b"navn;adresse\n", movers_csv("x", header=HEADER[:-16])],
    )
    def test_those_that_cannot_be_taken_fail(self, importmovers: Import, content: bytes) -> None:
        self.fails(importmovers, content)

    def test_200_mb(self, importmovers: Import, tmp_path: Path) -> None:
        large = tmp_path / "large.csv"
        with large.open("wb") as file:
            file.truncate(200_000_000)
        self.fails(importmovers, large)

    def test_one_that_is_not_there(self, importmovers: Import, tmp_path: Path) -> None:
        self.fails(importmovers, tmp_path / "nowhere.csv")
        self.fails(importmovers, tmp_path)

    def test_errors_are_json_on_stdout_or_a_command_error(self, gol: Municipality, tmp_path: Path) -> None:
        path = tmp_path / "large.csv"
        with path.open("wb") as file:
            file.truncate(200_000_000)
        arguments = ["importmovers", str(path), "--municipality=3324", "--basis=x"]
        with pytest.raises(CommandError, match="200 MB"):
            call_command(*arguments)
        out = io.StringIO()
        with pytest.raises(SystemExit):
            call_command(*arguments, "--json", stdout=out)
        assert "200 MB" in json.loads(out.getvalue())["error"]

    def test_windows_1252_and_no_protection_column(self, importmovers: Import) -> None:
        text = "Navn;Adresse;Postnummer;Flyttedato;Fødselsår\r\nBjørg Ås;Ås 1;3550;1.11.2026;1990\r\n"
        report = importmovers(text.encode("cp1252"), "--no-protection-column")
        assert numbers(report) == (1, 0, 1)
        assert Person.objects.get().name == "Bjørg Ås"

    @pytest.mark.parametrize(
        "wrong", ["--municipality=9999", "--basis= ", f"--basis={'x' * 301}", "--basis=01010750160"]
    )
    def test_options_that_make_no_sense(self, importmovers: Import, wrong: str) -> None:
        self.fails(importmovers, movers_csv(row()), wrong)


class TestManyRows:
    def queries(self, importmovers: Import, count: int) -> int:
        content = movers_csv(*(row(name=f"Kari {n}", address=f"Storgata {n}") for n in range(count)))
        with CaptureQueriesContext(connection) as queries:
            importmovers(content)
        Household.objects.all().delete()
        return len(queries)

    def test_queries_do_not_grow_with_the_households(
        self, importmovers: Import, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "CHUNK", 1000)
        # SQLite takes about 50 rows in one INSERT.
        assert self.queries(importmovers, 1000) <= self.queries(importmovers, 10) + 2 * 1000 / 40

    def test_matching_reads_a_fixed_number_of_times(self, importmovers: Import) -> None:
        content = movers_csv(*(row(name=f"Kari {n}", address=f"Storgata {n}") for n in range(400)))
        importmovers(content)
        with CaptureQueriesContext(connection) as many:
            importmovers(content)
        with CaptureQueriesContext(connection) as few:
            importmovers(movers_csv(row(name="Kari 1", address="Storgata 1")))
        # Rows are written, read back and deleted some dozens at a time on SQLite.
        assert len(many) <= len(few) + 400 / 25


def test_one_who_takes_a_list_in_the_office_is_named(gol: Municipality) -> None:
    officer = UserFactory()
    movers = parse_movers(
        movers_csv(row()), municipality_code="3324", postcodes=imports.postcode_places(), on=date(2026, 11, 22)
    )
    why = imports.Why("x")
    record = imports.start_import(movers=movers, municipality=gol, why=why, by=officer, on=date(2026, 11, 22))
    assert (record.by, record.state, record.total) == (officer, ImportState.WAITING, 1)
    assert not Household.objects.exists()


def test_nobody_in_the_example_of_the_demonstration_is_doubtful(gol: Municipality, importmovers: Import) -> None:
    report = importmovers(Path("portal/demo/content/movers_example.csv"))
    assert (numbers(report), report["households_doubtful"]) == ((6, 0, 13), 0)
    assert importmovers(Path("portal/demo/content/movers_example.csv"))["households_matched"] == 6
