"""Words that people hold to be the same are the same to search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.finding import LONGEST_QUERY, clean
from portal.search.snippets import hits_of, marked, snippet
from portal.search.text import LONGEST_WORD, fold, plain, stem, stems, stems_in_any_language, tokens

LANGUAGES = ["nb", "nn", "en", "uk", "pl", "de", "ar", "xx"]


@pytest.mark.parametrize(
    "spellings",
    [("Ål", "Aal", "AL", "ål", "A\u030al"), ("Ørjan", "Oerjan", "orjan"), ("Hæge", "haege"), ("kafé", "kafe"),
     ("łódź", "lodz"), ("Straße", "STRASSE"), ("مُدَرِّسَة", "مدرسة"), ("ЇЖАК", "їжак")],
)  # fmt: skip
def test_spellings_of_one_word_meet(spellings: tuple[str, ...]) -> None:
    assert len({fold(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("language", "forms"),
    [("nb", ("bibliotek", "biblioteket", "biblioteker", "bibliotekene")), ("nb", ("skole", "skoler", "skolen")),
     ("nn", ("barnehage", "barnehagar", "barnehagen")), ("nb", ("år", "aar")), ("nb", ("året", "aaret")),
     ("en", ("library", "libraries")), ("en", ("school", "schools")),
     ("pl", ("biblioteka", "biblioteki", "bibliotekę")), ("de", ("Schule", "Schulen")),
     ("de", ("Kindergärten", "Kindergaerten")), ("ar", ("مدرسة", "المدرسة"))],
)  # fmt: skip
def test_forms_of_one_word_meet(language: str, forms: tuple[str, ...]) -> None:
    assert len({stem(form, language) for form in forms}) == 1


@given(st.text(max_size=60))
def test_folding_never_fails_and_twice_is_once(word: str) -> None:
    folded = fold(word)
    assert fold(folded) == folded
    assert all(letter.isalnum() for letter in folded)


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_text_has_stems_of_letters_and_digits(text: str, language: str) -> None:
    """They go into a statement of the database."""
    assert all(each and each.isalnum() for each in stems(text, language))
    assert all(each.isalnum() for token in tokens(text) for each in stems_in_any_language(token.word))


@given(st.text(max_size=3_000))
def test_a_query_is_one_short_line(typed: str) -> None:
    query, _cut = clean(typed)
    assert len(query) <= LONGEST_QUERY
    assert query == " ".join(query.split())
    assert "\0" not in query


def test_a_long_query_is_cut_and_told_so() -> None:
    assert clean("x" * 10_000) == ("x" * LONGEST_QUERY, True)
    assert clean("ski\0 \n løype") == ("ski løype", False)


def test_a_text_is_plain_words_of_its_markdown() -> None:
    markdown = "## Få **lånekort**\n\n- Ta med [legitimasjon](https://x.example)\n- `kort`\n\n<b>Her</b>"
    assert plain(markdown) == "Få lånekort Ta med legitimasjon kort <b>Her</b>"


def test_words_longer_than_any_word_are_left_out() -> None:
    assert [token.word for token in tokens(f"ski {'x' * (LONGEST_WORD + 1)} sti")] == ["ski", "sti"]


def test_ligatures_that_fold_into_more_than_the_index_holds_are_left_out() -> None:
    ligature = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
    assert [token.word for token in tokens(f"ski {ligature * LONGEST_WORD} {ligature}")] == ["ski", ligature]


@given(st.text(max_size=2_000), st.sampled_from(LANGUAGES))
def test_a_snippet_of_any_text_holds_no_html_but_marks(text: str, language: str) -> None:
    words = [token.word for token in tokens(text)][:3]
    is_hit = hits_of({each: True for word in words for each in stems_in_any_language(word)}, language)
    shown = snippet(text, is_hit)
    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")
    assert shown.count("<mark>") == shown.count("</mark>")


def test_a_snippet_shows_the_words_around_the_hit() -> None:
    is_hit = hits_of({"bibliotek": True}, "nb")
    text = f"{'Vi har mye. ' * 40}Gå til biblioteket i sentrum. {'Kom innom. ' * 40}"
    shown = snippet(text, is_hit)
    assert "Gå til <mark>biblioteket</mark> i sentrum." in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 240
    assert marked("<b>Bibliotek</b>", is_hit) == "&lt;b&gt;<mark>Bibliotek</mark>&lt;/b&gt;"
