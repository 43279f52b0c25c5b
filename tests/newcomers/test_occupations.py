"""The list of occupations, and what is found in it of what people type."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newcomers.occupations import MOST_CHOICES, TITLE_LANGUAGES, find, occupations, title
from portal.search.text import fold


def test_the_standard_is_complete_and_named() -> None:
    """STYRK-08 has 9 fields of civil work and one of military work; each group is named in each language."""
    codes = list(occupations())
    assert codes == sorted(codes)
    assert len(codes) == 406
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    assert {code[0] for code in codes} == set("0123456789")
    for language in TITLE_LANGUAGES:
        titles = [occupation.titles[language] for occupation in occupations().values()]
        assert all(titles)
        assert len(set(titles)) == len(titles)


def test_an_everyday_word_means_one_occupation() -> None:
    words = Counter(word for occupation in occupations().values() for word in set(map(fold, occupation.words)))
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("sykepleier", "2223"), ("Sjukepleiar", "2223"), ("NURSE", "2223"), ("nurses", "2223"),
        ("pielęgniarka", "2223"), ("медсестра", "2223"), ("ممرضة", "2223"), ("Krankenschwester", "2223"),
        ("Tomrer", "7115"), ("tømrer ", "7115"),
        ("Tømrere og snekkere", "7115"), ("Carpenters and joiners", "7115"), ("Røyrleggjarar og VVS-montørar", "7126"),
        ("meteorolog", "2112"), ("barnehagelærer", "2342"), ("spawacz", "7212"), ("автомеханік", "7231"),
    ],
)  # fmt: skip
def test_a_name_is_one_occupation(typed: str, code: str) -> None:
    assert find(typed).sure == occupations()[code]


@pytest.mark.parametrize(
    ("typed", "one_of"),
    [
        ("lærer", "2341"), ("mekaniker", "7231"), ("kontor", "4110"), ("truck drivers", "8332"),
        ("sykepleir", "2223"), ("elektirker", "7411"),
    ],
)  # fmt: skip
def test_what_may_mean_several_is_left_to_choose(typed: str, one_of: str) -> None:
    found = find(typed)
    assert found.sure is None
    assert occupations()[one_of] in found.choices
    assert len(found.choices) <= MOST_CHOICES


@pytest.mark.parametrize("typed", ["", " ", "-", "xyzzy", "1234", "lighthouse whisperer 3000"])
def test_what_nobody_knows_is_no_occupation(typed: str) -> None:
    assert find(typed).sure is None


def test_each_group_is_found_by_its_own_names() -> None:
    for code, occupation in occupations().items():
        for name in (*occupation.titles.values(), *occupation.words):
            found = find(name)
            assert code == (found.sure.code if found.sure else None) or occupation in found.choices, (code, name)


@settings(deadline=None)  # the first one reads the list
@given(st.text(max_size=200))
def test_anything_may_be_typed(text: str) -> None:
    found = find(text)
    assert not (found.sure and found.choices)
    assert len({choice.code for choice in found.choices}) == len(found.choices)


def test_a_title_is_in_the_readers_language_or_in_english() -> None:
    assert title("2223", "nb") == "Sykepleiere"
    assert title("2223", "nn") == "Sjukepleiarar"
    assert title("2223", "pl") == "Nurses"
    assert title("", "nb") == title("9999", "nb") == ""
