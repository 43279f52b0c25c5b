from __future__ import annotations

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from newcomers.enums import HouseholdState, Residency
from newcomers.models import Household
from portal.clock import Quarter
from portal.municipalities.models import Municipality
from tests.conftest import TODAY
from tests.factories import UserFactory
from tests.packages.factories import make_gift, make_household, make_households, make_municipality
from welcome.packages import stock
from welcome.packages.enums import ItemState, RunState
from welcome.packages.models import Gift, Package, PackageItem, PackagePlan, PackageRun
from welcome.packages.services import RunError, RunReport, add_household, run_packages

pytestmark = pytest.mark.django_db
Q4 = Quarter(2026, 4)


@pytest.fixture
def gol() -> Municipality:
    return make_municipality()


def plan(municipality: Municipality, **values: Any) -> RunReport:
    return run_packages(municipality=municipality, **({"quarter": Q4, "on": TODAY} | values))


def counted(report: RunReport) -> tuple[int, int, dict[str, int]]:
    return report.planned, report.already_done, dict(report.blocked)


def test_each_household_that_moved_in_gets_one_package(gol: Municipality) -> None:
    make_household(gol, "Kari Moen")
    make_household(gol, "Ola Li", residency=Residency.PART_TIME)
    assert counted(plan(gol)) == (2, 0, {})
    assert counted(plan(gol)) == (0, 2, {})
    assert Package.objects.count() == 2


def test_running_again_adds_only_those_who_came_since(gol: Municipality) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)
    make_household(gol, "Ola Li")
    assert counted(plan(gol)) == (1, 1, {})


@pytest.mark.parametrize(
    ("moved_in_on", "planned"),
    [
        (date(2025, 11, 22), 0),
        (date(2025, 11, 23), 1),
        (TODAY, 1),
        (date(2026, 11, 23), 0),
    ],
)
def test_only_who_moved_in_within_twelve_months_counts(gol: Municipality, moved_in_on: date, planned: int) -> None:
    make_household(gol, "Kari Moen", moved_in_on=moved_in_on)
    assert counted(plan(gol)) == (planned, 0, {})


def test_the_window_is_the_plan_s(gol: Municipality) -> None:
    PackagePlan.objects.create(municipality=gol, window_months=3)
    make_household(gol, "Kari Moen", moved_in_on=date(2026, 8, 22))
    make_household(gol, "Ola Li", moved_in_on=date(2026, 8, 23))
    assert plan(gol).planned == 1


def test_strangers_are_no_candidates(gol: Municipality) -> None:
    make_household(make_municipality("Hol"), "Kari Moen")
    make_household(gol, "Ola Li", state=HouseholdState.MOVED_AWAY)
    make_household(gol, "Per Dal", state=HouseholdState.CONSIDERING)
    protected = make_household(gol, "Eva Ås", street="", postcode="", city="")
    Household.objects.filter(pk=protected.pk).update(restricted=True)
    assert counted(plan(gol)) == (0, 0, {})


def test_each_blocked_household_has_one_reason(gol: Municipality) -> None:
    make_household(gol, "Kari Moen", wants_post=False, street="")
    make_household(gol, "Ola Li", street="")
    make_household(gol, "Per Dal", city="")
    make_household(gol, children=(2020,))
    make_household(gol, "Գևորգ")
    report = plan(gol)
    assert counted(report) == (
        0,
        0,
        {
            "does not want post": 1,
            "no complete postal address": 2,
            "no adult": 1,
            "name or address cannot be printed": 1,
        },
    )


def test_who_has_a_package_from_an_earlier_run_is_done(gol: Municipality) -> None:
    household = make_household(gol, "Kari Moen", moved_in_on=date(2026, 9, 1))
    plan(gol, quarter=Quarter(2026, 3), on=date(2026, 9, 30))
    PackageRun.objects.update(state=RunState.PRINTED, printed_on=date(2026, 9, 30))
    household.wants_post = False
    household.save()
    assert counted(plan(gol)) == (0, 1, {})


def test_once_the_run_is_printed_newcomers_wait_for_the_next(gol: Municipality) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)
    PackageRun.objects.update(state=RunState.PRINTED, printed_on=TODAY)
    make_household(gol, "Ola Li")
    make_household(gol, "Per Dal", wants_post=False)
    assert counted(plan(gol)) == (0, 1, {"waits for the next run": 1, "does not want post": 1})
    assert counted(plan(gol, quarter=Quarter(2027, 1), on=date(2027, 1, 4))) == (1, 1, {"does not want post": 1})


def test_one_household_is_taken_in_alone_and_once(gol: Municipality) -> None:
    """The run of the quarter is begun if need be; its planning still waits, and finds them there."""
    gift = make_gift(gol, agreed=5)
    one, _other = make_households(gol, 2)
    by = UserFactory()
    package = add_household(household=one, on=TODAY, by=by)
    assert add_household(household=one, on=TODAY, by=by) == package == Package.objects.get()
    assert (package.run.quarter, package.run.planned_on, items(gift)) == ("2026Q4", None, {"reserved": 1})
    assert counted(plan(gol)) == (1, 1, {})


def test_who_can_get_no_package_is_told_why_and_begins_no_run(gol: Municipality) -> None:
    by = UserFactory()
    for household, why in [
        (make_household(gol, "Kari Moen", wants_post=False), "does not want post"),
        (make_household(gol, "Kari Moen", street=""), "no complete postal address"),
        (make_household(gol, "Kari Moen", moved_in_on=date(2024, 1, 1)), "within the last 12 months"),
        (make_household(gol, "Kari Moen", state=HouseholdState.MOVED_AWAY), "do not live here"),
    ]:
        with pytest.raises(RunError, match=why), translation.override("en"):
            add_household(household=household, on=TODAY, by=by)
    assert not PackageRun.objects.exists()
    PackageRun.objects.create(municipality=gol, quarter="2026Q4", state=RunState.PRINTED, printed_on=TODAY)
    with pytest.raises(RunError, match="waits for the next run"), translation.override("en"):
        add_household(household=make_household(gol, "Kari Moen"), on=TODAY, by=by)


def test_a_day_outside_the_quarter_is_refused(gol: Municipality) -> None:
    with pytest.raises(RunError, match="2026Q4"):
        plan(gol, on=date(2027, 1, 1))
    assert not PackageRun.objects.exists()


def test_a_dry_run_counts_the_same_and_changes_nothing(gol: Municipality) -> None:
    make_gift(gol, agreed=1)
    make_households(gol, 3)
    report = plan(gol, dry_run=True)
    assert not Package.objects.exists()
    assert not PackageRun.objects.exists()
    assert Gift.objects.get().left == 1
    assert report == plan(gol)


# --- Gifts ---


def items(gift: Gift) -> dict[str, int]:
    rows = PackageItem.objects.filter(gift=gift).values_list("state", "quantity")
    return {state: sum(number for row_state, number in rows if row_state == state) for state, _number in rows}


def test_a_shortage_marks_the_item_and_holds_nothing_back(gol: Municipality) -> None:
    scarce, plenty = make_gift(gol, "scarce", agreed=2), make_gift(gol, "plenty")
    make_households(gol, 3)
    report = plan(gol)
    assert (report.planned, report.short_of_stock) == (3, 1)
    assert items(scarce) == {ItemState.RESERVED: 2, ItemState.SHORT: 1}
    assert items(plenty) == {ItemState.RESERVED: 3}
    assert stock.broken_gifts() == []


def test_the_first_to_come_get_the_last_gifts(gol: Municipality) -> None:
    make_gift(gol, agreed=1)
    late = make_household(gol, "Kari Moen", moved_in_on=date(2026, 11, 1))
    early = make_household(gol, "Ola Li", moved_in_on=date(2026, 10, 1))
    plan(gol)
    assert PackageItem.objects.get(package__household=early).state == ItemState.RESERVED
    assert PackageItem.objects.get(package__household=late).state == ItemState.SHORT


def test_running_again_fills_what_was_short_once_stock_came(gol: Municipality) -> None:
    gift = make_gift(gol, agreed=1)
    make_households(gol, 3)
    assert plan(gol).short_of_stock == 2
    stock.set_agreed(gift=gift, agreed=2, by=None)
    assert plan(gol).short_of_stock == 1
    assert items(gift) == {ItemState.RESERVED: 2, ItemState.SHORT: 1}
    stock.set_agreed(gift=gift, agreed=None, by=None)
    assert plan(gol).short_of_stock == 0


def test_a_printed_run_is_not_filled_any_more(gol: Municipality) -> None:
    gift = make_gift(gol, agreed=0)
    make_households(gol, 1)
    plan(gol)
    PackageRun.objects.update(state=RunState.PRINTED, printed_on=TODAY)
    stock.set_agreed(gift=gift, agreed=5, by=None)
    assert plan(gol).short_of_stock == 1
    gift.refresh_from_db()
    assert gift.left == 5


@pytest.mark.parametrize(
    ("rule", "quantity"),
    [
        ({"per": "household"}, 1),
        ({"per": "household", "min_age": 0, "max_age": 5}, 1),
        ({"per": "household", "min_age": 18, "max_age": 30}, 0),
        ({"per": "adult"}, 2),
        ({"per": "adult", "max_per_household": 1}, 1),
        ({"per": "adult", "min_age": 18}, 0),  # nobody knows how old they are
        ({"per": "child"}, 3),
        ({"per": "child", "max_per_household": 2}, 2),
        ({"per": "child", "min_age": 5, "max_age": 17}, 2),
        ({"per": "child", "max_age": 4}, 1),
    ],
)
def test_the_rule_of_a_gift_says_how_many(gol: Municipality, rule: dict[str, Any], quantity: int) -> None:
    gift = make_gift(gol, **rule)
    make_household(gol, "Kari Moen", "Ola Moen", children=(2024, 2016, 2012))
    plan(gol)
    assert items(gift) == ({ItemState.RESERVED: quantity} if quantity else {})


@pytest.mark.parametrize(
    ("dates", "given"),
    [
        ({"valid_from": TODAY, "valid_to": TODAY}, True),
        ({"valid_from": date(2026, 11, 23)}, False),
        ({"valid_to": date(2026, 11, 21)}, False),
    ],
)
def test_only_valid_gifts_are_given(gol: Municipality, dates: dict[str, date], given: bool) -> None:
    make_gift(gol, **dates)
    make_household(gol, "Kari Moen")
    plan(gol)
    assert PackageItem.objects.exists() == given


def test_a_plan_may_choose_its_gifts(gol: Municipality) -> None:
    chosen, _other = make_gift(gol, "chosen"), make_gift(gol, "other")
    PackagePlan.objects.create(municipality=gol).gifts.add(chosen)
    make_household(gol, "Kari Moen")
    plan(gol)
    assert PackageItem.objects.get().gift == chosen


def test_another_town_s_gifts_stay_there(gol: Municipality) -> None:
    make_gift(make_municipality("Hol"))
    make_household(gol, "Kari Moen")
    plan(gol)
    assert not PackageItem.objects.exists()


# --- The work itself ---


def queries_of_planning(municipality: Municipality) -> int:
    with CaptureQueriesContext(connection) as queries:
        plan(municipality)
    return len(queries)


def test_queries_go_by_the_chunk_and_not_by_the_household() -> None:
    few, many = make_municipality(), make_municipality("Hol")
    for municipality, number in ((few, 10), (many, 1000)):  # one chunk and two
        make_gift(municipality, agreed=500)
        make_households(municipality, number)
    assert queries_of_planning(many) <= 2 * queries_of_planning(few)


def test_chunks_meet_everybody_once(gol: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("welcome.packages.planning.CHUNK", 3)
    gift = make_gift(gol, agreed=8)
    make_households(gol, 10)
    seen: list[tuple[int, int]] = []
    report = plan(gol, progress=lambda done, total: seen.append((done, total)))
    assert (report.planned, report.short_of_stock) == (10, 2)
    assert items(gift) == {ItemState.RESERVED: 8, ItemState.SHORT: 2}
    assert seen == [(3, 10), (6, 10), (9, 10), (10, 10)]


def run_command(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("runpackages", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_reports_in_json(gol: Municipality) -> None:
    make_household(gol, "Kari Moen")
    make_household(gol, "Ola Li", wants_post=False)
    arguments = ("--municipality", gol.code, "--quarter", "2026q4", "--date", "2026-11-22")
    expected = {
        "planned": 1,
        "already_done": 0,
        "blocked": [{"reason": "does not want post", "count": 1}],
        "short_of_stock": 0,
    }
    assert run_command(*arguments, "--dry-run") == expected
    assert run_command(*arguments) == expected
    assert run_command(*arguments) == expected | {"planned": 0, "already_done": 1}


def test_the_command_refuses_a_day_outside_the_quarter(gol: Municipality) -> None:
    with pytest.raises(CommandError, match="2026Q4"):
        call_command("runpackages", "--municipality", gol.code, "--quarter", "2026Q4", "--date", "2026-09-30")
