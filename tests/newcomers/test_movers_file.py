from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from newcomers.matching import address_key, name_key
from newcomers.movers import table
from newcomers.movers.file import (
    MovedAdult,
    MovedHousehold,
    MoversFile,
    MoversFileError,
    PostcodePlace,
    RefusedRow,
    parse_movers,
)
from portal import identity_numbers
from tests.conftest import TODAY
from tests.newcomers.movers import HEADER, IDENTITY_NUMBER, movers_csv, row

PLACES = {
    "3550": PostcodePlace("Gol", "3324", "Gol"),
    "3551": PostcodePlace("Gol", "3324", "Gol"),
    "3560": PostcodePlace("Hemsedal", "3326", "Hemsedal"),
    "0161": PostcodePlace("Oslo", "0301", "Oslo"),
}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def parse(content: bytes, *, no_protection_column: bool = False) -> MoversFile:
    return parse_movers(
        content, municipality_code="3324", postcodes=PLACES, on=TODAY, no_protection_column=no_protection_column
    )


def parse_rows(*rows: str) -> MoversFile:
    return parse(movers_csv(*rows))


def names(movers: MoversFile) -> list[list[str]]:
    return [[adult.name for adult in household.adults] for household in movers.households]


def refused_fields(movers: MoversFile) -> list[tuple[int, str]]:
    return [(refused.line, refused.field) for refused in movers.refused]


class TestFiles:
    def test_a_household(self) -> None:
        movers = parse_rows(
            row(name="Kari Moen", language="Polsk", household="7"),
            row(name="Ola Li", birth_year="1988", moved_on="2026-10-30", household="7"),
            row(name="Lise Moen", birth_year="2020", household="7"),
            row(name="", birth_year="2020", household="7"),
        )
        assert movers == MoversFile(
            rows=4,
            households=(
                MovedHousehold(
                    address="Storgata 1",
                    care_of="",
                    postcode="3550",
                    city="Gol",
                    moved_in_on=date(2026, 10, 30),
                    language="pl",
                    adults=(MovedAdult("Kari Moen", 1990, 2), MovedAdult("Ola Li", 1988, 3)),
                    child_birth_years=(2020, 2020),
                    lines=(2, 3, 4, 5),
                ),
            ),
            refused=(),
            protected_dropped=0,
            identity_numbers_dropped=0,
            ignored_columns=(),
        )

    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    @pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
    def test_as_spreadsheets_save_them(self, delimiter: str, encoding: str, line_end: str) -> None:
        text = line_end.join([HEADER, row(name="Bjørg Ås Šimo", address="Øvre Åsgata 1")]).replace(";", delimiter)
        (household,) = parse(text.encode(encoding)).households
        assert (household.adults[0].name, household.address) == ("Bjørg Ås Šimo", "Øvre Åsgata 1")

    def test_sami_letters(self) -> None:
        assert names(parse_rows(row(name="Áŋŋá Čáhppe Đŧž"))) == [["Áŋŋá Čáhppe Đŧž"]]

    @pytest.mark.parametrize(
        "header",
        [
            "name;address;postcode;city;moved_on;birth_year;household;language;protection",
            " Navn ;ADRESSE;PostNummer;poststed;Flyttedato;FØDSELSÅR;Husstand;Språk;Gradering",
            "namn;adresse;postnr;poststad;moved on;Birth Year;hushald;språk;DISKRESJONSKODE",
            '"navn";"adresse";"postnummer";"poststed";"flyttedato";"fødselsår";"husstand";"språk";"adressegradering"',
        ],
    )
    def test_header_names(self, header: str) -> None:
        assert names(parse(movers_csv(row(), header=header))) == [["Kari Moen"]]

    def test_columns_in_any_order_and_unknown_ones_named(self) -> None:
        header = "Telefon;protection;birth_year;moved_on;postcode;address;;name;Fritt felt"
        movers = parse(movers_csv("00 00 00 01;;1990;2026-11-02;3550;Storgata 1;;Kari Moen;x", header=header))
        assert names(movers) == [["Kari Moen"]]
        assert movers.ignored_columns == ("Telefon", "Fritt felt")

    def test_lines_are_those_where_a_row_starts(self) -> None:
        text = [HEADER, "", row(address='"Storgata 1\nH0201"'), ";;;;;;;;", row(postcode="9999"), "  "]
        movers = parse("\n".join(text).encode())
        assert movers.rows == 2
        assert movers.households[0].lines == (3,)
        assert movers.households[0].address == "Storgata 1, H0201"
        assert refused_fields(movers) == [(6, "postcode")]

    def test_excel_naming_its_delimiter(self) -> None:
        movers = parse(b"sep=;\r\n" + movers_csv(row(), row(name="", address="Storgata 2")))
        assert names(movers) == [["Kari Moen"]]
        assert refused_fields(movers) == [(4, "name")]

    def test_cells_missing_at_the_end_are_empty(self) -> None:
        assert names(parse_rows("Kari Moen;Storgata 1;3550;Gol;02.11.2026;1990")) == [["Kari Moen"]]

    def test_empty_cells_too_many_do_no_harm(self) -> None:
        assert names(parse_rows(row() + ";; ")) == [["Kari Moen"]]

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "empty"),
            (b"\xef\xbb\xbf\r\n \r\n", "empty"),
            (movers_csv(), "no rows"),
            (b"PK\x03\x04" + b"x" * 100, "CSV"),
            (b"%PDF-1.7\n1 0 obj", "CSV"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "CSV"),
            (movers_csv(row()) + b"\x00", "CSV"),
            (bytes(range(1, 256)), "CSV"),
            (b"\xff\xfea", "CSV"),
            (b"\xef\xbb\xbf" + movers_csv(row()) + b"\xff", "CSV"),
            (b"Kari Moen;Storgata 1;3550;Gol", "navn/name, adresse/address"),
            (movers_csv("Kari;3550", header="navn;postnummer;gradering"), "adresse/address, flyttedato/moved_on"),
            (movers_csv(row(), header=HEADER.replace("poststed", "name")), "navn/name"),
            (movers_csv("x;" * 7 + "x", header=HEADER.rpartition(";")[0]), "adressesperre/protection"),
            (movers_csv(row(), row(name='"Kari')), "Line 3"),
            (movers_csv(row(name="x" * 200_000)), "Line 2"),
        ],
    )
    def test_files_that_cannot_be_taken(self, content: bytes, says: str) -> None:
        with pytest.raises(MoversFileError, match=says) as error:
            parse(content)
        assert "Kari" not in str(error.value)

    def test_too_large(self) -> None:
        with pytest.raises(MoversFileError, match="11 MB.*10 MB"):
            parse(b"x" * (table.MAX_BYTES + 1))

    def test_too_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("newcomers.movers.file.MAX_ROWS", 2)
        assert parse_rows(row(), row()).rows == 2
        with pytest.raises(MoversFileError, match="more than 2 rows"):
            parse_rows(row(), row(), row())

    def test_no_protection_column_when_told_so(self) -> None:
        content = movers_csv(row().removesuffix(";"), header=HEADER.rpartition(";")[0])
        assert names(parse(content, no_protection_column=True)) == [["Kari Moen"]]

    def test_a_protection_column_counts_whatever_was_told(self) -> None:
        assert parse(movers_csv(row(protection="6")), no_protection_column=True).households == ()


class TestRows:
    @pytest.mark.parametrize(
        ("cells", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"name": "c/o Ola Li"}, "name"),
            ({"address": " "}, "address"),
            ({"address": "x" * 201}, "address"),
            ({"postcode": ""}, "postcode"),
            ({"postcode": "Gol"}, "postcode"),
            ({"postcode": "35500"}, "postcode"),
            ({"postcode": "9999"}, "postcode"),
            ({"postcode": "3560"}, "postcode"),
            ({"moved_on": ""}, "moved_on"),
            ({"moved_on": "i går"}, "moved_on"),
            ({"moved_on": "31.11.2026"}, "moved_on"),
            ({"moved_on": "11/02/2026"}, "moved_on"),
            ({"moved_on": "46348"}, "moved_on"),
            ({"moved_on": "23.11.2026"}, "moved_on"),
            ({"birth_year": ""}, "birth_year"),
            ({"birth_year": "90"}, "birth_year"),
            ({"birth_year": "1899"}, "birth_year"),
            ({"birth_year": "2027"}, "birth_year"),
            ({"birth_year": "2010"}, "household"),
        ],
    )
    def test_refused(self, cells: dict[str, str], field: str) -> None:
        movers = parse_rows(row(**cells))
        assert refused_fields(movers) == [(2, field)]
        assert movers.households == ()

    @pytest.mark.parametrize(
        "written", ["02.11.2026", "2.11.2026", "2026-11-02", "2026-11-02 00:00:00", " 02.11.2026 "]
    )
    def test_dates(self, written: str) -> None:
        assert parse_rows(row(moved_on=written)).households[0].moved_in_on == date(2026, 11, 2)

    def test_moved_in_today(self) -> None:
        assert parse_rows(row(moved_on="22.11.2026")).households[0].moved_in_on == TODAY

    def test_reasons_name_what_is_wrong(self) -> None:
        movers = parse_rows(
            row(postcode="3560", household="a"),
            row(postcode="161", household="b"),
            row(postcode="9999", household="c"),
            row(moved_on="31.11.2026", household="d"),
            row(moved_on="2026-11-23", household="e"),
            row(birth_year="2027", household="f"),
        )
        for refused, words in zip(
            movers.refused,
            ["3560 belongs to Hemsedal", "0161 belongs to Oslo", "9999", "31.11.2026", "23.11.2026", "2027"],
            strict=True,
        ):
            assert words in refused.reason

    def test_reasons_repeat_nothing_of_a_person(self) -> None:
        secret = "Hemmelig"
        movers = parse_rows(
            row(name="", address=secret, postcode=secret, household="a"),
            row(moved_on=secret, household="b"),
            row(birth_year=secret, household="c"),
            row(birth_year="12345678901", household="d"),
            row(name=secret, birth_year="2020", household=secret),
            row(name=secret, address="Storgata 3"),
            row(name=secret, address="Storgata 3"),
            row(name=secret, address="x" * 201),
            row(name=secret) + f";{secret}",
        )
        assert len(movers.refused) == 8
        assert secret not in str(movers.refused)
        assert "12345678901" not in str(movers.refused)

    def test_more_cells_than_the_header(self) -> None:
        movers = parse_rows(row(address="Storgata 1; Gol", household="7"), row(name="Ola Li", household="7"))
        assert refused_fields(movers) == [(2, "row"), (3, "household")]

    def test_a_row_that_lost_its_columns_still_refuses_its_household(self) -> None:
        movers = parse_rows(row(address="Storgata 1; H0201"), row(name="Ola", address='"Storgata 1; H0201"'))
        assert refused_fields(movers) == [(2, "row"), (3, "household")]

    @pytest.mark.parametrize(
        ("name", "address", "expected"),
        [
            ("Kari Moen", "c/o Li, Storgata 1", ("Kari Moen", "Storgata 1", "Li")),
            ("Kari Moen", "Storgata 1, C/O Ola Li", ("Kari Moen", "Storgata 1", "Ola Li")),
            ("Kari Moen", "Storgata 1 c/o: Ola Li, H0201", ("Kari Moen", "Storgata 1, H0201", "Ola Li")),
            ("Kari Moen", '"c/o Li\nStorgata 1"', ("Kari Moen", "Storgata 1", "Li")),
            ("Kari Moen c/o Ola Li", "Storgata 1", ("Kari Moen", "Storgata 1", "Ola Li")),
            ("Kari Moen", "c/o Li Storgata 1", ("Kari Moen", "c/o Li Storgata 1", "")),
            ("Coco Moen", "Coop Storgata 1", ("Coco Moen", "Coop Storgata 1", "")),
        ],
    )
    def test_care_of(self, name: str, address: str, expected: tuple[str, str, str]) -> None:
        (household,) = parse_rows(row(name=name, address=address)).households
        assert (household.adults[0].name, household.address, household.care_of) == expected

    @pytest.mark.parametrize(
        ("word", "code"),
        [("Norsk", "nb"), ("NYNORSK", "nn"), ("uk", "uk"), ("Arabisk", "ar"), ("", ""), ("Tigrinja", "tigrinja")],
    )
    def test_languages(self, word: str, code: str) -> None:
        assert parse_rows(row(language=word)).households[0].language == code

    @pytest.mark.parametrize(("birth_year", "adults"), [("2008", 1), ("2009", 0)])
    def test_adult_from_the_year_of_turning_18(self, birth_year: str, adults: int) -> None:
        movers = parse_rows(row(name="Ola Li", household="7"), row(birth_year=birth_year, household="7"))
        assert len(movers.households[0].adults) == 1 + adults


class TestHouseholds:
    def test_without_household_values_the_address_and_14_days(self) -> None:
        movers = parse_rows(
            row(name="A", moved_on="01.10.2026"),
            row(name="B", moved_on="15.10.2026", address="STORGATA  1"),
            row(name="C", moved_on="16.10.2026"),
            row(name="D", moved_on="01.10.2026", address="Storgata 1 H0201"),
            row(name="E", moved_on="01.10.2026", postcode="3551"),
        )
        assert names(movers) == [["A", "B"], ["C"], ["D"], ["E"]]

    def test_dates_in_any_order(self) -> None:
        movers = parse_rows(
            row(name="A", moved_on="16.10.2026"),
            row(name="B", moved_on="01.10.2026"),
            row(name="C", moved_on="15.10.2026"),
        )
        assert names(movers) == [["A"], ["B", "C"]]

    def test_the_same_value_whatever_the_address(self) -> None:
        movers = parse_rows(row(name="A", household="7"), row(name="B", household="7", address="Storgata 2"))
        assert names(movers) == [["A", "B"]]
        assert movers.households[0].address == "Storgata 1"

    def test_language_and_address_of_the_first_adult(self) -> None:
        movers = parse_rows(
            row(name="", birth_year="2020", address="Storgata 2", language="engelsk", household="7"),
            row(name="A", household="7"),
            row(name="B", language="polsk", household="7"),
        )
        assert (movers.households[0].address, movers.households[0].language) == ("Storgata 1", "")

    def test_one_refused_row_refuses_the_rest(self) -> None:
        movers = parse_rows(row(name="A", household="7"), row(name="B", postcode="9999", household="7"), row(name="C"))
        assert refused_fields(movers) == [(2, "household"), (3, "postcode")]
        assert "Line 3" in movers.refused[0].reason
        assert names(movers) == [["C"]]

    @pytest.mark.parametrize("cells", [{"moved_on": "?"}, {"moved_on": "24.12.2026"}, {"postcode": ""}])
    def test_a_row_without_date_or_postcode_counts_to_every_move_there(self, cells: dict[str, str]) -> None:
        movers = parse_rows(
            row(name="A", moved_on="01.07.2026"), row(name="B", moved_on="01.10.2026"), row(name="C", **cells),
            row(name="D", address="Storgata 2"),
        )  # fmt: skip
        assert names(movers) == [["D"]]
        assert [line for line, _field in refused_fields(movers)] == [2, 3, 4]

    def test_no_adult(self) -> None:
        movers = parse_rows(row(name="", birth_year="2010"), row(name="", birth_year="2012"))
        assert refused_fields(movers) == [(2, "household"), (3, "household")]

    def test_a_repeated_row_alone_is_refused(self) -> None:
        movers = parse_rows(row(name="A"), row(name="B"), row(name=" a "))
        assert names(movers) == [["A", "B"]]
        assert refused_fields(movers) == [(4, "name")]
        assert "line 2" in movers.refused[0].reason

    def test_an_adult_stands_once_in_a_household(self) -> None:
        movers = parse_rows(row(name="A", moved_on="02.11.2026"), row(name="A", moved_on="03.11.2026"))
        assert names(movers) == [["A"]]
        assert refused_fields(movers) == [(3, "name")]

    def test_unnamed_children_of_one_year_are_twins(self) -> None:
        movers = parse_rows(row(), row(name="", birth_year="2020"), row(name="", birth_year="2020"))
        assert movers.households[0].child_birth_years == (2020, 2020)

    def test_names_of_children_are_not_kept(self) -> None:
        movers = parse_rows(row(), row(name="Lise Lillebarn", birth_year="2020"))
        assert "Lise" not in str(asdict(movers))


class TestProtection:
    @pytest.mark.parametrize("value", ["", "ugradert", " UGRADERT ", "Nei", "ingen", "0", "\u00a0"])
    def test_unprotected(self, value: str) -> None:
        assert parse_rows(row(protection=value)).protected_dropped == 0

    @pytest.mark.parametrize("value", ["6", "7", "fortrolig", "Strengt fortrolig", "ja", "x", "-", "?", "\u200b", "00"])
    def test_any_other_value_protects(self, value: str) -> None:
        movers = parse_rows(row(protection=value))
        assert (movers.protected_dropped, movers.households, movers.refused) == (1, (), ())

    def test_an_identity_number_in_the_column_protects(self) -> None:
        assert parse_rows(row(protection=IDENTITY_NUMBER)).protected_dropped == 1

    def test_any_of_several_columns_protects(self) -> None:
        header = HEADER + ";gradering"
        assert parse(movers_csv(row() + ";7", row(protection="7") + ";", header=header)).protected_dropped == 2

    def test_one_protects_the_whole_household_and_nobody_else(self) -> None:
        movers = parse_rows(
            row(name="A", household="7"),
            row(name="B", household="7", address="Storgata 2", protection="7"),
            row(name="C", household="7", postcode="9999"),
            row(name="D", household="8"),
        )
        assert (movers.protected_dropped, movers.refused, names(movers)) == (3, (), [["D"]])

    def test_without_a_household_value_everybody_at_the_address(self) -> None:
        movers = parse_rows(
            row(name="A", moved_on="01.05.2026", protection="7"),
            row(name="B", moved_on="01.11.2026"),
            row(name="C", household="8"),
            row(name="D", household="8", address="Storgata 2"),
            row(name="E", address="Storgata 3"),
        )
        assert (movers.protected_dropped, names(movers)) == (4, [["E"]])

    def test_who_names_no_household_may_belong_to_the_protected_one_there(self) -> None:
        movers = parse_rows(row(name="A", household="7", protection="7"), row(name="B"), row(name="C", household="8"))
        assert (movers.protected_dropped, names(movers)) == (2, [["C"]])

    @pytest.mark.parametrize("cells", [{"moved_on": ""}, {"postcode": ""}, {"postcode": "x", "moved_on": "x"}])
    def test_an_unreadable_row_is_protected_with_its_address(self, cells: dict[str, str]) -> None:
        assert parse_rows(row(name="A", protection="7"), row(name="B", **cells)).protected_dropped == 2
        assert parse_rows(row(name="A", protection="7", **cells), row(name="B")).protected_dropped == 2

    def test_a_repeat_of_a_protected_row(self) -> None:
        movers = parse_rows(row(household="7", protection="7"), row(household="8"), row(name="B", household="8"))
        assert (movers.protected_dropped, movers.refused) == (3, ())

    def test_a_protected_row_with_more_cells_than_the_header(self) -> None:
        movers = parse_rows(row(protection="7") + ";x", row(name="B"))
        assert (movers.protected_dropped, movers.refused) == (2, ())

    @pytest.mark.parametrize("word", ["STRENGT_FORTROLIG", "fortrolig", "Kode 6", "7", "SPSF", "ja"])
    def test_words_that_are_known_protect(self, word: str) -> None:
        movers = parse_rows(row(protection=word), row(name="Ola Li"))
        assert (movers.unknown_protection, movers.unknown_words) == (0, ())
        assert set(movers.protected) == {"karimoen", "olali"}

    @pytest.mark.parametrize("word", ["N", "-", "false", "åpen", "ikke fortrolig", "1"])
    def test_a_word_that_nobody_knows_drops_its_rows_and_protects_nobody(self, word: str) -> None:
        movers = parse_rows(row(protection=word), row(name="B", address="Lia 2"))
        assert (movers.protected_dropped, movers.unknown_protection, movers.protected) == (1, 1, {})
        assert names(movers) == [["B"]]

    def test_words_of_several_rows_are_named_and_one_that_may_be_about_somebody_is_not(self) -> None:
        said = ["N", "N", "åpen", "Bor hos mor på Skjulvegen 1", "Bor hos mor på Skjulvegen 1"]
        open_rows = [row(address=f"Lia {n}") for n in range(10)]
        movers = parse_rows(*(row(address=f"Storgata {n}", protection=word) for n, word in enumerate(said)), *open_rows)
        assert (movers.unknown_protection, movers.unknown_words) == (5, ("N",))

    def test_a_column_of_words_that_nobody_knows_is_not_read_by_guessing(self) -> None:
        with pytest.raises(MoversFileError, match="that we do not know: N"):
            parse_rows(*(row(address=f"Storgata {n}", protection="N" if n else "7") for n in range(6)))


class TestIdentityNumbers:
    @pytest.mark.parametrize("written", [IDENTITY_NUMBER, "018170 50006", "018170-50006", f"({IDENTITY_NUMBER})"])
    @pytest.mark.parametrize("field", ["name", "address"])
    def test_the_rest_of_the_row_is_taken(self, field: str, written: str) -> None:
        movers = parse_rows(row(**{field: f"Moen 1 {written}"}))
        assert movers.identity_numbers_dropped == 1
        household = movers.households[0]
        assert {"name": household.adults[0].name, "address": household.address}[field] == "Moen 1"

    def test_in_columns_nobody_asked_for(self) -> None:
        content = movers_csv(f"{IDENTITY_NUMBER};{row()}", header=f"fødselsnummer;{HEADER}")
        movers = parse(content)
        assert movers.identity_numbers_dropped == 1
        assert names(movers) == [["Kari Moen"]]

    def test_in_the_header(self) -> None:
        movers = parse(movers_csv(row() + ";", header=f"{HEADER};x {IDENTITY_NUMBER}"))
        assert movers.identity_numbers_dropped == 1
        assert movers.ignored_columns == ("x",)

    @pytest.mark.parametrize("field", ["name", "address", "postcode", "moved_on", "birth_year"])
    def test_a_needed_cell_that_held_nothing_else(self, field: str) -> None:
        movers = parse_rows(row(**{field: IDENTITY_NUMBER}))
        assert refused_fields(movers) == [(2, field)]
        assert movers.identity_numbers_dropped == 1

    def test_as_the_name_of_the_household(self) -> None:
        movers = parse_rows(row(name="A", household=IDENTITY_NUMBER), row(name="B", household=IDENTITY_NUMBER))
        assert names(movers) == [["A", "B"]]
        assert movers.identity_numbers_dropped == 2

    def test_of_protected_and_refused_rows_too(self) -> None:
        movers = parse_rows(row(name=IDENTITY_NUMBER, protection="7"), row(name=IDENTITY_NUMBER, address="Storgata 2"))
        assert movers.identity_numbers_dropped == 2


class TestAnything:
    @given(st.binary())
    @example(b"\xff\xfe\x00")
    @example(HEADER.encode() + b'\n"')
    def test_bytes(self, content: bytes) -> None:
        with pytest.raises(MoversFileError):
            parse(content)

    cells = st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ["Storgata 1", "3550", "9999", "02.11.2026", "1990", "2020", "7", "8", "x;y", '"', IDENTITY_NUMBER, "c/o, "]
        ),
    )

    @given(st.lists(st.lists(cells, max_size=11), min_size=1, max_size=8), st.sampled_from([";", ",", "\t"]))
    def test_rows(self, rows: list[list[str]], delimiter: str) -> None:
        content = "\n".join([HEADER.replace(";", delimiter), *(delimiter.join(cells) for cells in rows)])
        try:
            movers = parse(content.encode("utf-8", "replace"))
        except MoversFileError:
            return
        taken = [line for household in movers.households for line in household.lines]
        refused = [row.line for row in movers.refused]
        assert sorted(set(taken + refused)) == sorted(taken + refused)
        assert movers.rows == len(taken) + len(refused) + movers.protected_dropped
        assert not identity_numbers.contains(repr(asdict(movers)).replace("'", "x"))

    households = st.lists(
        st.builds(
            row,
            name=st.sampled_from("ABCD"),
            address=st.sampled_from(["Storgata 1", "Storgata 2", ""]),
            postcode=st.sampled_from(["3550", "3551", "9999", ""]),
            moved_on=st.sampled_from(["01.05.2026", "10.05.2026", "20.05.2026", "", "01.01.2027"]),
            birth_year=st.sampled_from(["1990", "2020", ""]),
            household=st.sampled_from(["", "", "7", "8"]),
            protection=st.sampled_from(["", "", "", "7"]),
        ),
        min_size=1,
        max_size=10,
    )

    @given(households)
    def test_every_row_is_taken_refused_or_dropped(self, rows: list[str]) -> None:
        movers = parse_rows(*rows)
        taken = {line for household in movers.households for line in household.lines}
        cells = {line: text.split(";") for line, text in enumerate(rows, start=2)}
        assert movers.rows == len(taken) + len(movers.refused) + movers.protected_dropped
        for line in taken:
            mates = [other for other in cells.values() if other[6] and other[6] == cells[line][6]]
            assert not any(mate[8] for mate in mates)
            assert not any(other[8] and other[:6] == cells[line][:6] for other in cells.values())
        assert all(household.adults for household in movers.households)


class TestKeys:
    @pytest.mark.parametrize("name", ["kari moen", " Kari  Moen", "KARIMOEN", "Kari\u00a0Moen"])
    def test_names_without_case_and_spacing(self, name: str) -> None:
        assert name_key(name) == name_key("Kari Moen")

    def test_composed_and_decomposed_letters(self) -> None:
        assert name_key("A\u030ase") == name_key("Åse")

    @pytest.mark.parametrize("address", ["STORGATA 12B, h0201", " Storgata  12 b H0201 ", "Storgata 12 B,H0201"])
    def test_addresses(self, address: str) -> None:
        assert address_key(address, " 3550") == address_key("Storgata 12 B, H0201", "3550")

    @pytest.mark.parametrize(
        ("address", "postcode"), [("Storgata 12 B H0202", "3550"), ("Storgata 12 B, H0201", "3551")]
    )
    def test_other_addresses(self, address: str, postcode: str) -> None:
        assert address_key(address, postcode) != address_key("Storgata 12 B, H0201", "3550")

    @given(st.text())
    def test_keys_fit_their_columns(self, text: str) -> None:
        assert len(name_key(text)) <= 200
        assert len(address_key(text, "3550")) <= 220


def test_refused_rows_come_in_the_order_of_the_file() -> None:
    movers = parse_rows(row(postcode="x", household="7"), row(postcode="x"), row(name="B", household="7"))
    assert list(movers.refused) == sorted(movers.refused)
    assert isinstance(movers.refused[0], RefusedRow)
