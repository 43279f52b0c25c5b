"""What people find, and what they must not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.models import Vacancy
from portal.municipalities.models import Municipality
from portal.pages.enums import PublishState
from portal.pages.models import ArticleTranslation
from portal.search.finding import PER_PAGE
from portal.search.indexing import rebuild
from portal.search.models import SearchEntry
from tests.conftest import TODAY
from tests.factories import ContactPointFactory, MunicipalityFactory, ServiceInfoFactory, StepFactory
from tests.housing.factories import ListingFactory
from tests.jobs.factories import VacancyFactory
from tests.search.conftest import article, index, search, text, titles

# --- Words ---


@pytest.mark.parametrize("query", ["Ål", "Aal", "al", "ÅL"])
def test_a_place_is_found_in_every_spelling(gol: Municipality, query: str) -> None:
    article(gol, nb="Buss til Ål")
    article(gol, nb="Alltid alle sammen")
    index()
    assert titles(gol, query) == ["Buss til Ål"]


@pytest.mark.parametrize(
    ("query", "language", "title"),
    [("biblioteket", "nb", "Bibliotek"), ("bibliotek", "nb", "Biblioteket"), ("skoler", "nb", "Skole"),
     ("skole", "nb", "Skolene våre"), ("libraries", "en", "Library"), ("library", "en", "Two libraries"),
     ("szkoły", "pl", "Szkoła"), ("бібліотека", "uk", "Бібліотека"), ("المكتبة", "ar", "مكتبة")],
)  # fmt: skip
def test_a_word_is_found_in_its_other_forms(gol: Municipality, query: str, language: str, title: str) -> None:
    article(gol, **{language: title})
    article(gol, **{language: "NAV"})
    index()
    assert titles(gol, query, language) == [title]


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [("bibliotk", "nb", "bibliotek"), ("barnehge", "nb", "barnehage"), ("liberary", "en", "library"),
     ("biblotek", "nb", "bibliotek"), ("barnahage", "nb", "barnehage")],
)  # fmt: skip
def test_a_misspelt_word_is_corrected_and_told_so(gol: Municipality, typed: str, language: str, meant: str) -> None:
    for title, body in [("Lån bøker", "på et bibliotek"), ("For barn", "en barnehage"), ("Skitrekk", "skiheis")]:
        article(gol, nb=text(title, body))
    article(gol, en=text("Borrow books", "from a library"))
    index()
    found = search(gol, typed, language)
    assert found.corrected == meant
    assert found.total == 1
    assert search(gol, meant, language).corrected == ""


def test_a_word_somewhat_like_one_of_another_language_is_not_taken_for_it(gol: Municipality) -> None:
    article(gol, pl="Punkt w sklepie")
    index()
    assert search(gol, "sykpleier", "nb").total == 0
    assert search(gol, "sklepei", "nb").corrected == "sklepie"


def test_the_beginning_of_a_word_is_no_mistake(gol: Municipality) -> None:
    article(gol, nb="Svømmehallen")
    article(gol, nb="Barnehageplass")
    index()
    found = search(gol, "svøm")
    assert (found.total, found.corrected) == (1, "")
    assert titles(gol, "barnehage") == ["Barnehageplass"]


def test_a_word_of_another_language_may_begin_one_of_the_readers(gol: Municipality) -> None:
    article(gol, nb="Buss og tog", en="Bus and train")
    index()
    assert titles(gol, "bus", "nb") == ["Buss og tog"]


def test_every_word_counts_and_when_none_has_all_it_says_so(gol: Municipality) -> None:
    article(gol, nb=text("Lege", "Ring legevakten"))
    article(gol, nb=text("Tannlege", "Ring"))
    article(gol, nb=text("Buss", "Kjør"))
    index()
    assert titles(gol, "ring legevakten") == ["Lege"]
    found = search(gol, "legevakten buss")
    assert found.some_words
    assert found.total == 2


def test_words_that_stand_everywhere_are_not_asked_for(gol: Municipality) -> None:
    for number in range(5):
        article(gol, nb=text(f"Side {number}", "hvor det er noe"))
    article(gol, nb=text("Lege", "Time"))
    index()
    found = search(gol, "hvor er det lege")
    assert (titles(gol, "hvor er det lege"), found.some_words) == (["Lege"], False)
    assert search(gol, "hvor er det").total == 5


def test_a_hit_in_the_title_comes_first(gol: Municipality) -> None:
    article(gol, nb=text("Annet", "svømmehall svømmehall svømmehall"))
    article(gol, nb=text("Svømmehall", "åpent"))
    index()
    assert titles(gol, "svømmehall") == ["Svømmehall", "Annet"]


def test_topics_articles_steps_contacts_homes_and_jobs_are_found(gol: Municipality) -> None:
    ServiceInfoFactory(municipality=gol, topic="library", texts={"nb": text("Lykteord topic")})
    article(gol, nb="Lykteord article")
    StepFactory(municipality=gol, situation="moved", texts={"nb": {"title": "Lykteord step", "text": ""}})
    contact = ContactPointFactory(municipality=gol, texts={"nb": {"name": "Lykteord contact", "opening_hours": "9-15"}})
    home = ListingFactory(municipality=gol, title="Lykteord home")
    job = VacancyFactory(municipality=gol, title="Lykteord job")
    index()
    found = {hit.kind: hit for hit in search(gol, "lykteord").hits}
    assert set(found) == {"topic", "article", "step", "contact", "home", "job"}
    assert found["topic"].url == "/nb/gol/topics/library/"
    assert found["step"].url == "/nb/gol/steps/moved/"
    assert found["home"].url == f"/nb/gol/homes/{home.pk}/"
    assert found["job"].url == f"/nb/gol/jobs/{job.pk}/"
    assert contact.phone in found["contact"].snippet


def test_a_contact_leads_to_the_page_that_refers_to_it(gol: Municipality) -> None:
    contact = ContactPointFactory(municipality=gol, texts={"nb": {"name": "Legekontoret"}})
    ServiceInfoFactory(municipality=gol, topic="doctor_emergency", contacts=[contact])
    index()
    assert [hit.url for hit in search(gol, "legekontoret").hits] == ["/nb/gol/topics/doctor_emergency/"]


def test_who_to_ask_about_a_home_or_a_job_is_not_found_by_name(gol: Municipality) -> None:
    ListingFactory(municipality=gol, contact_name="Torunn Eksempel")
    VacancyFactory(municipality=gol, contact="Torunn Eksempel")
    index()
    assert search(gol, "Torunn").total == 0


def test_a_home_is_found_by_its_kind(gol: Municipality) -> None:
    ListingFactory(municipality=gol, title="Nær elva", language="nb")
    index()
    assert titles(gol, "leilighet") == ["Nær elva"]


# --- Languages ---


def test_the_readers_language_comes_first(gol: Municipality) -> None:
    article(gol, nb="NAV", pl="NAV po polsku", en="NAV in English")
    index()
    found = search(gol, "nav", "pl")
    assert titles(gol, "nav", "pl") == ["NAV po polsku"]
    assert found.other_language == ""


def test_without_any_in_it_the_main_language_is_shown_and_told(gol: Municipality) -> None:
    article(gol, nb="Bibliotek", nn="Bibliotek")
    article(gol, pl="Szkoła")
    index()
    found = search(gol, "biblioteka", "pl")
    assert [hit.language for hit in found.hits] == ["nb"]
    assert found.other_language == "nb"


def test_without_any_in_both_another_language_is_shown(gol: Municipality) -> None:
    article(gol, uk="Бібліотека")
    index()
    assert search(gol, "бібліотека", "en").other_language == "uk"


def test_what_is_written_once_is_found_in_every_language(gol: Municipality) -> None:
    VacancyFactory(municipality=gol, title="Sjukepleiar", language="nn")
    article(gol, en=text("Health", "A sjukepleiar is a nurse"), nb="Sjukepleiar på bokmål")
    index()
    found = search(gol, "sjukepleiar", "en")
    assert {(hit.kind, hit.language) for hit in found.hits} == {("job", "nn"), ("article", "en")}
    assert found.other_language == ""


# --- What must not be found ---


def test_drafts_and_what_appears_later_are_not_found(gol: Municipality) -> None:
    article(gol, nb=text("Lykteord", state=PublishState.DRAFT))
    article(gol, nb=text("Lykteord", publish_at=timezone.now() + timedelta(hours=1)))
    article(gol, nb=text("Lykteord nå", publish_at=timezone.now() - timedelta(hours=1)))
    index()
    assert titles(gol, "lykteord") == ["Lykteord nå"]


def test_old_taken_and_unpublished_homes_and_jobs_are_not_found(gol: Municipality) -> None:
    for trait in ("draft", "withdrawn", "unconfirmed", "taken"):
        ListingFactory(municipality=gol, title="Lykteord", **{trait: True})
    for trait in ("draft", "withdrawn", "expired"):
        VacancyFactory(municipality=gol, title="Lykteord", **{trait: True})
    index()
    assert search(gol, "lykteord").total == 0


def test_another_municipalitys_things_are_not_found(gol: Municipality) -> None:
    aal = MunicipalityFactory(aal=True)
    article(aal, nb="Lykteord")
    VacancyFactory(municipality=aal, title="Lykteord")
    index()
    assert search(gol, "lykteord").total == 0
    assert search(gol, "lykteordd").corrected == ""
    assert search(aal, "lykteord").total == 2


def test_what_ceased_to_be_public_is_not_found_even_when_nobody_told_the_index(gol: Municipality) -> None:
    """Changes that go round the models: no signal, no rebuild yet."""
    page, job = article(gol, nb="Lykteord"), VacancyFactory(municipality=gol, title="Lykteord")
    gone = article(gol, nb="Lykteord")
    index()
    assert search(gol, "lykteord").total == 3
    ArticleTranslation.objects.filter(master=page).update(state=PublishState.DRAFT)
    Vacancy._base_manager.filter(pk=job.pk).update(is_published=False)
    with connection.cursor() as cursor:
        parts = [gone.pk.hex if connection.vendor == "sqlite" else gone.pk]
        for table in ("pages_article_translation", "pages_article"):
            column = "master_id" if table.endswith("translation") else "id"
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", parts)
    assert search(gol, "lykteord").total == 0


def test_a_deadline_passes_without_anybody_doing_anything(gol: Municipality) -> None:
    VacancyFactory(municipality=gol, title="Lykteord", deadline=TODAY)
    index()
    assert SearchEntry.objects.shown(TODAY).count() == 1
    assert SearchEntry.objects.shown(TODAY + timedelta(days=1)).count() == 0


# --- Pages of results, and strange input ---


def test_results_come_in_pages_and_one_too_far_is_the_last(gol: Municipality) -> None:
    for number in range(PER_PAGE + 3):
        article(gol, nb=f"Lykteord {number:02}")
    index()
    assert search(gol, "lykteord").total == PER_PAGE + 3
    assert len(search(gol, "lykteord").hits) == PER_PAGE
    last = search(gol, "lykteord", page=9999)
    assert (last.number, len(last.hits)) == (2, 3)
    assert search(gol, "lykteord", page=0).number == 1


@pytest.mark.parametrize(
    "query",
    ["", "  ", "'; DROP TABLE search_searchentry; --", "<script>alert(1)</script>", "a & !b | (c", "\\", "%_", "🎿🏔️",
     "مكتبة عامة", "бібліотека", "x" * 200, "a b c d e f g h i j k l m n o p q", "'bibliotek':*", "1e5 -3 2.5", "½²ﷺ"],
)  # fmt: skip
def test_strange_queries_find_nothing_and_hurt_nobody(gol: Municipality, query: str) -> None:
    article(gol, nb="Skiløype")
    index()
    assert search(gol, query).total == 0
    assert SearchEntry.objects.exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=80))
def test_no_text_breaks_the_database(gol: Municipality, query: str) -> None:
    from portal.search.finding import clean

    article_of(gol)
    search(gol, clean(query)[0])


def article_of(town: Municipality) -> Any:
    if not town.articles.exists():
        article(town, nb=text("Bibliotek", "æøå 1e5 ½ 🎿 مكتبة"))
        rebuild([town])
