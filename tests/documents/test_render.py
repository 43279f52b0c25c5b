from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from portal.documents import glyphs, render
from portal.documents.shapes import LetterDocument, PackingRow
from tests.documents.raster import Raster
from tests.documents.sample import SECTIONS, bundle, letter, packing_list, packing_row, section

DAY = date(2026, 11, 22)
POINTS_PER_MILLIMETRE = 72 / 25.4
LONG_NAME = ("Kristoffer Alexander Brattegard Hansen-Lundestad og Ingvild Marie Sørbø " * 3)[:200]
ADDRESSES = {
    "one line": ["3550 Gol"],
    "three lines": ["Kari Eksempel", "Prøvevegen 1", "3550 Gol"],
    "five lines": ["Kari Eksempel", "Ola Eksempel", "c/o Per Prøve", "Prøvevegen 1", "3550 Gol"],
    "a long name": [LONG_NAME, "Prøvevegen 1", "3550 Gol"],
    "long lines": [LONG_NAME, LONG_NAME, f"c/o {LONG_NAME}", LONG_NAME, "3550 Gol"],
    "one endless word": ["W" * 200, "Prøvevegen 1", "3550 Gol"],
}


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def catalog(pdf: bytes) -> Any:
    return reader(pdf).trailer["/Root"]


def page_texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in reader(pdf).pages]


def letters_pdf(document: LetterDocument, chunk: int = render.CHUNK) -> bytes:
    return render.render_letters(document, timestamp=DAY, chunk=chunk)


def first_page_raster(document: LetterDocument) -> Raster:
    ppi = 72
    pages = render.compiler(render.LETTER, document).compile(format="png", ppi=ppi)
    assert pages is not None
    return Raster(pages[0] if isinstance(pages, list) else pages, ppi)


def texts_with_places(pdf: bytes) -> Iterator[tuple[str, float, float]]:
    """Each run of text on the first page, and where its baseline starts, in millimetres from the top left."""
    page = reader(pdf).pages[0]
    runs: list[tuple[str, float, float]] = []

    def see(text: str, outer: list[float], inner: list[float], _font: object, _size: object) -> None:
        x = outer[0] * inner[4] + outer[2] * inner[5] + outer[4]
        y = outer[1] * inner[4] + outer[3] * inner[5] + outer[5]
        if text.strip():
            runs.append((text.strip(), x / POINTS_PER_MILLIMETRE, 297 - y / POINTS_PER_MILLIMETRE))

    page.extract_text(visitor_text=see)
    yield from runs


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


class TestLetter:
    def test_reads_in_order(self) -> None:
        front, back = page_texts(letters_pdf(bundle()))
        parts = ["Kari Eksempel", "Gol kommune", "Velkommen til Gol", "Kjære Kari", "flyttet hit", "I pakken ligger"]
        parts += ["et turkart", "Varm hilsen", "Ola Eksempel"]
        places = [front.index(part) for part in parts]
        assert places == sorted(places)
        places = [back.index(f"Heading {number}\n") for number in range(1, SECTIONS + 1)]
        assert places == sorted(places)
        assert "00 00 00 01" in back
        assert "Adressen har du gitt oss selv." in squeezed(back)

    @pytest.mark.parametrize("lines", ADDRESSES.values(), ids=ADDRESSES.keys())
    def test_window_shows_the_address_alone(self, lines: list[str]) -> None:
        raster = first_page_raster(bundle(letter(recipient_lines=lines)))
        assert raster.ink(20, 44, 101, 65.5) > 50
        blank = [(0, 0, 125, 44), (0, 44, 15, 65.5), (101.5, 44, 125, 65.5), (0, 65.5, 125, 89)]
        assert [raster.ink(*area) for area in blank] == [0, 0, 0, 0]

    @pytest.mark.parametrize("lines", ADDRESSES.values(), ids=ADDRESSES.keys())
    def test_address_text_starts_in_the_window(self, lines: list[str]) -> None:
        runs = list(texts_with_places(letters_pdf(bundle(letter(recipient_lines=lines)))))
        in_zone = [(x, y) for _text, x, y in runs if x < 125 and y < 89]
        assert in_zone
        assert all(15 <= x <= 101 and 44 <= y <= 65.5 for x, y in in_zone)
        assert any("3550 Gol" in text for text, x, y in runs if x < 125 and y < 89)

    def test_window_stays_on_the_left_in_a_language_from_the_right(self) -> None:
        raster = first_page_raster(bundle(letter(language="ar")))
        assert raster.ink(20, 44, 60, 65.5) > 50
        assert raster.ink(0, 0, 125, 44) == 0

    @pytest.mark.parametrize("lines", [[], ["line"] * 6], ids=["no line", "six lines"])
    def test_refuses_an_address_of_wrong_length(self, lines: list[str]) -> None:
        with pytest.raises(render.RenderError, match="1 to 5 lines"):
            letters_pdf(bundle(letter(recipient_lines=lines)))

    def test_ordinary_letter_is_one_sheet(self) -> None:
        texts = page_texts(letters_pdf(bundle(letter(), letter(reference="GOL-2"))))
        assert ["GOL-1" in text for text in texts] == [True, True, False, False]
        assert "Side 2 av 2" in texts[3]

    def test_each_letter_starts_on_an_odd_page(self) -> None:
        long = letter(subject="Et langt brev", paragraphs=["En lang historie om en bygd. " * 20] * 5)
        short = letter(subject="Et kort brev", sections=[], footer=[], qr=None)
        texts = page_texts(letters_pdf(bundle(short, long, letter(), long)))
        starts = [page for page, text in enumerate(texts, start=1) if "Kjære Kari" in text]
        assert starts == [1, 3, 7, 9]
        assert "Side 3 av 3" in texts[4]
        assert "Side" not in texts[5]

    def test_grows_and_keeps_every_word(self) -> None:
        words = [f"ord{number}" for number in range(4000)]
        sections = [section(number, " ".join(words[number * 200 :][:200])) for number in range(20)]
        text = " ".join(page_texts(letters_pdf(bundle(letter(sections=sections)))))
        assert [word for word in words if word not in text] == []

    def test_empty_parts_leave_no_page(self) -> None:
        plain = letter(gifts=[], sections=[], footer=[], qr=None, paragraphs=[], greeting="", reference="")
        (front,) = page_texts(letters_pdf(bundle(plain)))
        assert "I pakken ligger" not in front
        assert "Vår referanse" not in front

    def test_demo_notice_is_on_every_page(self) -> None:
        long = letter(paragraphs=["En lang historie om en bygd. " * 20] * 5)
        texts = page_texts(letters_pdf(bundle(long, letter())))
        assert len(texts) == 6
        assert all("Bare en prøve" in text for text in texts)
        assert "prøve" not in page_texts(letters_pdf(bundle(demo_notice="")))[1]

    def test_typst_code_is_only_text(self) -> None:
        code = '#read("/etc/passwd") *bold* _it_ $x$ \\ `raw` <label> @ref [c] // gone'
        document = bundle(letter(subject=code, greeting=code, gifts=[code], footer=[code], sections=[section(1, code)]))
        text = squeezed(" ".join(page_texts(letters_pdf(document))))
        assert text.count('#read("/etc/passwd") *bold* _it_ $x$ \\ `raw` <label> @ref') == 5
        assert text.count("// gone") == 5

    def test_draws_the_letters_of_many_languages(self) -> None:
        names = ["Æsøå Čđŋšŧžá", "Łążęść Żółw", "Євген Їжак", "Ñandú Ő Ș Ğ ß"]
        front = page_texts(letters_pdf(bundle(letter(paragraphs=names))))[0]
        assert [name for name in names if name not in front] == []

    def test_draws_an_arabic_name_in_the_window(self) -> None:
        lines = ["محمد عبد الله", "Prøvevegen 1", "3550 Gol"]
        with_name = first_page_raster(bundle(letter(recipient_lines=lines)))
        without = first_page_raster(bundle(letter(recipient_lines=lines[1:])))
        assert with_name.ink(20, 44, 101, 65.5) > without.ink(20, 44, 101, 65.5) + 20
        assert b"NotoSansArabic" in letters_pdf(bundle(letter(recipient_lines=lines)))

    def test_names_a_character_without_glyph_and_no_person(self) -> None:
        with pytest.raises(render.RenderError) as caught:
            letters_pdf(bundle(letter(), letter(greeting="Kjære Kari 😊")))
        assert str(caught.value) == "letters[1].greeting: the letter font has no 😊 (U+1F60A)."

    def test_forgives_invisible_characters(self) -> None:
        odd = "Hei\ufeff\x00\x07\u200b du\u00ad\tder\r\nja\u2028nei"
        assert "Hei" in page_texts(letters_pdf(bundle(letter(greeting=odd))))[0]

    def test_missing_data_is_a_readable_error(self) -> None:
        incomplete = {key: value for key, value in letter().items() if key != "subject"}
        with pytest.raises(render.RenderError, match="subject"):
            letters_pdf(bundle(incomplete))  # type: ignore[arg-type]  # the point of this test

    def test_no_letters_is_an_error(self) -> None:
        with pytest.raises(render.RenderError, match="no letter"):
            letters_pdf({**bundle(), "letters": []})


class TestPdf:
    def test_claims_both_standards(self) -> None:
        xmp = catalog(letters_pdf(bundle()))["/Metadata"].get_data().decode()
        assert "<pdfuaid:part>1<" in xmp
        assert "<pdfaid:part>2<" in xmp
        assert "<pdfaid:conformance>A<" in xmp

    def test_is_tagged_with_language_and_title(self) -> None:
        pdf = letters_pdf(bundle(letter(language="en")))
        root = catalog(pdf)
        assert root["/MarkInfo"]["/Marked"].value is True
        assert root["/Lang"] == "nb"
        assert "/StructTreeRoot" in root
        metadata = reader(pdf).metadata
        assert metadata is not None
        assert (metadata.title, metadata.author) == ("Velkomstbrev", "Gol kommune")

    def test_uses_the_brought_font_alone(self) -> None:
        fonts = {
            str(font.get_object()["/BaseFont"])
            for page in catalog(letters_pdf(bundle()))["/Pages"]["/Kids"]
            for font in page.get_object()["/Resources"]["/Font"].values()
        }
        assert fonts
        assert all("Inter" in font for font in fonts)

    def test_same_data_gives_same_bytes(self) -> None:
        first = letters_pdf(bundle())
        render._forget()
        assert letters_pdf(bundle()) == first
        assert render.render_letters(bundle(), timestamp=date(2026, 11, 23)) != first

    def test_long_runs_are_joined(self) -> None:
        document = bundle(*(letter(reference=f"GOL-{number}") for number in range(5)))
        whole, joined = letters_pdf(document), letters_pdf(document, chunk=2)
        assert render.page_count(whole) == render.page_count(joined) == 10
        assert page_texts(whole) == page_texts(joined)
        assert joined == letters_pdf(document, chunk=2)

    def test_one_chunk_stays_conforming(self) -> None:
        document = bundle(letter(), letter())
        assert letters_pdf(document, chunk=2) == letters_pdf(document)

    def test_chunks_conform_each(self) -> None:
        document = bundle(letter(), letter(), letter())
        chunks = list(render.letter_chunks(document, timestamp=DAY, chunk=1))
        assert len(chunks) == 3
        assert all(b"pdfuaid" in chunk for chunk in chunks)

    def test_join_keeps_the_order(self) -> None:
        parts = [letters_pdf(bundle(letter(subject=subject))) for subject in ("Først", "Sist")]
        texts = page_texts(render.join(parts))
        assert "Først" in texts[0]
        assert "Sist" in texts[2]


class TestPackingList:
    def pdf(self, *rows: PackingRow, **changes: object) -> bytes:
        return render.render(render.PACKING_LIST, packing_list(*rows, **changes), timestamp=DAY)

    def test_totals_come_first_then_each_package(self) -> None:
        (text,) = page_texts(self.pdf(packing_row(1), packing_row(2)))
        places = [text.index(part) for part in ("Gaver i alt", "12", "Pakker", "GOL-1", "GOL-2")]
        assert places == sorted(places)

    def test_short_items_say_so_in_words(self) -> None:
        (text,) = page_texts(self.pdf(packing_row(1, short_items=["Kinobillett"])))
        assert "Mangler: Kinobillett" in text

    def test_head_and_page_number_are_on_every_page(self) -> None:
        texts = page_texts(self.pdf(*(packing_row(number) for number in range(1, 61))))
        assert len(texts) > 2
        assert all("Referanse" in text for text in texts)
        assert [f"Side {page} av {len(texts)}" in text for page, text in enumerate(texts, 1)] == [True] * len(texts)
        assert all("Bare en prøve" in text for text in texts)

    def test_typst_code_is_only_text(self) -> None:
        code = '#panic("x") *b* $y$'
        (text,) = page_texts(self.pdf(packing_row(1, name_lines=[code], items=[code], short_items=[code])))
        assert squeezed(text).count(code) == 3

    def test_empty_list_is_still_a_page(self) -> None:
        (text,) = page_texts(self.pdf(totals=[]))
        assert "Pakkeliste" in text
        assert "Pakker" not in text.replace("Pakkeliste", "")

    def test_claims_both_standards(self) -> None:
        pdf = self.pdf(packing_row(1))
        assert b"<pdfuaid:part>1<" in pdf
        assert b"<pdfaid:conformance>A<" in pdf


class TestGlyphs:
    def test_names_each_missing_character_once(self) -> None:
        assert glyphs.undrawable("Kari 😊 og 😊 Անի") == ["😊", "Ա", "ն", "ի"]

    def test_knows_the_letters_of_the_country(self) -> None:
        assert glyphs.undrawable("Æøå čđŋšŧžá – «Gol» … €\n") == []

    @pytest.mark.parametrize(
        "name", ["Łukasz Żółć", "Євген Їжак", "محمد عبد الله", "پرویز گلپور", "Müller-Weiß", "გიორგი ბერიძე"]
    )
    def test_knows_the_letters_of_the_languages_of_the_site(self, name: str) -> None:
        assert glyphs.undrawable(name) == []

    @pytest.mark.parametrize("file", ["Inter_400Regular", "NotoSansArabic_400Regular"])
    def test_the_short_way_a_font_tells_its_characters_says_the_same(self, file: str) -> None:
        font = (glyphs.FONT_FOLDER / f"{file}.ttf").read_bytes()
        cmap = glyphs._table(font, b"cmap")
        offsets = [struct.unpack_from(">I", font, cmap + 8 + index * 8)[0] for index in range(font[cmap + 3])]
        at = {struct.unpack_from(">H", font, cmap + offset)[0]: cmap + offset for offset in offsets}
        long, short = glyphs._segments(font, at[12]), glyphs._short_segments(font, at[4])
        assert short == {codepoint for codepoint in long if 0 < codepoint < 0xFFFF}

    def test_control_and_private_characters_cannot_be_drawn(self) -> None:
        assert glyphs.undrawable("\x00\ue000\ufeff\ud800") == ["\x00", "\ue000", "\ufeff", "\ud800"]
