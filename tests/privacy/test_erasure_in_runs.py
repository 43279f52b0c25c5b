"""Erased while a package run is planned, printed or printed again: out of the run, and out of every stored file."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import sleep
from typing import Any

import pytest
from django.db import connection, connections
from pypdf import PdfReader

from newcomers.models import Household
from newcomers.services import restrict
from portal.clock import Quarter
from portal.documents.models import PrintJob
from portal.municipalities.models import Municipality
from privacy import erasure
from tests.conftest import TODAY, two_writers
from tests.packages.factories import make_gift, make_household, make_office
from welcome.letters import services as letters
from welcome.letters.models import Letter
from welcome.packages import papers
from welcome.packages.enums import PackageState
from welcome.packages.models import Package
from welcome.packages.planning import RunReport
from welcome.packages.services import print_run, run_packages

pytestmark = pytest.mark.django_db
Q4 = Quarter(2026, 4)


@pytest.fixture
def gol() -> Municipality:
    return make_office()


def plan(gol: Municipality) -> RunReport:
    return run_packages(municipality=gol, quarter=Q4, on=TODAY)


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def erase(household: Household) -> None:
    erasure.erase(household=Household.objects.get(pk=household.pk), by=None, on=TODAY)


def test_a_planned_package_is_cancelled_and_its_gifts_go_back(gol: Municipality) -> None:
    gift = make_gift(gol, agreed=5)
    household = make_household(gol, "Solveig Gløymd")
    plan(gol)
    gift.refresh_from_db()
    assert gift.left == 4
    erase(household)
    gift.refresh_from_db()
    assert gift.left == 5
    package = Package.objects.get()
    assert (package.state, package.household) == (PackageState.CANCELLED, None)


@pytest.mark.parametrize("printed_before", [False, True])
def test_erased_between_the_making_and_the_storing_of_the_file(
    gol: Municipality, monkeypatch: Any, printed_before: bool
) -> None:
    make_household(gol, "Kari Moen")
    household = make_household(gol, "Solveig Gløymd")
    plan(gol)
    if printed_before:
        print_run(municipality=gol, quarter=Q4, on=TODAY)
    make_list, left = papers.packing_list_pdf, [household]

    def erase_first(*args: Any, **kwargs: Any) -> bytes:
        """The letters are made; before anything is stored, she is erased."""
        made = make_list(*args, **kwargs)
        if left:
            erase(left.pop())
        return made

    monkeypatch.setattr(papers, "packing_list_pdf", erase_first)
    printed = print_run(municipality=gol, quarter=Q4, on=TODAY)
    assert printed.letters == 1
    stored = [text_of(bytes(job.content)) for job in PrintJob.objects.exclude(content=None)]
    assert len(stored) == 2
    for text in (*stored, text_of(printed.pdf)):
        assert "Gløymd" not in text
        assert "Moen" in text


def test_a_stored_file_that_names_her_is_dropped(gol: Municipality) -> None:
    household = make_household(gol, "Solveig Gløymd")
    plan(gol)
    print_run(municipality=gol, quarter=Q4, on=TODAY)
    assert PrintJob.objects.exclude(content=None).count() == 2
    erase(household)
    assert not PrintJob.objects.exclude(content=None).exists()


@two_writers
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["protected", "erased"])
def test_at_the_moment_of_printing_she_waits_and_is_forgotten_then(
    gol: Municipality, monkeypatch: Any, way: str
) -> None:
    household = make_household(gol, "Solveig Gløymd")
    plan(gol)
    forget = erase if way == "erased" else partial(restrict, by=None)
    issue, forgetting = letters.issue, ThreadPoolExecutor(1)

    def forget_meanwhile(**issued: Any) -> int:
        """The run is held by now, and the letters are not written yet."""
        started.append(forgetting.submit(_on_own_connection, forget, household))
        _wait_until_somebody_waits()
        return issue(**issued)

    started: list[Future[None]] = []
    monkeypatch.setattr(letters, "issue", forget_meanwhile)
    assert print_run(municipality=gol, quarter=Q4, on=TODAY).letters == 1
    started[0].result()
    assert Letter.objects.exclude(facts={}).count() == 0
    assert not PrintJob.objects.exclude(content=None).exists()


def _on_own_connection(forget: Callable[..., None], household: Household) -> None:
    try:
        forget(household=household)
    finally:
        connections.close_all()


def _wait_until_somebody_waits() -> None:
    """For a lock, in this database: other tests run beside it."""
    here = "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database WHERE datname = current_database()"
    for _time in range(500):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN ({here})")
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    pytest.fail("nobody waited for the run")


def test_whoever_was_erased_gets_no_second_package(gol: Municipality) -> None:
    erase(make_household(gol, "Solveig Gløymd", street="Lyktevegen 99"))
    make_household(gol, "Solveig Gløymd", street="Lyktevegen 99")
    make_household(gol, "Kari Moen")
    report = plan(gol)
    assert (report.planned, dict(report.blocked)) == (1, {"had themselves erased": 1})
