"""The office's first page: what each role must do today, in its own towns alone, counted right, late first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from newcomers.models import Registration
from portal import clock, registry
from portal.municipalities.enums import Role
from portal.pages.models import ContactPoint
from portal.registry import Queue
from tests.access.cast import Town, build_town, client_of
from tests.access.rows import ROWS
from tests.conftest import TODAY
from tests.factories import (
    ContactPointFactory,
    DatedTaskFactory,
    HouseholdFactory,
    MunicipalityFactory,
    ServiceInfoFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.packages.factories import make_template


@pytest.fixture
def gol(db: None, monkeypatch: Any) -> Town:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    town = build_town("gol", "3550")
    type(town.municipality).objects.filter(pk=town.municipality.pk).update(name="Gol")
    # Past its first steps (test_first_steps.py).
    ServiceInfoFactory(municipality=town.municipality, verified_on=TODAY)
    make_template(town.municipality)
    return town


def start(user: Any) -> Any:
    answer = client_of(user).get(reverse("admin:index"))
    assert answer.status_code == 200
    return answer


def queues(user: Any) -> dict[str, Queue]:
    return {queue.title: queue for queue in start(user).context["queues"]}


def region() -> Any:
    return StaffRoleFactory(region=True, user=UserFactory(language="en")).user


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


# --- Whose it is ---

PROMISES = ["Promises nobody kept", "Promises due"]
HOSTS = ["Newcomers who need help", "Newcomers without a host", "Hosts who have not answered yet"]
FACTS = ["Contact points nobody has checked lately", "Texts nobody has checked lately",
         "Articles nobody has checked lately", "Steps nobody has checked lately",
         "Links that lead nowhere"]  # fmt: skip
PACKAGES = ["Packages of 2026Q4 not planned yet", "Package runs planned, not printed", "Packages short of a gift"]
EVERYTHING = {*PROMISES, *HOSTS, *FACTS, *PACKAGES, "Registrations to look at", "Homes to confirm",
              "Facts that stop the letters"}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "titles"),
    [(Role.COORDINATOR, EVERYTHING), (Role.SERVICE_OFFICER, EVERYTHING),
     (Role.EDITOR, {*FACTS, "Homes to confirm"}), (Role.HOUSING_OFFICER, {"Homes to confirm"}), (Role.ANALYST, set())],
)  # fmt: skip
def test_each_role_sees_its_own_queues(gol: Town, role: str, titles: set[str]) -> None:
    assert set(queues(gol.people[role])) & EVERYTHING == titles
    assert set(queues(region())) & EVERYTHING == set()


def test_nothing_of_the_next_town_is_counted(gol: Town) -> None:
    before = {title: queue.count for title, queue in queues(gol.people[Role.SERVICE_OFFICER]).items()}
    aal = build_town("aal", "3570")
    for row_of in ROWS.values():
        row_of(aal)
    ContactPointFactory(municipality=aal.municipality, overdue=True)
    DatedTaskFactory(subject=aal.household, escalated_on=TODAY)
    after = {title: queue.count for title, queue in queues(gol.people[Role.SERVICE_OFFICER]).items()}
    assert after == before
    assert queues(aal.people[Role.SERVICE_OFFICER])["Promises nobody kept"].count == 1


def test_who_works_in_two_towns_sees_both(gol: Town) -> None:
    aal = build_town("aal", "3570")
    both = gol.people[Role.SERVICE_OFFICER]
    StaffRoleFactory(user=both, municipality=aal.municipality, role=Role.EDITOR)
    ContactPointFactory(municipality=gol.municipality, overdue=True)
    ContactPointFactory(municipality=aal.municipality, overdue=True)
    DatedTaskFactory(subject=aal.household, escalated_on=TODAY)
    found = queues(both)
    assert found["Contact points nobody has checked lately"].count == 2
    assert found["Promises nobody kept"].count == 0  # an editor has no task for a person


def test_a_town_that_is_switched_off_is_not_counted(gol: Town) -> None:
    ContactPointFactory(municipality=gol.municipality, overdue=True)
    editor = gol.people[Role.EDITOR]
    assert queues(editor)["Contact points nobody has checked lately"].count >= 1
    type(gol.municipality).objects.update(is_active=False)
    assert queues(editor) == {}


# --- What is counted ---


def test_a_promise_is_due_on_its_day_and_the_offices_when_escalated(gol: Town) -> None:
    before = queues(gol.people[Role.COORDINATOR])
    household = gol.household
    DatedTaskFactory(subject=household, due_on=TODAY)
    DatedTaskFactory(subject=household, due_on=TODAY.replace(day=23))
    DatedTaskFactory(subject=household, due_on=TODAY.replace(day=1), escalated_on=TODAY)
    DatedTaskFactory(subject=household, due_on=TODAY.replace(day=1), done_on=TODAY)
    after = queues(gol.people[Role.COORDINATOR])
    assert after["Promises due"].count - before["Promises due"].count == 1
    assert after["Promises nobody kept"].count - before["Promises nobody kept"].count == 1


def test_what_is_late_stands_first_and_what_is_done_last(gol: Town) -> None:
    ContactPoint.objects.filter(municipality=gol.municipality).delete()
    DatedTaskFactory(subject=gol.household, escalated_on=TODAY)
    shown = start(gol.people[Role.COORDINATOR]).context["queues"]
    rank = ["late", "due", "new", "ok"]
    assert [rank.index(queue.state) for queue in shown] == sorted(rank.index(queue.state) for queue in shown)
    assert shown[0].title == "Promises nobody kept"
    assert all(queue.count == 0 for queue in shown if queue.state == "ok")
    assert all(queue.count for queue in shown if queue.state != "ok")


def test_each_queue_leads_to_as_many_rows_as_it_counts(gol: Town) -> None:
    """The number on the page and the list behind it are the same."""
    ContactPointFactory(municipality=gol.municipality, overdue=True)
    ContactPointFactory(municipality=gol.municipality, unverified=True)
    DatedTaskFactory(subject=gol.household, escalated_on=TODAY)
    DatedTaskFactory(subject=gol.household, due_on=TODAY)
    Registration.objects.create(
        municipality=gol.municipality, email="x@x.example", answers={}, confirmed_at="2026-11-20T10:00:00Z"
    )
    user = gol.people[Role.COORDINATOR]
    counted = {title: queue for title, queue in queues(user).items() if queue.count}
    compared = 0
    for title, queue in counted.items():
        answer = client_of(user).get(queue.url)
        assert answer.status_code == 200, title
        if "cl" in (answer.context or {}) and title != "Packages short of a gift":
            assert answer.context["cl"].result_count == queue.count, title
            compared += 1
    assert compared >= 4


def test_a_queue_says_what_to_do_next_and_what_it_is_in_words(gol: Town) -> None:
    DatedTaskFactory(subject=gol.household, escalated_on=TODAY)
    html = start(gol.people[Role.COORDINATOR]).content.decode()
    entry = re.search(r'<li class="day-queue__item day-queue__item--late">.*?</li>', html, re.S)
    assert entry
    assert "Late" in entry.group()  # not by colour alone
    assert "Next:" in entry.group()


# --- Figures ---


def test_an_analyst_sees_figures_and_small_ones_in_words(gol: Town) -> None:
    page = start(gol.people[Role.ANALYST])
    figures = {figure.title: figure.value for figure in page.context["figures"]}
    movers = "Households that moved to Gol in the last 12 months"
    assert figures[movers] == figures["Questions to Gol in the last 12 months"] == "fewer than 5"
    assert "Nora" not in page.content.decode()
    for _number in range(4):
        HouseholdFactory(municipality=gol.municipality)
    HouseholdFactory(municipality=gol.municipality, restricted_household=True)
    HouseholdFactory(municipality=gol.municipality, moved_away=True)
    HouseholdFactory(municipality=gol.municipality, moved_in_on=TODAY.replace(year=2025))
    figures = {figure.title: figure.value for figure in start(gol.people[Role.ANALYST]).context["figures"]}
    assert figures[movers] == "5"


def test_who_needs_no_figures_gets_none(gol: Town) -> None:
    assert start(gol.people[Role.HOUSING_OFFICER]).context["figures"] == []
    # Whoever edits sees how well the texts are kept, and nothing about people.
    titles = [figure.title for figure in start(gol.people[Role.EDITOR]).context["figures"]]
    assert titles == ["Texts and contact points checked in time"]


def test_a_region_administrator_sees_the_figures_of_every_town_that_is_on(gol: Town) -> None:
    MunicipalityFactory(aal=True)
    MunicipalityFactory(hemsedal=True, switched_off=True)
    titles = [figure.title for figure in start(region()).context["figures"]]
    for place in ("Gol", "Ål"):
        assert f"Households that moved to {place} in the last 12 months" in titles
    assert not any("Hemsedal" in title for title in titles)


# --- The registry ---


def test_an_app_registered_twice_counts_once() -> None:
    names = dict(registry._day_page)
    for name, provider in names.items():
        registry.register_day_page(name, provider)
    assert registry._day_page == names
