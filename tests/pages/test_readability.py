"""LIX beside the editor: the figure as others count it, of the running text alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pages.readability import has_lix, lix, readability


def test_lix_is_words_per_sentence_and_the_share_of_long_words() -> None:
    # 10 words, 2 sentences, 3 words longer than six letters: 5 + 30.
    text = "Vi bor her nå. Kommunen hjelper familien med alt sammen."
    assert (readability(text).words, readability(text).sentences, readability(text).long_words) == (10, 2, 3)
    assert lix(text) == 35


def test_headings_links_addresses_and_markdown_are_not_counted() -> None:
    plain = "Ring oss i dag. Vi svarer deg."
    dressed = (
        "## Kommunalforvaltningens saksbehandlingsrutiner\n\nRing **oss** i dag. "
        "Vi [svarer](https://example.example/saksbehandlingsrutiner) deg. <https://langadresse.example/side>\n"
        "\n```\nkodeeksempelet teller heller ikke\n```\n"
    )
    assert readability(dressed) == readability(plain)


def test_each_point_of_a_list_is_a_sentence() -> None:
    assert readability("- en ting\n- to ting\n- tre ting").sentences == 3


def test_an_abbreviation_or_a_date_ends_no_sentence() -> None:
    assert readability("Kom f.eks. den 1. januar kl. 10. Ta med pass.").sentences == 2


@pytest.mark.parametrize("text", ["", "   ", "## Bare en overskrift", "---", "12. "])
def test_without_words_there_is_no_figure(text: str) -> None:
    assert lix(text) is None
    assert readability(text).meaning == ""


@pytest.mark.usefixtures("in_english")
def test_a_law_is_harder_than_a_letter() -> None:
    law = "Kommunestyret fastsetter forskriftsbestemmelser vedrørende saksbehandlingsrutinenes gjennomføring " * 4
    assert readability(law).is_too_hard
    assert "law" in str(readability(law).meaning)
    assert not readability("Ring oss. Vi hjelper deg.").is_too_hard


def test_arabic_has_no_lix_and_the_others_have() -> None:
    assert not has_lix("ar")
    assert all(has_lix(code) for code in ("nb", "nn", "en", "uk", "pl", "de"))


@given(st.text(max_size=2_000))
def test_any_text_can_be_counted(text: str) -> None:
    found = readability(text)
    assert 0 <= found.long_words <= found.words
    assert (found.words == 0) == (found.sentences == 0) == (found.lix is None)
    assert found.sentences <= found.words
