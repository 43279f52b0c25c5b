"""The index follows every change, and the nightly rebuild makes up for what it missed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from housing.models import Listing
from jobs.models import Vacancy
from portal import page_cache
from portal.municipalities.models import Municipality
from portal.pages.enums import PublishState
from portal.search import indexing
from portal.search.models import SearchEntry, SearchWord
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, StepFactory
from tests.housing.factories import ListingFactory
from tests.jobs.factories import VacancyFactory
from tests.search.conftest import article, index, search, text, titles


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Any:
    """What stands in this block is committed at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


# --- After each change ---


def test_what_is_saved_is_found_at_once_and_what_is_deleted_is_not(gol: Municipality, commit: Any) -> None:
    with commit():
        page = article(gol, nb="Skiløype")
    assert titles(gol, "skiløype") == ["Skiløype"]
    with commit():
        row = page.translations.get()
        row.title, row.summary, row.body = "Lysløype", "Lys", "Lys"
        row.save()
    assert titles(gol, "lysløype") == ["Lysløype"]
    assert not SearchEntry.objects.filter(title="Skiløype").exists()
    with commit():
        page.delete()
    assert not SearchEntry.objects.exists()


def test_a_draft_enters_when_it_is_published_and_leaves_when_it_is_taken_back(gol: Municipality, commit: Any) -> None:
    with commit():
        row = article(gol, nb=text("Skiløype", state=PublishState.DRAFT)).translations.get()
    assert not SearchEntry.objects.exists()
    with commit():
        row.state = PublishState.PUBLISHED
        row.save()
    assert search(gol, "skiløype").total == 1
    with commit():
        row.state = PublishState.DRAFT
        row.save()
    assert not SearchEntry.objects.exists()


def test_many_homes_and_jobs_changed_in_one_stroke_are_followed(gol: Municipality, commit: Any) -> None:
    with commit():
        ListingFactory.create_batch(2, municipality=gol, draft=True, title="Lykteord")
        VacancyFactory.create_batch(2, municipality=gol, draft=True, title="Lykteord")
    assert not SearchEntry.objects.exists()
    with commit():
        Listing.objects.all().publish(TODAY)
        Vacancy.objects.all().publish(TODAY)
    assert search(gol, "lykteord").total == 4
    with commit():
        Listing.objects.all().mark_taken(TODAY)
        Vacancy.objects.all().withdraw()
    assert not SearchEntry.objects.exists()


def test_new_words_correct_misspelt_ones_before_the_night(gol: Municipality, commit: Any) -> None:
    with commit():
        article(gol, nb="Svømmehall")
    assert search(gol, "svømehall").corrected == "Svømmehall"


def taken_back(change: Callable[[], Any]) -> None:
    with transaction.atomic():
        change()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_taken_back_leaves_nothing() -> None:
    gol = MunicipalityFactory(gol=True)
    taken_back(lambda: article(gol, nb="Skiløype"))
    assert not SearchEntry.objects.exists()
    with transaction.atomic():
        taken_back(lambda: StepFactory(municipality=gol))
        article(gol, nb="Skiløype")
    assert [entry.kind for entry in SearchEntry.objects.all()] == ["article"]


@pytest.mark.django_db(transaction=True)
def test_a_failing_index_keeps_nobody_from_saving(monkeypatch: Any) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(indexing, "read_again", fail)
    gol = MunicipalityFactory(gol=True)
    page = article(gol, nb="Skiløype")
    monkeypatch.undo()
    assert page.pk
    index()
    assert search(gol, "skiløype").total == 1


def test_a_change_of_one_thing_asks_the_database_as_often_in_a_large_index(gol: Municipality, commit: Any) -> None:
    def queries() -> int:
        vacancy = VacancyFactory(municipality=gol)
        with commit():
            vacancy.save()
            with CaptureQueriesContext(connection) as captured:
                indexing.read_again(indexing.sources.get("job"), [vacancy.pk])
        return len(captured)

    few = queries()
    VacancyFactory.create_batch(30, municipality=gol)
    index()
    assert queries() == few <= 8


def test_kept_pages_are_thrown_away_when_the_index_changes(gol: Municipality) -> None:
    article(gol, nb="Skiløype")
    before = page_cache.version()
    index()
    after = page_cache.version()
    assert after != before
    index()
    assert page_cache.version() == after


# --- The rebuild ---


def test_a_rebuild_writes_what_is_new_and_leaves_the_rest_alone(gol: Municipality) -> None:
    article(gol, nb="Skiløype", en="Ski track")
    report = indexing.rebuild([gol])
    assert (report.entries, report.written, report.removed) == (2, 2, 0)
    entry = SearchEntry.objects.get(language="nb")
    again = indexing.rebuild([gol])
    assert (again.entries, again.written, again.removed) == (2, 0, 0)
    assert SearchEntry.objects.get(language="nb").changed_at == entry.changed_at


def test_a_rebuild_removes_what_is_gone(gol: Municipality) -> None:
    page = article(gol, nb="Skiløype")
    indexing.rebuild([gol])
    type(page).objects.filter(pk=page.pk).delete()
    SearchEntry.objects.create(
        municipality=gol, kind="activity", object_id=gol.pk, language="nb", title="x", changed_at=timezone.now()
    )
    assert indexing.rebuild([gol]).removed == 2
    assert not SearchEntry.objects.exists()
    assert not SearchWord.objects.exists()


def test_words_are_counted_as_they_mostly_stand(gol: Municipality) -> None:
    article(gol, nb={"title": "Ål", "summary": "Bibliotek", "body": "Biblioteket i Ål, bibliotek"})
    article(gol, nb={"title": "Gol", "summary": "Biblioteket", "body": "i Gol"})
    indexing.rebuild([gol])
    words = {word.word: word for word in gol.searchwords.filter(language="nb")}
    assert (words["al"].written, words["al"].share) == ("Ål", 0.5)
    assert (words["bibliotek"].written, words["bibliotek"].share) == ("bibliotek", 1)
    assert words["biblioteket"].stem == "bibliotek"


def test_what_appears_later_is_there_when_its_hour_comes(gol: Municipality, monkeypatch: Any) -> None:
    article(gol, nb=text("Skiløype", publish_at=timezone.now() + timedelta(hours=1)))
    index()
    assert search(gol, "skiløype").total == 0
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert search(gol, "skiløype").total == 1


# --- The command ---


def run(*arguments: str) -> Any:
    out = io.StringIO()
    call_command("indexsearch", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_says_what_it_did_and_a_dry_run_does_nothing(gol: Municipality) -> None:
    article(gol, nb="Skiløype")
    article(MunicipalityFactory(aal=True), nb="Skiløype")
    expected = {"municipalities": 1, "entries": 1, "written": 1, "removed": 0, "words": 4}
    assert run("--municipality", "3324", "--dry-run") == expected
    assert not SearchEntry.objects.exists()
    assert run("--municipality", "3324") == expected
    assert run()["written"] == 1
    assert run()["municipalities"] == 2
