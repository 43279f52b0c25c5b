"""Identity numbers in text. Those written out here are synthetic, or of people who would be over 125 years old."""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.forms import Textarea
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no import fodselsnummer

from portal import health, identity_numbers
from portal.forms import WithoutIdentityNumbers

ORDINARY = "01017050040"  # 1870
D_NUMBER = "41017050034"
SYNTHETIC = "01817050006"  # month + 80, the tax authority's test series
MONTH_PLUS_65 = "01667050150"
MONTH_PLUS_40 = "01417050023"
EVERY_SERIES = [ORDINARY, D_NUMBER, SYNTHETIC, MONTH_PLUS_65, MONTH_PLUS_40]


def with_check_digits(nine: str) -> str | None:
    digits = [int(d) for d in nine]
    first = -sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), digits, strict=True)) % 11
    second = -sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), [*digits, first], strict=True)) % 11
    return None if 10 in (first, second) else f"{nine}{first}{second}"


dead_people = st.builds(
    "{:02}{:02}{:02}{:03}".format, st.integers(1, 28), st.integers(1, 12), st.integers(54, 99), st.integers(500, 749)
)
numbers = dead_people.map(with_check_digits).filter(bool)
gaps = st.sampled_from(["", " ", "\u00a0", "\u202f", ".", "-", "–", " - ", "\u200b", ". "])


@pytest.mark.parametrize("number", EVERY_SERIES)
def test_every_series_is_found(number: str) -> None:
    assert identity_numbers.contains(f"Kari Moen {number}")


@pytest.mark.parametrize(
    "written",
    ["010170 50040", "01 01 70 50040", "01.01.70 50040", "010170-50040", "010170\u00a0500 40", "(010170) 50040"],
)
def test_found_however_it_is_grouped(written: str) -> None:
    left, count = identity_numbers.remove(f"Kari {written} Moen")
    assert (left.replace("(", "").split(), count) == (["Kari", "Moen"], 1)


def test_found_in_other_digits() -> None:
    assert identity_numbers.contains(ORDINARY.translate({ord("0") + n: 0x0660 + n for n in range(10)}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Storgata 12, 3550 Gol",
        "01017050041",  # wrong second check digit
        "01017050140",  # wrong first check digit
        "101017050040",  # part of a longer run
        "010170500400",
        "0101705006",
        "22.11.2026",
        "+47 40 00 00 01",
        "Orgnr 971 032 146",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert identity_numbers.remove(text) == (text, 0)


def test_a_house_number_before_it_hides_nothing() -> None:
    assert identity_numbers.remove("Storgata 12 010170 50040") == ("Storgata 12 ", 1)


def test_each_number_is_counted() -> None:
    assert identity_numbers.remove(f"{ORDINARY}, {SYNTHETIC}") == (", ", 2)


def test_halves_brought_together_are_removed_too() -> None:
    assert identity_numbers.remove(f"010170 {SYNTHETIC} 50040") == ("", 2)


@given(numbers)
def test_agrees_with_the_library_on_ordinary_numbers(number: str) -> None:
    assert fodselsnummer.is_valid(number)
    assert identity_numbers.contains(number)


@given(st.text("0123456789", min_size=11, max_size=11))
def test_finds_all_that_the_library_finds(digits: str) -> None:
    assert identity_numbers.contains(digits) or not fodselsnummer.is_valid(digits)


@given(st.text(), numbers, gaps, st.text())
def test_never_survives(before: str, number: str, gap: str, after: str) -> None:
    left, count = identity_numbers.remove(f"{before} x{number[:6]}{gap}{number[6:]}x {after}")
    assert count >= 1
    assert number not in left
    assert not identity_numbers.contains(left)


@given(st.text(st.sampled_from("0123456789 .-x"), max_size=60))
def test_nothing_is_left_to_find(text: str) -> None:
    left, count = identity_numbers.remove(text)
    assert not identity_numbers.contains(left)
    assert bool(count) == identity_numbers.contains(text)


@pytest.mark.parametrize("number", ["+48 600 000 066", "+46500000120", "00 46 70 000 01 17"])
def test_phone_numbers_abroad_are_left_alone(number: str) -> None:
    """Written without what says that they are abroad, they could be identity numbers."""
    assert identity_numbers.remove(f"Tel {number}") == (f"Tel {number}", 0)


def test_what_no_phone_has_is_found_behind_a_plus_too() -> None:
    assert identity_numbers.remove(f"+{ORDINARY} 00 {SYNTHETIC}") == ("+ 00 ", 2)


def test_much_text_takes_no_long_time() -> None:
    """Numbers within numbers: each that is taken out brings together the next."""
    nested = ORDINARY[:6] * 4000 + ORDINARY[6:] * 4000
    spaced = f"{ORDINARY[:6]} " * 4000 + f"{ORDINARY[6:]} " * 4000
    for text in (nested, spaced, "11 " * 20_000, "1" * 50_000, f"{ORDINARY} " * 4000, "11" + " " * 50_000):
        begun = process_time()
        identity_numbers.remove(text)
        assert process_time() - begun < 1


def test_the_validator_does_not_repeat_the_number() -> None:
    with pytest.raises(ValidationError) as error:
        identity_numbers.no_identity_number(f"My number is {ORDINARY}")
    assert error.value.code == "identity_number"
    assert ORDINARY not in str(error.value)
    identity_numbers.no_identity_number("Storgata 12")


# --- And nothing about health ---------------------------------------------------------------------


def _kinds_of(form: type[Any]) -> Iterator[type[Any]]:
    for kind in form.__subclasses__():
        yield kind
        yield from _kinds_of(kind)


@pytest.mark.usefixtures("in_english")
def test_every_free_text_says_that_nothing_about_health_belongs_there() -> None:
    assert get_resolver().url_patterns  # all forms are known then
    without = {
        f"{form.__name__}.{name}"
        for form in _kinds_of(WithoutIdentityNumbers)
        if form.__module__.startswith(("newcomers", "portal.enquiries", "welcome"))
        for name, field in form.base_fields.items()
        if isinstance(field.widget, Textarea) and "health" not in str(field.help_text)
    }
    assert not without


@pytest.mark.parametrize(
    "text",
    ["I have Diabetes and need a doctor", "Eg har ein sjukdom", "Min sønn bruker rullestol.", "Мій син має діабет",
     "Mam cukrzycę", "Wir haben zwei Kinder, eines mit Asthma", "ابني مصاب بالسكري"],
)  # fmt: skip
def test_what_looks_like_health_is_found_in_every_language(text: str) -> None:
    assert health.is_mentioned(text)


@pytest.mark.parametrize(
    "text",
    ["", "Sykepleier og lege søker jobb", "Vi liker å sykle og synge i kor", "How do I get a family doctor?",
     "Krankenpflegerin, zwei Kinder", "Pielęgniarka, chór", "Медсестра, ракетки", "ممرضة"],
)  # fmt: skip
def test_work_and_services_are_not_health(text: str) -> None:
    assert not health.is_mentioned(text)
