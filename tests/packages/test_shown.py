"""What others see of packages: the timeline, My page, the day page, the schedule, the demonstration."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from newcomers.models import Household
from portal import registry
from portal.accounts.models import User
from portal.clock import Quarter
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality, StaffRole
from portal.pages.models import ContactPoint
from tests.conftest import TODAY
from tests.packages.factories import make_gift, make_household, make_municipality, make_office
from welcome.packages import stock, timeline
from welcome.packages.enums import RunState
from welcome.packages.models import Package, PackagePlan, PackageRun
from welcome.packages.services import plan_due_runs, print_run, run_packages

pytestmark = pytest.mark.django_db
Q4 = Quarter(2026, 4)


@pytest.fixture
def gol() -> Municipality:
    return make_office()


def plan(municipality: Municipality) -> None:
    run_packages(municipality=municipality, quarter=Q4, on=TODAY)


def titles(household: Household, *, for_staff: bool = False) -> list[tuple[str, str]]:
    with translation.override("en"):
        entries = registry.timeline(household, TODAY, for_staff=for_staff)
    return [(entry.title, entry.state) for entry in entries if "package" in entry.title or "letter" in entry.title]


def test_the_timeline_shows_plan_and_print(gol: Municipality) -> None:
    household = make_household(gol, "Kari Moen")
    assert titles(household) == []
    PackagePlan.objects.create(municipality=gol)
    assert titles(household) == [("The welcome package is sent by this day", "next")]
    plan(gol)
    assert titles(household) == [("The welcome package is sent by this day", "next")]
    assert ("A welcome package is planned", "done") in titles(household, for_staff=True)
    print_run(municipality=gol, quarter=Q4, on=TODAY)
    shown = [("The welcome package is on its way", "done"), ("The welcome letter is in the post", "done")]
    assert sorted(titles(household)) == sorted(shown)


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ({}, date(2026, 12, 31)),
        ({"moved_in_on": date(2027, 1, 5)}, None),
        ({"moved_in_on": date(2025, 12, 31)}, None),
        ({"moved_in_on": date(2026, 1, 1)}, date(2026, 12, 31)),
        ({"wants_post": False}, None),
        ({"street": ""}, None),
        ({"state": "moved_away"}, None),
    ],
)
def test_a_package_is_promised_only_to_those_who_get_one(
    gol: Municipality, change: dict[str, Any], by: date | None
) -> None:
    PackagePlan.objects.create(municipality=gol)
    assert timeline.expected_by(make_household(gol, "Kari Moen", **change), TODAY) == by


def test_after_the_print_it_is_promised_for_the_next_quarter(gol: Municipality) -> None:
    PackagePlan.objects.create(municipality=gol)
    PackageRun.objects.create(municipality=gol, quarter="2026Q4", state=RunState.PRINTED, printed_on=TODAY)
    assert timeline.expected_by(make_household(gol, "Kari Moen"), TODAY) == date(2027, 3, 31)


def my_page(household: Household) -> str:
    request = RequestFactory().get("/")
    with translation.override("en"):
        sections = list(timeline.my_page(request, household, TODAY))
        return "".join(render_to_string(section.template, section.context) for section in sections)


def test_my_page_says_what_is_in_the_package_and_when_it_comes(gol: Municipality) -> None:
    make_gift(gol, "cinema", per="adult")
    make_gift(gol, "sold-out", agreed=0)
    household = make_household(gol, "Kari Moen", "Ola Li")
    assert my_page(household) == ""
    plan(gol)
    page = my_page(household)
    assert "2 × cinema-en" in page
    assert "Turlaget Raud Lykt" in page
    assert "31 Dec" in page or "Dec. 31" in page
    assert "sold-out" not in page
    print_run(municipality=gol, quarter=Q4, on=TODAY)
    assert "It was sent on" in my_page(household)


def queues(user: User, municipality: Municipality) -> dict[str, tuple[int, str]]:
    with translation.override("en"):
        return {queue.title: (queue.count, queue.state) for queue in registry.day_page(user, [municipality], TODAY)}


def test_the_day_page_shows_what_waits(gol: Municipality) -> None:
    officer = User.objects.create(email="officer@gol.example")
    StaffRole.objects.create(user=officer, municipality=gol, role=Role.SERVICE_OFFICER)
    make_gift(gol, agreed=0)
    make_household(gol, "Kari Moen")
    ContactPoint.objects.create(municipality=gol, code="in-no-letter")
    before = queues(officer, gol)
    assert before["Packages of 2026Q4 not planned yet"] == (1, "due")
    assert before["Facts that stop the letters"] == (0, "ok")
    plan(gol)
    ContactPoint.objects.update(verified_on=None)
    after = queues(officer, gol)
    assert after["Packages of 2026Q4 not planned yet"] == (0, "ok")
    assert after["Package runs planned, not printed"] == (1, "due")
    assert after["Packages short of a gift"] == (1, "due")
    assert after["Facts that stop the letters"] == (1, "late")


def test_an_editor_has_no_package_queue(gol: Municipality) -> None:
    editor = User.objects.create(email="editor@gol.example")
    StaffRole.objects.create(user=editor, municipality=gol, role=Role.EDITOR)
    assert "Package runs planned, not printed" not in queues(editor, gol)


# --- The schedule ---


def test_each_active_plan_starts_once_a_quarter_and_a_missed_start_is_caught_up(gol: Municipality) -> None:
    paused, off = make_municipality("Hol"), make_municipality("Flå", is_active=False)
    PackagePlan.objects.create(municipality=paused, is_active=False)
    for municipality in (gol, off):
        PackagePlan.objects.create(municipality=municipality)
    make_household(gol, "Kari Moen")
    assert [(m, r.planned) for m, r in plan_due_runs(on=TODAY, dry_run=True)] == [(gol, 1)]
    assert not PackageRun.objects.exists()
    assert [(m, r.planned) for m, r in plan_due_runs(on=TODAY)] == [(gol, 1)]
    assert plan_due_runs(on=TODAY) == []
    assert [m for m, _report in plan_due_runs(on=date(2027, 1, 1))] == [gol]


def test_a_planning_that_died_is_begun_again(gol: Municipality) -> None:
    PackagePlan.objects.create(municipality=gol)
    make_household(gol, "Kari Moen")
    PackageRun.objects.create(municipality=gol, quarter="2026Q4")
    assert [report.planned for _municipality, report in plan_due_runs(on=TODAY)] == [1]


def test_the_command_says_what_it_planned(gol: Municipality) -> None:
    PackagePlan.objects.create(municipality=gol)
    make_household(gol, "Kari Moen")
    out = StringIO()
    call_command("planruns", "--date", str(TODAY), "--json", stdout=out)
    report = {"municipality": gol.code, "planned": 1, "already_done": 0, "blocked": [], "short_of_stock": 0}
    assert json.loads(out.getvalue()) == {"runs": [report]}


# --- The demonstration ---


def test_the_demonstration_has_a_printed_run_and_a_planned_one_and_may_be_loaded_twice() -> None:
    call_command("demo", "--no-index", "--date", str(TODAY), stdout=StringIO())
    first = (Package.objects.count(), PackageRun.objects.count())
    states = set(PackageRun.objects.values_list("quarter", "state"))
    assert states == {("2026Q3", RunState.PRINTED), ("2026Q4", RunState.PLANNED)}
    assert stock.broken_gifts() == []
    call_command("demo", "--no-index", "--date", str(TODAY), stdout=StringIO())
    assert (Package.objects.count(), PackageRun.objects.count()) == first
