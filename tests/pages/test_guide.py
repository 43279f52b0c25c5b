"""The guide on paper: whole, in order, honest about what is missing or old, and safe whatever an editor wrote."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from portal import clock
from portal.documents import render
from portal.municipalities.models import Municipality
from portal.pages import guide
from portal.pages.enums import TOPICS_BY_THEME, Topic
from portal.pages.paper_text import blocks_of, printed_address
from tests.conftest import TODAY
from tests.factories import ContactPointFactory, MunicipalityFactory, ServiceInfoFactory, StepFactory

LANGUAGES = ["nb", "nn", "en", "uk", "pl", "de", "ar"]
BODY = "## First\n\nSome **bold** words.\n\n- one\n- two [here](https://www.place.example/form)\n\n1. do\n2. go"


@pytest.fixture
def gol(db: None, monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    town = MunicipalityFactory(gol=True, languages=LANGUAGES)
    for language in ("nb", "en"):
        town.translations.create(language_code=language, tagline=f"Tagline-{language}")
    return town


def write(gol: Municipality, topic: str = Topic.JOBS, body: str = BODY, **values: Any) -> Any:
    texts = {"en": {"title": f"Title of {topic}", "summary": f"Lead of {topic}.", "body": body}}
    return ServiceInfoFactory(municipality=gol, topic=topic, texts=texts, **values)


def document(gol: Municipality, language: str = "en", on: date = TODAY) -> Any:
    return guide.guide_document(gol, language, on)


def chapter(gol: Municipality, language: str = "en", on: date = TODAY) -> Any:
    return document(gol, language, on)["parts"][0]["chapters"][0]


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def words(gol: Municipality, language: str = "en") -> str:
    pages = reader(guide.guide_pdf(gol, language, TODAY)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages).replace("\u200b", ""))


def outline(pdf: bytes) -> list[str]:
    def titles(items: Any) -> list[str]:
        return [title for item in items for title in (titles(item) if isinstance(item, list) else [str(item.title)])]

    return titles(reader(pdf).outline)


# --- What stands in it ---


def test_all_topics_stand_under_their_themes_in_order(gol: Municipality) -> None:
    for topic in Topic.values:
        write(gol, topic, body="Words.")
    found = [chapter["key"] for part in document(gol)["parts"] for chapter in part["chapters"]]
    assert found == [topic for topics in TOPICS_BY_THEME.values() for topic in topics]
    assert len(found) == 18
    titles = outline(guide.guide_pdf(gol, "en", TODAY))
    assert [title for title in titles if title.startswith("Title of ")] == [f"Title of {topic}" for topic in found]


def test_cover_contents_steps_topics_and_office_come_in_this_order(gol: Municipality) -> None:
    write(gol, contacts=[ContactPointFactory(municipality=gol, phone="00 00 00 07")])
    StepFactory(municipality=gol, topic=Topic.JOBS, url="https://www.skatt.example/move")
    text = words(gol)
    parts = ["Gol", "A guide for you who move here", "Tagline-en", "As it was on 22 November 2026", "Contents"]
    parts += ["I have just moved", "Step", "skatt.example/move", "More on page 4", "Title of jobs", "Lead of jobs."]
    parts += ["First", "Some bold words.", "here (place.example/form)", "This text was checked 1 November 2026."]
    parts += ["00 00 00 07", "09:00-15:00", "Last checked 1 November 2026", "Ask us", "Servicekontoret", "/en/gol"]
    places = [text.find(part, text.rfind("Ask us") if part in {"Servicekontoret", "/en/gol"} else 0) for part in parts]
    assert -1 not in places, [part for part, place in zip(parts, places, strict=True) if place < 0]
    assert text.index("Step") < text.rindex("Title of jobs") < text.index("00 00 00 07") < text.rindex("Ask us")


def test_contents_name_the_page_each_topic_begins_on(gol: Municipality) -> None:
    write(gol)
    pages = [page.extract_text() for page in reader(guide.guide_pdf(gol, "en", TODAY)).pages]
    (line,) = [line for line in pages[1].splitlines() if "Title of jobs" in line]
    number = int(re.findall(r"\d+", line)[-1])
    assert "Lead of jobs." in pages[number - 1]
    assert f"Page {number} of {len(pages)}" in pages[number - 1]


def test_a_guide_of_a_town_without_texts_still_says_who_to_ask(gol: Municipality) -> None:
    text = words(gol)
    assert "Ask us" in text
    assert "I have just moved" not in text


def test_a_demonstration_says_so_on_every_page(gol: Municipality) -> None:
    gol.is_demo = True
    pages = reader(guide.guide_pdf(gol, "en", TODAY)).pages
    assert all("Demonstration" in page.extract_text() for page in pages)


# --- Old and missing ---


def test_a_contact_that_nobody_checked_lately_is_left_out(gol: Municipality) -> None:
    old = ContactPointFactory(municipality=gol, phone="00 00 00 08", overdue=True)
    never = ContactPointFactory(municipality=gol, phone="00 00 00 09", unverified=True)
    fresh = ContactPointFactory(municipality=gol, phone="00 00 00 07")
    write(gol, contacts=[old, never, fresh])
    assert [contact["phone"] for contact in chapter(gol)["contacts"]] == ["00 00 00 07"]
    assert not {"00 00 00 08", "00 00 00 09"} & set(re.findall(r"00 00 00 \d\d", words(gol)))


def test_a_contact_goes_the_day_after_its_last_day(gol: Municipality) -> None:
    contact = ContactPointFactory(municipality=gol, verified_on=TODAY, verify_every=30)
    write(gol, contacts=[contact])
    assert chapter(gol, on=TODAY + timedelta(days=30))["contacts"]
    assert not chapter(gol, on=TODAY + timedelta(days=31))["contacts"]


@pytest.mark.parametrize("state", ["overdue", "unverified"])
def test_a_text_that_nobody_checked_lately_says_so(gol: Municipality, state: str) -> None:
    write(gol, **{state: True})
    StepFactory(municipality=gol, verified_on=None)
    found = document(gol)
    assert found["parts"][0]["chapters"][0]["checked"] == ""
    assert "Nobody has checked this text lately" in found["parts"][0]["chapters"][0]["notes"][0]
    assert "Nobody has checked this text lately" in found["steps"][0]["note"]
    assert words(gol).count("Nobody has checked this text lately") == 2


def test_a_missing_language_falls_back_and_says_so(gol: Municipality) -> None:
    write(gol)
    StepFactory(municipality=gol)
    polish = document(gol, "pl")
    (found,) = polish["parts"][0]["chapters"]
    assert (found["language"], found["title"], len(found["notes"])) == ("en", "Title of jobs", 1)
    assert polish["steps_note"]
    english = document(gol, "en")
    assert english["parts"][0]["chapters"][0]["notes"] == []
    assert english["steps_note"] == ""


def test_a_draft_and_what_appears_tomorrow_are_not_in_it(gol: Municipality) -> None:
    write(gol).translations.update(state="draft")
    later = timezone.now() + timedelta(days=1)
    write(gol, Topic.HOUSING).translations.update(publish_at=later)
    assert document(gol)["parts"] == []


@pytest.mark.parametrize("body", ["A long story. " * 100_000, "- a\n" * 5_000, "> " * 50_000, "a\n\n" * 900])
def test_a_text_without_end_is_cut_and_leads_to_the_site(gol: Municipality, body: str) -> None:
    write(gol, body=body)
    found = chapter(gol)
    assert len(plain(found["blocks"])) <= guide.LONGEST_TEXT
    assert sum(len(block["items"]) for block in found["blocks"]) <= guide.MOST_LINES
    assert found["notes"] == ["The rest of this text stands on our site."]


# --- Paper ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_makes_a_tagged_archival_pdf(gol: Municipality, language: str) -> None:
    write(gol, contacts=[ContactPointFactory(municipality=gol)])
    StepFactory(municipality=gol, topic=Topic.JOBS)
    pdf = guide.guide_pdf(gol, language, TODAY)
    root: Any = reader(pdf).trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1<" in xmp
    assert "<pdfaid:part>2<" in xmp
    assert "<pdfaid:conformance>A<" in xmp
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == language


def test_arabic_is_written_from_the_right_in_its_own_font(gol: Municipality) -> None:
    arabic = {"title": "العمل", "summary": "تجد الوظائف هنا.", "body": "## عنوان\n\nنص **مهم** على nav.no."}
    ServiceInfoFactory(municipality=gol, topic=Topic.JOBS, texts={"ar": arabic})
    pdf = guide.guide_pdf(gol, "ar", TODAY)
    assert b"NotoSansArabic" in pdf
    page = reader(pdf).pages[2]
    starts: list[float] = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: starts.append(tm[4]) if "\u0639" in text else None)
    assert starts
    assert reader(pdf).trailer["/Root"]["/ViewerPreferences"]["/Direction"] == "/R2L"


def test_an_emoji_goes_and_the_rest_stays(gol: Municipality) -> None:
    write(gol, body="Welcome 😊 to us. \x07 Bell.")
    assert "Welcome to us. Bell." in words(gol)


def test_typst_code_is_only_text(gol: Municipality) -> None:
    code = '#panic("x") $y$ \\\\ @ref // gone'
    write(gol, body=f"## {code}\n\n{code}\n\n- {code}")
    assert words(gol).count('#panic("x") $y$ \\ @ref // gone') == 3


def test_the_same_day_gives_the_same_bytes(gol: Municipality) -> None:
    write(gol)
    assert guide.guide_pdf(gol, "en", TODAY) == guide.guide_pdf(gol, "en", TODAY)


# --- Markdown ---


def plain(blocks: Any) -> str:
    return " ".join(
        "".join(run["text"] for run in block["runs"]) + " ".join(plain(item) for item in block["items"])
        for block in blocks
    )


def test_markdown_becomes_parts() -> None:
    heading, paragraph, bullets, numbers = blocks_of(BODY)
    assert (heading["kind"], heading["runs"][0]["text"]) == ("heading", "First")
    assert [(run["text"], run["bold"]) for run in paragraph["runs"]] == [
        ("Some ", False), ("bold", True), (" words.", False),
    ]  # fmt: skip
    assert (bullets["kind"], bullets["first"], len(bullets["items"])) == ("list", 0, 2)
    assert (numbers["kind"], numbers["first"], len(numbers["items"])) == ("list", 1, 2)


@pytest.mark.parametrize(
    ("markdown", "printed"),
    [
        ("[here](https://www.nav.no/a)", "here (nav.no/a)"),
        ("[nav.no](https://www.nav.no/)", "nav.no"),
        ("[**NAV.no**](https://nav.no)", "NAV.no"),
        ("[us](mailto:a@b.example)", "us (a@b.example)"),
        ("[bad](javascript:alert(1))", "[bad](javascript:alert(1))"),
        ("[near](/nb/gol/)", "near"),
        ("![a picture](https://a.example/b.png) text", " text"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_a_link_prints_its_address_once(markdown: str, printed: str) -> None:
    assert plain(blocks_of(markdown)) == printed


def test_an_address_is_printed_as_one_reads_it_out() -> None:
    assert printed_address("https://www.helsenorge.no/") == "helsenorge.no"
    assert printed_address("http://localhost:8000/nb/gol/") == "localhost:8000/nb/gol"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_any_text_can_be_printed(text: str) -> None:
    data: Any = {
        "language": "en", "text_language": "en", "title": "T", "text": plain(blocks_of(text)), "author": "",
        "place": "P", "demo_notice": "", "invitation": "", "address": "", "qr": guide.qr_code("https://a.example/"),
    }  # fmt: skip
    assert render.render(render.POSTER, data, timestamp=TODAY, forgiving=True).startswith(b"%PDF")


# --- On the web ---


def test_the_guide_is_made_once_and_sent_once(client: Client, gol: Municipality, monkeypatch: Any) -> None:
    made: list[str] = []
    real = guide.guide_pdf

    def counted(town: Municipality, language: str, on: date) -> bytes:
        made.append(language)
        return real(town, language, on)

    monkeypatch.setattr("portal.pages.views_share.guide_pdf", counted)
    first = client.get("/en/gol/guide.pdf")
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == 'inline; filename="bli-her-gol-en.pdf"'
    again = client.get("/en/gol/guide.pdf?x=1", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert made == ["en"]
    write(gol)
    assert client.get("/en/gol/guide.pdf")["ETag"] != first["ETag"]
    assert made == ["en", "en"]


def test_a_guide_is_only_read(client: Client, gol: Municipality) -> None:
    assert client.post("/en/gol/guide.pdf").status_code == 405
    assert client.get("/en/nowhere/guide.pdf").status_code == 404
    assert client.get("/fr/gol/guide.pdf").status_code == 404


def test_the_number_of_questions_to_the_database_is_fixed(gol: Municipality, django_assert_num_queries: Any) -> None:
    desk = ContactPointFactory(municipality=gol)
    for topic in Topic.values:
        write(gol, topic, contacts=[desk])
    for _ in range(20):
        StepFactory(municipality=gol)
    with django_assert_num_queries(7):
        document(gol)
