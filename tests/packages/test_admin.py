from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newcomers.services import restrict
from portal import clock
from portal.accounts.models import User
from portal.documents.enums import JobState
from portal.documents.models import PrintJob
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality, StaffRole
from portal.pages.models import ContactPoint
from tests.conftest import TODAY
from tests.packages.factories import make_gift, make_household, make_households, make_office
from welcome.letters.models import Letter
from welcome.packages import office, stock
from welcome.packages.enums import RunState
from welcome.packages.models import Gift, PackagePlan, PackageRun, Partner

# Work that is handed to the worker runs after the commit, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def gol() -> Municipality:
    return make_office()


def staff(client: Client, municipality: Municipality, role: str = Role.SERVICE_OFFICER) -> User:
    user, _created = User.objects.get_or_create(email=f"{role}@{municipality.slug}.example", language="en")
    StaffRole.objects.get_or_create(user=user, municipality=municipality, role=role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def officer(client: Client, gol: Municipality) -> User:
    return staff(client, gol)


def url(name: str, run: PackageRun) -> str:
    return reverse(f"admin:packages_packagerun_{name}", args=[run.pk])


def start_run(client: Client, municipality: Municipality) -> PackageRun:
    values = {"municipality": str(municipality.pk), "quarter": "2026Q4"}
    client.post(reverse("admin:packages_packagerun_add"), values)
    return PackageRun.objects.get(municipality=municipality)


def page(client: Client, run: PackageRun, **query: Any) -> str:
    response = client.get(url("change", run), query)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.usefixtures("officer")
def test_a_run_is_started_looked_through_printed_and_fetched(client: Client, gol: Municipality) -> None:
    make_gift(gol, agreed=1)
    make_household(gol, "Kari Moen", moved_in_on=date(2026, 10, 1))
    make_household(gol, "Ola Li")
    make_household(gol, "Per Dal", wants_post=False)
    run = start_run(client, gol)
    assert (run.packages.count(), run.planned_on) == (2, TODAY)
    assert "Kari Moen" in page(client, run)
    short = page(client, run, show="short")
    assert "Ola Li" in short
    assert "Kari Moen" not in short
    blocked = page(client, run, show="blocked")
    assert "Per Dal" in blocked
    assert "does not want post" in blocked

    make_household(gol, "Eva Ås")
    assert "came since" in page(client, run, show="blocked")
    assert "1 household came since. Plan again before you print" in page(client, run)
    assert client.get(url("plan", run)).status_code == 405
    client.post(url("plan", run))
    assert run.packages.count() == 3
    assert "came since. Plan again" not in page(client, run)

    client.post(url("print", run))
    run.refresh_from_db()
    assert (run.state, run.printed_by) == (RunState.PRINTED, User.objects.get())
    for name in ("letters", "packing_list"):
        response = client.get(url(name, run))
        assert response.content.startswith(b"%PDF")
        assert "no-store" in response["Cache-Control"]
    assert "3 letters" in page(client, run)


@pytest.mark.usefixtures("officer")
def test_a_second_run_for_the_quarter_is_refused(client: Client, gol: Municipality) -> None:
    start_run(client, gol)
    response = client.post(reverse("admin:packages_packagerun_add"), {"municipality": str(gol.pk), "quarter": "2026Q4"})
    assert "There is a run for this quarter already" in response.content.decode()
    assert PackageRun.objects.count() == 1


@pytest.mark.usefixtures("officer")
def test_only_this_quarter_can_be_chosen(client: Client, gol: Municipality) -> None:
    client.post(reverse("admin:packages_packagerun_add"), {"municipality": str(gol.pk), "quarter": "2026Q3"})
    assert not PackageRun.objects.exists()


@pytest.mark.usefixtures("officer")
def test_what_stops_the_letters_stands_on_the_page(client: Client, gol: Municipality) -> None:
    make_household(gol, "Kari Moen")
    run = start_run(client, gol)
    ContactPoint.objects.update(verified_on=None)
    client.post(url("print", run))
    run.refresh_from_db()
    assert run.letters_file is not None
    assert run.letters_file.state == JobState.FAILED
    assert "contact-library-en (never verified)" in page(client, run)
    ContactPoint.objects.update(verified_on=TODAY)
    client.post(url("print", run))
    run.refresh_from_db()
    assert run.state == RunState.PRINTED
    assert "never verified" not in page(client, run)


def test_an_accident_in_the_worker_is_shown_and_not_hidden(
    officer: User, gol: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = PackageRun.objects.create(municipality=gol, quarter="2026Q4")
    monkeypatch.setattr(office, "run_packages", lambda **values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        office.start_planning(run=run, by=officer)
    run.refresh_from_db()
    assert run.planning is not None
    assert run.planning.state == JobState.FAILED


@pytest.mark.usefixtures("officer")
def test_while_a_worker_is_busy_the_page_renews_itself(client: Client, gol: Municipality) -> None:
    run = start_run(client, gol)
    assert "refresh" not in page(client, run)
    assert run.planning is not None
    run.planning.state = JobState.RUNNING
    run.planning.save()
    assert 'http-equiv="refresh"' in page(client, run)


@pytest.mark.usefixtures("officer")
def test_a_file_that_names_a_protected_household_is_not_handed_out(client: Client, gol: Municipality) -> None:
    gone = make_household(gol, "Kari Moen")
    make_household(gol, "Ola Li")
    run = start_run(client, gol)
    client.post(url("print", run))
    restrict(gone, by=None)
    assert not PrintJob.objects.exclude(content=None).exists()
    assert Letter.objects.get(household=gone).facts == {}
    assert client.get(url("letters", run)).status_code == 302
    assert client.get(url("packing_list", run)).status_code == 302
    assert "Kari Moen" not in page(client, run)
    client.post(url("print", run))
    response = client.get(url("letters", run))
    assert response.content.startswith(b"%PDF")
    assert "1 letter," in page(client, run)


@pytest.mark.parametrize("name", ["change", "letters", "packing_list", "plan", "print"])
def test_another_town_s_run_is_not_there(client: Client, gol: Municipality, name: str) -> None:
    make_household(gol, "Kari Moen")
    staff(client, gol)
    run = start_run(client, gol)
    client.post(url("print", run))
    staff(client, make_office("Hol"))
    send = client.post if name in {"plan", "print"} else client.get
    assert send(url(name, run)).status_code == 404


def test_an_editor_sees_no_run(client: Client, gol: Municipality) -> None:
    staff(client, gol)
    run = start_run(client, gol)
    client.logout()
    staff(client, gol, Role.EDITOR)
    for name in ("change", "letters", "packing_list"):
        assert client.get(url(name, run)).status_code in {403, 404}


# --- Gifts, partners, plans ---


def gift_values(gift: Gift, **values: Any) -> dict[str, Any]:
    return {
        "partner": str(gift.partner_id),
        "code": gift.code,
        "title": "Turkart",
        "description": "",
        "per": gift.per,
        "agreed": "",
    } | values


@pytest.mark.usefixtures("officer")
def test_a_new_agreement_on_a_gift_keeps_what_is_reserved(client: Client, gol: Municipality) -> None:
    gift = make_gift(gol, agreed=2)
    stock.reserve(gift.pk, [0])
    make_household(gol, "Kari Moen")
    start_run(client, gol)
    change = reverse("admin:packages_gift_change", args=[gift.pk])
    response = client.post(change, gift_values(gift, agreed="0"))
    assert "1 are reserved or handed out already" in response.content.decode()
    assert client.post(change, gift_values(gift, agreed="5")).status_code == 302
    gift.refresh_from_db()
    assert (gift.agreed, gift.left, stock.broken_gifts()) == (5, 4, [])


@pytest.mark.usefixtures("officer")
def test_a_new_gift_begins_with_all_that_is_agreed(client: Client, gol: Municipality) -> None:
    partner = Partner.objects.create(municipality=gol, name="Turlaget Raud Lykt")
    values = {
        "municipality": str(gol.pk), "partner": str(partner.pk), "code": "map", "title": "Turkart", "description": "",
        "per": "household", "agreed": "12",
    }  # fmt: skip
    assert client.post(reverse("admin:packages_gift_add"), values).status_code == 302
    assert Gift.objects.get().left == 12


@pytest.mark.usefixtures("officer")
def test_a_plan_takes_no_gift_of_another_town(client: Client, gol: Municipality, officer: User) -> None:
    hol = make_office("Hol")
    StaffRole.objects.create(user=officer, municipality=hol, role=Role.SERVICE_OFFICER)
    values = {"municipality": str(gol.pk), "window_months": "12", "is_active": "on"}
    add = reverse("admin:packages_packageplan_add")
    response = client.post(add, values | {"gifts": [str(make_gift(hol).pk)]})
    assert "This belongs to another municipality." in response.content.decode()
    assert client.post(add, values | {"gifts": [str(make_gift(gol).pk)]}).status_code == 302
    assert PackagePlan.objects.get().gifts.count() == 1


# --- Queries ---


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.usefixtures("officer")
@pytest.mark.parametrize("show", ["planned", "short", "blocked", "done"])
def test_the_page_of_a_run_takes_as_many_queries_for_1000_as_for_10(
    client: Client, gol: Municipality, show: str
) -> None:
    make_gift(gol, agreed=3)
    make_households(gol, 10)
    run = start_run(client, gol)
    make_household(gol, "Kari Moen", wants_post=False)
    few = queries(client, f"{url('change', run)}?show={show}")
    make_households(gol, 500)
    client.post(url("plan", run))
    make_households(gol, 490, wants_post=False)
    assert queries(client, f"{url('change', run)}?show={show}") == few


@pytest.mark.usefixtures("officer")
@pytest.mark.parametrize("model", ["gift", "packagerun", "partner"])
def test_the_lists_take_as_many_queries_for_300_as_for_10(client: Client, gol: Municipality, model: str) -> None:
    def rows(start: int, end: int) -> None:
        for number in range(start, end):
            if model == "gift":
                make_gift(gol, f"gift-{number}")
            elif model == "partner":
                Partner.objects.create(municipality=gol, name=f"Lag {number}")
            else:
                PackageRun.objects.create(municipality=gol, quarter=f"{number // 4:04}Q{number % 4 + 1}")

    address = reverse(f"admin:packages_{model}_changelist")
    rows(0, 10)
    few = queries(client, address)
    rows(10, 300)
    assert queries(client, address) == few
