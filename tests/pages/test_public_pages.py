"""The public site of a municipality: in each language, honest about what is missing or old, safe whatever is typed."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils.translation import get_supported_language_variant
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.municipalities.models import Municipality
from portal.pages.enums import TOPICS_BY_THEME, Theme, Topic
from portal.pages.texts import text_in, to_html
from tests.conftest import TODAY
from tests.factories import ContactPointFactory, MunicipalityFactory, ServiceInfoFactory

LANGUAGES = ["nb", "nn", "en"]  # of the municipality in these tests
ALL_LANGUAGES = ["nb", "nn", "en", "uk", "pl", "de", "ar"]
PLACES = ["/gol/", "/gol/topics/jobs/", "/gol/privacy/", "/gol/accessibility/"]


@pytest.fixture
def gol(db: None, monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    town = MunicipalityFactory(gol=True)
    for language in LANGUAGES:
        town.translations.create(language_code=language, tagline=f"Tagline-{language}", intro=f"Intro-{language}")
    ServiceInfoFactory(municipality=town, topic=Topic.JOBS)
    return town


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


# --- Languages ---


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_every_page_says_its_language_has_one_h1_and_a_way_past_the_header(
    client: Client, gol: Municipality, language: str, place: str
) -> None:
    html = page(client, f"/{language}{place}")
    assert f'<html lang="{language}" dir="ltr"' in html
    assert html.count("<h1") == 1
    assert '<a class="ds-skip-link" href="#main">' in html
    assert html.count('id="main"') == 1


@pytest.mark.parametrize("place", [*PLACES, "/gol/jobs/?words=a", "/gol/homes/", "/"])
def test_the_language_switch_keeps_the_page(client: Client, gol: Municipality, place: str) -> None:
    MunicipalityFactory(aal=True)  # with two, the front page is a page
    html = page(client, f"/nn{place}")
    links = dict(re.findall(r'<a href="([^"]+)" lang="\w+" hreflang="(\w+)"', html))
    # The front page belongs to no municipality: there every language of the portal is offered.
    offered = LANGUAGES if "gol" in place else ALL_LANGUAGES
    assert {language: address for address, language in links.items()} == {
        language: f"/{language}{place}" for language in offered
    }
    (current,) = re.findall(r'hreflang="(\w+)" aria-current="true"', html)
    assert current == "nn"


def test_the_switch_offers_what_the_municipality_offers(client: Client, gol: Municipality) -> None:
    gol.languages = ["nn", "en"]
    gol.save()
    assert re.findall(r'lang="\w+" hreflang="(\w+)"', page(client, "/en/gol/")) == ["nn", "en"]


def test_texts_come_in_the_language_of_the_page(client: Client, gol: Municipality) -> None:
    for language in LANGUAGES:
        html = page(client, f"/{language}/gol/")
        assert f"Tagline-{language}" in html
        assert f"jobs ({language})" in html
        assert sum(f"Tagline-{other}" in html for other in LANGUAGES) == 1


@pytest.mark.parametrize(
    ("wish", "language"),
    [("nb-NO,nb;q=0.9,en;q=0.5", "nb"), ("no", "nb"), ("no,en;q=0.8", "nb"), ("no-NO,en-US;q=0.7,en;q=0.3", "nb"),
     ("nn-NO", "nn"), ("nn-NO,nn;q=0.9,no;q=0.8,nb;q=0.7", "nn"), ("en-GB", "en"), ("en-US,nb;q=0.4", "en"),
     ("pl", "pl"), ("pl-PL,en-US;q=0.8", "pl"), ("uk-UA,ru;q=0.9", "uk"), ("de-AT", "de"), ("ar-SY,en;q=0.2", "ar"),
     ("fr", "nb"), ("fr-FR,fr;q=0.9,en-US;q=0.8", "en"), ("se-NO,nb;q=0.5", "nb"), ("*", "nb"),
     ("", "nb"), ("xx;q=nonsense,,", "nb"), ("nn" * 500, "nb")],
)  # fmt: skip
def test_a_visitor_without_a_language_in_the_address_gets_the_browsers(
    client: Client, gol: Municipality, wish: str, language: str
) -> None:
    MunicipalityFactory(aal=True)
    answer = client.get("/", headers={"accept-language": wish})
    assert answer["Location"] == f"/{language}/"
    assert "Accept-Language" in answer["Vary"]


def test_no_is_bokmaal_wherever_django_asks() -> None:
    assert get_supported_language_variant("no") == "nb"


def test_the_address_goes_before_the_browser(client: Client, gol: Municipality) -> None:
    html = client.get("/en/gol/", headers={"accept-language": "nn"}).content.decode()
    assert '<html lang="en"' in html


def test_a_language_that_the_portal_does_not_know_is_not_found(client: Client, gol: Municipality) -> None:
    assert client.get("/fr/gol/").status_code == 404


# --- The way in ---


def test_with_one_municipality_home_is_its_start_page(client: Client, gol: Municipality) -> None:
    MunicipalityFactory(aal=True, switched_off=True)
    for language in LANGUAGES:
        assert client.get(f"/{language}/")["Location"] == f"/{language}/gol/"


def test_with_several_home_is_the_choice_between_those_switched_on(client: Client, gol: Municipality) -> None:
    MunicipalityFactory(aal=True)
    MunicipalityFactory(hemsedal=True, switched_off=True)
    html = page(client, "/en/")
    assert 'href="/en/gol/"' in html
    assert 'href="/en/aal/"' in html
    assert "hemsedal" not in html
    assert "Tagline-en" in html


def test_with_none_home_says_so(client: Client, db: None) -> None:
    assert "No municipality has been switched on yet." in page(client, "/en/")


# --- Start ---


def test_start_shows_the_five_reasons_each_with_its_topics(client: Client, gol: Municipality) -> None:
    html = page(client, "/en/gol/")
    assert re.findall(r'href="/en/gol/themes/(\w+)/"', html) == [theme.value for theme in TOPICS_BY_THEME]
    assert html.index('id="theme-work"') < html.index('href="/en/gol/topics/jobs/"') < html.index('id="theme-live"')
    assert "/en/gol/topics/housing/" not in html
    ServiceInfoFactory(municipality=gol, topic=Topic.HOUSING)
    assert html.index('id="theme-live"') < page(client, "/en/gol/").index('href="/en/gol/topics/housing/"')


@pytest.mark.parametrize("theme", Theme.values)
def test_a_theme_leads_to_its_topics(client: Client, gol: Municipality, theme: str) -> None:
    for topic in Topic:
        if topic != Topic.JOBS:
            ServiceInfoFactory(municipality=gol, topic=topic)
    found = re.findall(r'href="/en/gol/topics/(\w+)/"', page(client, f"/en/gol/themes/{theme}/"))
    assert found == [topic.value for topic in TOPICS_BY_THEME[Theme(theme)]]


@pytest.mark.parametrize("path", ["themes/nowhere/", "steps/nowhere/", "articles/nowhere/", "topics/nowhere/"])
def test_what_is_not_there_is_not_found(client: Client, gol: Municipality, path: str) -> None:
    assert client.get(f"/en/gol/{path}").status_code == 404


def test_every_topic_stands_under_one_theme() -> None:
    placed = [topic for topics in TOPICS_BY_THEME.values() for topic in topics]
    assert sorted(placed) == sorted(Topic)


def test_a_demonstration_says_so_on_every_page_and_a_real_one_nowhere(client: Client, gol: Municipality) -> None:
    for place in PLACES:
        assert "This is a demonstration." not in page(client, f"/en{place}")
    Municipality.objects.update(is_demo=True)
    for place in [*PLACES, "/account/login/"]:
        assert "This is a demonstration." in page(client, f"/en{place}"), place


def test_the_foot_names_the_office_and_the_statement(client: Client, gol: Municipality, settings: Any) -> None:
    settings.ACCESSIBILITY_STATEMENT_URL = "https://uustatus.example/gol"
    for place in PLACES:
        html = page(client, f"/nb{place}")
        assert 'href="tel:00000001"' in html
        assert f'href="mailto:{gol.office_email}"' in html
        assert 'href="https://uustatus.example/gol"' in html


# --- A topic ---


def test_a_missing_language_is_replaced_named_and_marked(client: Client, gol: Municipality) -> None:
    texts = {"nb": {"title": "Bibliotek", "summary": "Om.", "body": "Lån **bøker**."}}
    ServiceInfoFactory(municipality=gol, topic=Topic.LIBRARY, texts=texts)
    notice = "We do not have this text in your language yet."
    english = page(client, "/en/gol/topics/library/")
    assert notice in english
    assert '<div class="prose" lang="nb"' in english
    assert '<div class="page-header" lang="nb"' in english
    assert '<html lang="en"' in english
    assert notice not in page(client, "/en/gol/topics/jobs/")
    assert '<div class="prose" lang="en"' in page(client, "/en/gol/topics/jobs/")


@pytest.mark.parametrize(
    ("there", "wanted", "main", "found"),
    [("nb nn en", "nn", "nb", "nn"), ("nb en", "nn", "nn", "nb"), ("nn en", "nb", "nb", "nn"), ("nn", "en", "nb", "nn"),
     ("nb nn", "en", "nn", "nn"), ("nb nn", "en", "nb", "nb"), ("en", "nb", "nb", "en"), ("", "nb", "nb", None)],
)  # fmt: skip
def test_the_nearest_text_is_found(gol: Municipality, there: str, wanted: str, main: str, found: str | None) -> None:
    texts = {code: {"title": code, "summary": code, "body": code} for code in there.split()}
    info = ServiceInfoFactory(municipality=gol, topic=Topic.TAX_REGISTER, texts=texts or {"nb": {}})
    if not texts:
        info.translations.all().delete()
    text = text_in(info, wanted, main)
    assert (text.language_code if text else None) == found


@pytest.mark.parametrize("address", ["/en/gol/topics/library/", "/en/gol/topics/nonsense/", "/en/gol/topics/ABOUT/"])
def test_a_topic_that_is_unknown_or_empty_is_not_found(client: Client, gol: Municipality, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_topic_without_any_text_is_not_found(client: Client, gol: Municipality) -> None:
    ServiceInfoFactory(municipality=gol, topic=Topic.SHOPS).translations.all().delete()
    assert client.get("/en/gol/topics/shops/").status_code == 404
    assert client.get("/en/gol/").status_code == 200


@pytest.mark.parametrize(
    ("verified_on", "is_trusted"),
    [(date(2026, 11, 1), True), (date(2026, 5, 26), True), (date(2026, 5, 25), False), (None, False)],
)
def test_a_text_nobody_checked_lately_says_so(
    client: Client, gol: Municipality, verified_on: date | None, is_trusted: bool
) -> None:
    """180 days: on 22 November that reaches back to 26 May."""
    ServiceInfoFactory(municipality=gol, topic=Topic.LIBRARY, verified_on=verified_on)
    html = page(client, "/en/gol/topics/library/")
    assert ("This text was checked" in html) == is_trusted
    assert ("Nobody has checked this text lately." in html) == (not is_trusted)


def test_who_to_ask_stands_beside_the_text(client: Client, gol: Municipality) -> None:
    desk = ContactPointFactory(
        municipality=gol, code="library", texts={"nb": {"name": "Gol bibliotek", "opening_hours": "10–16"}}
    )
    ServiceInfoFactory(municipality=gol, topic=Topic.LIBRARY, contacts=[desk])
    html = page(client, "/en/gol/topics/library/")
    assert "Gol bibliotek" in html
    assert "10–16" in html
    assert 'href="tel:00000002"' in html
    assert 'href="mailto:library@gol.example"' in html


# --- What editors type ---

ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](https://t.example/p)",
    "<style>*{display:none}</style>", "<a href='javascript:alert(1)'>x</a>", "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<iframe src=https://t.example></iframe>", "[x](JaVaScRiPt:alert(1))", "<svg/onload=alert(1)>",
    '[x](https://a.example "onmouseover=alert(1)")', "&lt;script&gt;alert(1)&lt;/script&gt;", "[x](//t.example)",
]  # fmt: skip


class Tags(HTMLParser):
    """Collects what a browser would make of the HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def assert_harmless(html: str) -> None:
    for tag, attrs in Tags(html).found:
        assert tag in {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote", "hr", "code"}
        for name, value in attrs:
            assert name in {"href", "rel", "title"}, (tag, name)
            if name == "href" and ":" in (value or "").partition("/")[0]:
                assert str(value).partition(":")[0].lower() in {"http", "https", "mailto", "tel"}, value


@pytest.mark.parametrize("markdown", ATTACKS)
def test_markdown_holds_no_script_style_or_picture(markdown: str) -> None:
    assert_harmless(to_html(markdown))


PIECES = [*ATTACKS, "\n", "\n\n", "- ", "## ", "> ", "`", "*", "[", "](", ")", "<", '"']


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_no_mixture_of_them_does_either(parts: list[str]) -> None:
    assert_harmless(to_html("".join(parts)))


def test_markdown_keeps_what_editors_need() -> None:
    html = to_html("## Hours\n\n- **Monday** [call](tel:00000001)\n- [site](https://gol.example/)")
    assert "<h2>Hours</h2>" in html
    assert "<strong>Monday</strong>" in html
    assert 'href="tel:00000001"' in html
    assert 'href="https://gol.example/"' in html


def test_an_attack_in_any_text_reaches_no_page(client: Client, gol: Municipality) -> None:
    attack = "<script>alert(1)</script>"
    texts = {"en": {"title": attack, "summary": attack, "body": attack}}
    desk = ContactPointFactory(municipality=gol, texts={"en": {"name": attack, "opening_hours": attack}})
    ServiceInfoFactory(municipality=gol, topic=Topic.LIBRARY, texts=texts, contacts=[desk])
    gol.translations.filter(language_code="en").update(tagline=attack, intro=attack)
    for place in ["/en/gol/", "/en/gol/topics/library/"]:
        assert attack not in page(client, place)
        assert "alert(1)" in page(client, place), "shown as the words they are"


def test_the_languages_are_those_of_the_texts() -> None:
    assert [code for code, _name in configured.LANGUAGES] == ALL_LANGUAGES


def test_the_topics_of_work_and_home_lead_on_to_their_lists(client: Client, gol: Municipality) -> None:
    ServiceInfoFactory(municipality=gol, topic=Topic.HOUSING)
    ServiceInfoFactory(municipality=gol, topic=Topic.LIBRARY)
    main = {
        topic: page(client, f"/en/gol/topics/{topic}/").partition("<main")[2]
        for topic in ("jobs", "housing", "library")
    }
    assert 'class="way" href="/en/gol/jobs/"' in main["jobs"]
    assert 'class="way" href="/en/gol/homes/"' in main["housing"]
    assert 'class="way"' not in main["library"]
