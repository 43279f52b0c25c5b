"""The search page, and what the office learns of how people search."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.search import counting
from portal.search.figures import figures
from portal.search.models import MissedSearch, SearchCount
from portal.search.tasks import daily
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, StaffRoleFactory
from tests.jobs.factories import VacancyFactory
from tests.search.conftest import article, index, text


def get(query: str, language: str = "nb", **more: Any) -> Any:
    return Client().get(f"/{language}/gol/search/", {"q": query, **more})


def page(query: str, language: str = "en", **more: Any) -> str:
    answer = get(query, language, **more)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def filled(gol: Municipality) -> Municipality:
    article(gol, nb=text("Bibliotek", "Lån bøker"), en=text("Library", "Borrow books"))
    VacancyFactory(municipality=gol, title="Baker", language="nn")
    index()
    return gol


# --- The page ---


def test_before_a_search_there_is_a_box_with_its_label(gol: Municipality) -> None:
    html = page("")
    assert html.count("<h1") == 1
    assert '<label class="ds-label" for="search-q">' in html
    assert 'type="search" id="search-q" name="q" value=""' in html
    assert not SearchCount.objects.exists()


def test_the_heading_says_how_many_were_found(filled: Municipality) -> None:
    html = page("library")
    assert re.search(r"<h1>\s*1 result for &quot;library&quot;|<h1>\s*1 result for \"library\"", html)
    assert "<mark>Library</mark>" in html
    assert 'href="/en/gol/articles/' in html


def test_a_result_in_another_language_says_so(filled: Municipality) -> None:
    html = page("library", "pl")
    assert 'lang="en"' in html
    assert "English" in html
    assert 'lang="nn"' in page("baker", "en")


def test_without_a_result_one_can_ask(gol: Municipality) -> None:
    html = page("flying carpets")
    assert "flying%20carpets" in html
    assert "/en/gol/ask/?search=" in html


def test_a_correction_is_told(filled: Municipality) -> None:
    assert "<strong>Library</strong>" in page("liberary")


def test_the_second_page_keeps_the_words(gol: Municipality) -> None:
    for number in range(25):
        article(gol, en=f"Lantern {number}")
    index()
    assert "?q=lantern&amp;page=2" in page("lantern")
    assert page("lantern", page="2").count('class="result"') == 5
    assert page("lantern", page="nonsense").count('class="result"') == 20


@pytest.mark.parametrize(
    "query",
    ["x" * 10_000, "ski\0løype", "<script>alert(1)</script>", "'; DROP TABLE search_searchentry; --", "🎿", "مكتبة",
     "\ud800"],
)  # fmt: skip
def test_strange_queries_get_a_clear_page(filled: Municipality, query: str) -> None:
    html = page(query.encode("utf-8", "replace").decode())
    assert "<script>alert" not in html
    assert 'id="search-q"' in html


def test_a_long_query_is_cut_and_told_so(gol: Municipality) -> None:
    html = page("bibliotek " * 1_000)
    assert "first 200 characters" in html


def test_crawlers_and_browsers_keep_nothing(filled: Municipality) -> None:
    answer = get("bibliotek")
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer.cookies == {}
    assert Client().post("/nb/gol/search/").status_code == 405
    again = Client().get("/nb/gol/search/?q=bibliotek", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_a_municipality_that_is_off_has_no_search(filled: Municipality) -> None:
    filled.is_active = False
    filled.save()
    assert get("bibliotek").status_code == 404


@pytest.mark.parametrize("query", ["bibliotek", "bibliotk", "bibliotek flyvende tepper", "qwertyuiop asdfghjkl"])
def test_few_questions_to_the_database_and_one_when_kept(filled: Municipality, query: str) -> None:
    get("something else")  # what all pages know is known from here on
    with CaptureQueriesContext(connection) as fresh:
        get(query)
    assert len(fresh) <= 6
    with CaptureQueriesContext(connection) as kept:
        get(query)
    assert len(kept) == 1
    assert "search_searchcount" in kept[0]["sql"]


def test_few_questions_also_when_nothing_at_all_is_kept(filled: Municipality) -> None:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        get("bibliotek")
    assert len(queries) <= 8


def test_a_change_is_found_although_the_page_was_kept(
    filled: Municipality, django_capture_on_commit_callbacks: Any
) -> None:
    assert "Nothing found" in page("swimming")
    with django_capture_on_commit_callbacks(execute=True):
        article(filled, en="Swimming hall")
    assert "<mark>Swimming</mark>" in page("swimming")


# --- Counting ---


def test_every_search_is_counted_also_from_kept_pages(filled: Municipality) -> None:
    for query in ["bibliotek", "bibliotek", "bibliotek", "flyvende tepper", ""]:
        get(query)
    get("bibliotek", page="2")
    Client().head("/nb/gol/search/?q=bibliotek")
    row = SearchCount.objects.get()
    assert (row.day, row.searches, row.without_result) == (TODAY, 4, 1)
    assert not Session.objects.exists()


def test_figures_are_of_the_days_asked_for(filled: Municipality) -> None:
    aal = MunicipalityFactory(aal=True)
    for days, without_result in [(0, True), (0, False), (1, False), (1, False), (40, True)]:
        counting.count(filled, on=TODAY - timedelta(days=days), without_result=without_result)
    counting.count(aal, on=TODAY, without_result=True)
    found = figures(filled, start=TODAY - timedelta(days=7), until=TODAY)
    assert (found.searches, found.without_result, found.share) == (4, 1, 0.25)
    assert figures(filled, start=TODAY + timedelta(days=1), until=TODAY + timedelta(days=2)).share is None


@pytest.mark.parametrize(
    "query", ["kari@gol.example", "kari nordmann 1985", "00 00 00 01", "010190 12345", "2-0-2-6", "x" * 61]
)
def test_words_that_may_tell_who_asks_are_not_kept(gol: Municipality, query: str) -> None:
    get(query)
    assert not MissedSearch.objects.exists()
    assert SearchCount.objects.get().without_result == 1


def test_what_is_missed_again_and_again_is_shown_to_staff(gol: Municipality) -> None:
    client = client_of(StaffRoleFactory(municipality=gol, role=Role.EDITOR).user)
    url = reverse("admin:search_missedsearch_changelist")
    for times in range(3):
        assert "flyvende tepper" not in client.get(url).content.decode()
        cache.clear()
        get(" Flyvende   TEPPER" if times else "flyvende tepper")
    row = MissedSearch.objects.get()
    assert (row.query, row.language, row.times, row.last_on) == ("flyvende tepper", "nb", 3, TODAY)
    assert "flyvende tepper" in client.get(url).content.decode()
    change = reverse("admin:search_missedsearch_change", args=[row.pk])
    assert client.post(change, {"query": "x"}).status_code == 403
    assert client.get(reverse("admin:search_missedsearch_add")).status_code == 403


def test_what_nobody_missed_for_a_year_is_forgotten_and_what_few_missed_after_a_month(gol: Municipality) -> None:
    year, month, day = clock.add_months(TODAY, -12), clock.add_months(TODAY, -1), timedelta(days=1)
    for words, times, on in [("tepper", 3, year - day), ("kofferter", 3, year), ("gardiner", 2, month - day),
                             ("lamper", 2, month)]:  # fmt: skip
        for _time in range(times):
            counting.note_missed(gol, words, "nb", on=on)
    daily()
    assert {row.query for row in MissedSearch.objects.all()} == {"kofferter", "lamper"}


def test_two_at_once_are_counted_both(gol: Municipality) -> None:
    """Each in one statement, without reading first."""
    with CaptureQueriesContext(connection) as queries:
        counting.count(gol, on=TODAY, without_result=False)
        counting.count(gol, on=TODAY, without_result=True)
    assert len(queries) == 2
    assert SearchCount.objects.get().searches == 2
