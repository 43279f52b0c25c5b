"""What leaves the site: codes and posters, the news as a feed, and what search engines are told."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image
from pypdf import PdfReader

from portal import clock
from portal.municipalities.models import Municipality
from portal.pages.enums import Topic
from portal.pages.poster import poster_links
from tests.conftest import TODAY
from tests.factories import ArticleFactory, MunicipalityFactory, ServiceInfoFactory, StaffRoleFactory
from tests.housing.factories import ListingFactory
from tests.jobs.factories import VacancyFactory

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def gol(db: None, monkeypatch: Any, settings: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.SITE_URL = "https://bli.example"
    town = MunicipalityFactory(gol=True)
    for language in ("nb", "nn", "en"):
        town.translations.create(language_code=language, tagline=f"Tagline-{language}")
    ServiceInfoFactory(municipality=town, topic=Topic.JOBS)
    return town


def xml(client: Client, address: str) -> ElementTree.Element:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return ElementTree.fromstring(answer.content)


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


# --- Codes ---


def test_a_code_is_an_svg_that_names_the_page_and_has_no_style(client: Client, gol: Municipality) -> None:
    answer = client.get("/en/gol/qr/?page=/en/gol/topics/jobs/")
    assert answer["Content-Type"] == "image/svg+xml"
    svg = answer.content.decode()
    assert "style" not in svg
    title = ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == "Code that opens bli.example/en/gol/topics/jobs"


def test_a_code_holds_the_absolute_address_and_nothing_else(
    client: Client, gol: Municipality, monkeypatch: Any
) -> None:
    import segno

    made: list[str] = []
    real = segno.make
    monkeypatch.setattr(segno, "make", lambda words, **options: (made.append(words), real(words, **options))[1])
    client.get("/en/gol/qr/")
    client.get("/nb/gol/qr/?page=/nb/gol/topics/jobs/")
    assert made == ["https://bli.example/en/gol/", "https://bli.example/nb/gol/topics/jobs/"]


NOT_OURS = [
    "https://elsewhere.example/", "//elsewhere.example/en/gol/", "en/gol/", "/en/gol/nowhere/", "/en/aal/", "/admin/",
    "/en/gol/my/", "/en/account/login/", "/nb/gol/", "/en/gol/topics/housing/", "/en/gol/articles/draft/",
    "/en/gol/?q=a", "/en/gol/#a", "/healthz", "javascript:alert(1)", "/en/gol/\r\nX: y", "\x00", "/" * 400,
    "/en/gol/../",
]  # fmt: skip


@pytest.mark.parametrize("view", ["qr/", "poster.pdf"])
@pytest.mark.parametrize("page", NOT_OURS)
def test_only_public_pages_of_this_town_and_language_get_a_code(
    client: Client, gol: Municipality, view: str, page: str
) -> None:
    MunicipalityFactory(aal=True)
    ArticleFactory(municipality=gol, slug="draft").translations.update(state="draft")
    assert client.get(f"/en/gol/{view}", {"page": page}).status_code == 404


# --- Posters ---


@pytest.mark.parametrize(
    ("page", "words"),
    [("", "New in Gol? Tagline-en"), ("topics/jobs/", "jobs (en) About jobs (en)."),
     ("articles/fair/", "fair (en)"), ("themes/live/", "A home to live in"), ("steps/moved/", "I have just moved"),
     ("news/", "News"), ("guide.pdf", "A guide for you who move here"), ("homes/", "Homes"), ("jobs/", "Jobs")],
)  # fmt: skip
def test_a_poster_says_what_the_page_is_and_where(client: Client, gol: Municipality, page: str, words: str) -> None:
    ArticleFactory(municipality=gol, slug="fair")
    answer = client.get("/en/gol/poster.pdf", {"page": f"/en/gol/{page}"})
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert b"<pdfuaid:part>1<" in answer.content
    assert len(PdfReader(BytesIO(answer.content)).pages) == 1
    text = text_of(answer.content).replace("\u200b", "")
    assert words in text
    assert f"bli.example/en/gol/{page}".rstrip("/") in text


def test_a_poster_with_the_longest_title_is_one_page(client: Client, gol: Municipality) -> None:
    texts = {"en": {"title": "Wonderful " * 12, "summary": "Very long words indeed. " * 10, "body": "a"}}
    ServiceInfoFactory(municipality=gol, topic=Topic.HOUSING, texts=texts)
    pdf = client.get("/en/gol/poster.pdf?page=/en/gol/topics/housing/").content
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


def test_a_poster_keeps_the_language_of_its_words(client: Client, gol: Municipality) -> None:
    pdf = client.get("/ar/gol/poster.pdf?page=/ar/gol/topics/jobs/").content
    assert "jobs (en)" in text_of(pdf)
    assert PdfReader(BytesIO(pdf)).trailer["/Root"]["/Lang"] == "ar"


def test_the_office_finds_a_poster_for_each_language_people_can_read(client: Client, gol: Municipality) -> None:
    page = ServiceInfoFactory(municipality=gol, topic=Topic.POLICE)
    page.translations.filter(language_code="nn").update(state="draft")
    links = poster_links(page)
    assert [link.language for link in links] == ["nb", "en"]
    for link in links:
        assert client.get(link.poster_url).status_code == 200
        assert client.get(link.code_url).status_code == 200


def test_the_office_sees_the_posters_of_a_text(client: Client, gol: Municipality) -> None:
    page = ServiceInfoFactory(municipality=gol, topic=Topic.POLICE)
    editor = StaffRoleFactory(municipality=gol, editor=True).user
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(reverse("admin:pages_serviceinfo_change", args=[page.pk])).content.decode()
    assert 'href="/nb/gol/poster.pdf?page=%2Fnb%2Fgol%2Ftopics%2Fpolice%2F"' in html
    assert 'href="/en/gol/qr/?page=%2Fen%2Fgol%2Ftopics%2Fpolice%2F"' in html
    assert client.get(reverse("admin:pages_serviceinfo_add")).status_code == 200


# --- The feed ---


def test_the_feed_holds_what_is_published_newest_first(client: Client, gol: Municipality) -> None:
    now = timezone.now()
    for days, slug in enumerate(["new", "middle", "old"]):
        article = ArticleFactory(municipality=gol, slug=slug)
        article.translations.update(publish_at=now - timedelta(days=days + 1))
    ArticleFactory(municipality=gol, slug="draft").translations.update(state="draft")
    ArticleFactory(municipality=gol, slug="later").translations.update(publish_at=now + timedelta(days=1))
    ArticleFactory(municipality=gol, slug="page", kind="residents")
    ArticleFactory(municipality=MunicipalityFactory(aal=True), slug="other")
    feed = xml(client, "/nn/gol/news.atom")
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == [
        "new (nn)", "middle (nn)", "old (nn)",
    ]  # fmt: skip
    links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
    assert all(link and link.startswith("https://bli.example/nn/gol/") for link in links)
    assert feed.get(LANG) == "nn"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Gol kommune"


def test_an_entry_has_all_that_atom_asks_for(client: Client, gol: Municipality) -> None:
    texts = {"en": {"title": "A <b>day</b> & \x0b more", "summary": "It is <on>.", "body": "b"}}
    ArticleFactory(municipality=gol, slug="day", texts=texts)
    answer = client.get("/nb/gol/news.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    (entry,) = ElementTree.fromstring(answer.content).iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A <b>day</b> &  more"
    assert entry.findtext(f"{ATOM}summary") == "It is <on>."
    assert entry.findtext(f"{ATOM}id") == "https://bli.example/nb/gol/articles/day/"
    assert entry.findtext(f"{ATOM}published")
    assert entry.findtext(f"{ATOM}updated")
    assert entry.get(LANG) == "en"


def test_an_unknown_town_has_no_feed(client: Client, gol: Municipality) -> None:
    assert client.get("/nb/nowhere/news.atom").status_code == 404


def test_what_an_editor_publishes_is_in_the_feed_at_once(client: Client, gol: Municipality) -> None:
    assert not list(xml(client, "/nb/gol/news.atom").iter(f"{ATOM}entry"))
    ArticleFactory(municipality=gol)
    assert list(xml(client, "/nb/gol/news.atom").iter(f"{ATOM}entry"))


# --- Site maps ---


def locations(element: ElementTree.Element) -> list[str]:
    return [str(found.text) for found in element.iter(f"{MAP}loc")]


def test_the_index_names_a_map_for_each_town_that_is_on(client: Client, gol: Municipality) -> None:
    MunicipalityFactory(aal=True)
    MunicipalityFactory(hemsedal=True, switched_off=True)
    assert locations(xml(client, "/sitemap.xml")) == [
        "https://bli.example/sitemaps/aal.xml", "https://bli.example/sitemaps/gol.xml",
    ]  # fmt: skip
    assert client.get("/sitemaps/hemsedal.xml").status_code == 404


def test_every_page_of_the_map_is_there(client: Client, gol: Municipality) -> None:
    ArticleFactory(municipality=gol, slug="fair")
    ListingFactory(municipality=gol)
    VacancyFactory(municipality=gol)
    found = locations(xml(client, "/sitemaps/gol.xml"))
    assert len(found) == len(set(found))
    for name in ["start", "news", "residents", "guide"]:
        with translation.override("nn"):
            assert f"https://bli.example{reverse(f'pages:{name}', args=['gol'])}" in found
    kinds = ["topics/jobs/", "themes/live/", "steps/moved/", "articles/fair/", "homes/", "jobs/"]
    for kind in [*kinds, "facts/", "ask/", "register/"]:
        assert f"https://bli.example/en/gol/{kind}" in found
    for address in found:
        assert client.get(address.removeprefix("https://bli.example")).status_code == 200, address


def test_each_page_names_itself_in_every_language_and_the_main_one_as_default(
    client: Client, gol: Municipality
) -> None:
    gol.languages = ["nn", "en", "ar"]
    gol.save()
    pages = {page.findtext(f"{MAP}loc"): page for page in xml(client, "/sitemaps/gol.xml").iter(f"{MAP}url")}
    assert {str(address).split("/")[3] for address in pages} == {"nn", "en", "ar"}
    page = pages["https://bli.example/en/gol/topics/jobs/"]
    others = {link.get("hreflang"): link.get("href") for link in page.iter(f"{XHTML}link")}
    assert others == {
        code: f"https://bli.example/{language}/gol/topics/jobs/"
        for code, language in [("nn", "nn"), ("en", "en"), ("ar", "ar"), ("x-default", "nn")]
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*", page.findtext(f"{MAP}lastmod") or "")


def test_what_people_cannot_read_is_not_in_the_map(client: Client, gol: Municipality) -> None:
    ArticleFactory(municipality=gol, slug="draft").translations.update(state="draft")
    tomorrow = timezone.now() + timedelta(days=1)
    ArticleFactory(municipality=gol, slug="later").translations.update(publish_at=tomorrow)
    hidden = [
        ListingFactory(municipality=gol, is_published=False),
        VacancyFactory(municipality=gol, is_published=False),
    ]
    found = " ".join(locations(xml(client, "/sitemaps/gol.xml")))
    assert not [word for word in ["draft", "later", *(str(row.pk) for row in hidden)] if word in found]
    assert "/my/" not in found


def test_a_map_asks_the_database_as_often_for_many_pages_as_for_few(client: Client, gol: Municipality) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/sitemaps/gol.xml")
        return len(queries)

    ArticleFactory(municipality=gol)
    few = asked()
    ArticleFactory.create_batch(20, municipality=gol)
    ListingFactory.create_batch(5, municipality=gol)
    assert asked() == few
    assert asked() == 0


def test_robots_are_told_where_the_map_is_and_where_not_to_look(client: Client, gol: Municipality) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Sitemap: https://bli.example/sitemap.xml" in lines
    assert {"Disallow: /admin/", "Disallow: /nb/account/", "Disallow: /ar/account/"} <= set(lines)
    assert "Disallow: /" not in lines


# --- The picture that comes with a link ---


def test_the_picture_for_links_is_small_and_in_the_shape_that_is_asked_for() -> None:
    file = Path(settings.BASE_DIR) / "static" / "images" / "social.jpg"
    assert file.stat().st_size <= 90_000
    assert Image.open(file).size == (1200, 630)
