"""The office asks hosts, hands over, ends, and keeps an eye on every promise: in its own municipality."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newcomers.models import Household
from portal import clock
from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import DatedTask
from tests.factories import HouseholdFactory, MunicipalityFactory, StaffRoleFactory, UserFactory
from tests.hosting.factories import HostFactory, PlanFactory, accepted, next_step, other_town, proposed, talked
from welcome.hosting.enums import AssignmentState, Outcome
from welcome.hosting.models import Assignment, FollowUpPlan, Host

ASK = "/admin/hosting/assignment/add/"
ASSIGNMENTS = "/admin/hosting/assignment/"
HOSTS = "/admin/hosting/host/"
PLANS = "/admin/hosting/followupplan/"
PROMISES = "/admin/municipalities/datedtask/"


@pytest.fixture
def officer(client: Client) -> Client:
    """A service officer of Gol who reads English."""
    role = StaffRoleFactory(role=Role.SERVICE_OFFICER, user__language="en")
    client.force_login(role.user)
    return client


def _text(response: HttpResponse) -> str:
    return response.content.decode()


def _do(client: Client, url: str, action: str, *rows: Any, **typed: Any) -> HttpResponse:
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(url, chosen | typed, follow=True)


# --- Hosts ---


def _typed(**changes: Any) -> dict[str, Any]:
    gol = MunicipalityFactory(gol=True)
    typed = {"municipality": str(gol.pk), "email": "ny.vert@example.example", "name": "Ny Vert", "area": "Sentrum"}
    return typed | {"languages": ["nb", "uk"], "capacity": "3", "about": "Bakes.", "is_active": "on"} | changes


@pytest.mark.django_db
def test_host_is_added_by_email_and_gets_an_account(officer: Client) -> None:
    response = officer.post(f"{HOSTS}add/", _typed())
    assert response.status_code == 302
    host = Host.objects.get()
    assert (host.user.email, host.user.name, host.languages) == ("ny.vert@example.example", "Ny Vert", ["nb", "uk"])
    assert not host.user.is_staff


@pytest.mark.django_db
def test_account_that_exists_keeps_its_name(officer: Client) -> None:
    UserFactory(email="ny.vert@example.example", name="Own Name")
    officer.post(f"{HOSTS}add/", _typed(name="Another Name"))
    assert User.objects.get(email="ny.vert@example.example").name == "Own Name"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "no address"}, "valid email"),
        ({"about": "Call 01010750160."}, "identity number"),
        ({"capacity": "0"}, "greater than or equal to 1"),
    ],
)
def test_refused_host_keeps_what_was_typed(officer: Client, changes: dict[str, str], said: str) -> None:
    page = _text(officer.post(f"{HOSTS}add/", _typed(**changes)))
    assert said in page
    assert 'value="Ny Vert"' in page
    assert not Host.objects.exists()


@pytest.mark.django_db
def test_same_host_twice_is_said_at_the_field(officer: Client) -> None:
    host = HostFactory()
    assert "is a host here already" in _text(officer.post(f"{HOSTS}add/", _typed(email=host.user.email.upper())))


@pytest.mark.django_db
def test_capacity_does_not_fall_below_what_the_host_has(officer: Client) -> None:
    host = accepted(host=accepted().host).host
    url = f"{HOSTS}{host.pk}/change/"
    page = _text(officer.post(url, _typed(capacity="1")))
    assert "has 2 households now" in page
    assert officer.post(url, _typed(capacity="4")).status_code == 302
    host.refresh_from_db()
    assert (host.capacity, host.user.email) == (4, host.user.email)


# --- Asking a host ---


@pytest.mark.django_db
def test_officer_asks_a_host(officer: Client) -> None:
    household, host = HouseholdFactory(moved_in_on=clock.today()), HostFactory()
    PlanFactory()
    assert household.name in _text(officer.get(ASK))
    response = officer.post(ASK, {"household": household.pk, "host": host.pk}, follow=True)
    assert "answers on their own page" in _text(response)
    assert Assignment.objects.get().host == host
    assert household.name not in str(LogEntry.objects.values_list("object_repr", "change_message"))


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["full", "has_one"])
def test_refusal_stands_at_the_field_and_keeps_the_choice(officer: Client, case: str) -> None:
    taken = proposed(host=HostFactory(capacity=1))
    household = taken.household if case == "has_one" else HouseholdFactory()
    host = taken.host if case == "full" else HostFactory()
    response = officer.post(ASK, {"household": household.pk, "host": host.pk})
    said = {"full": ("host", "no room"), "has_one": ("household", "has a host already")}[case]
    assert said[1] in str(response.context["form"].errors[said[0]])
    assert f'value="{household.pk}" selected' in _text(response)
    assert Assignment.objects.count() == 1


@pytest.mark.django_db
def test_rows_of_another_town_and_protected_ones_cannot_be_chosen(officer: Client) -> None:
    PlanFactory()
    there = HouseholdFactory(municipality=other_town())
    protected = HouseholdFactory(restricted_household=True)
    host, host_there = HostFactory(), HostFactory(municipality=other_town())
    for household in (there, protected):
        response = officer.post(ASK, {"household": household.pk, "host": host.pk})
        assert "household" in response.context["form"].errors
    response = officer.post(ASK, {"household": HouseholdFactory().pk, "host": host_there.pk})
    assert "host" in response.context["form"].errors
    assert not Assignment.objects.exists()


@pytest.mark.django_db
def test_autocomplete_offers_only_own_rows(officer: Client) -> None:
    HostFactory(user__name="Vert Her")
    HostFactory(user__name="Vert Der", municipality=other_town())
    asked = {"app_label": "hosting", "model_name": "assignment", "field_name": "host", "term": "Vert"}
    results = officer.get("/admin/autocomplete/", asked).json()["results"]
    assert [row["text"] for row in results] == ["Vert Her"]


# --- Ending, handing over, settling ---


@pytest.mark.django_db
def test_ending_asks_for_the_reason_first(officer: Client) -> None:
    assignment = accepted()
    page = _do(officer, ASSIGNMENTS, "end", assignment)
    assert 'name="reason"' in _text(page)
    page = _do(officer, ASSIGNMENTS, "end", assignment, apply="1", reason="")
    assert "errornote" in _text(page)
    assignment.refresh_from_db()
    assert assignment.is_open
    _do(officer, ASSIGNMENTS, "end", assignment, apply="1", reason="Moves to Oslo")
    assignment.refresh_from_db()
    assert (assignment.state, assignment.end_reason) == (AssignmentState.ENDED, "Moves to Oslo")


@pytest.mark.django_db
def test_handing_over_asks_to_whom_and_why(officer: Client) -> None:
    assignment, other = accepted(), HostFactory()
    there = HostFactory(municipality=other_town())
    page = _text(_do(officer, ASSIGNMENTS, "hand_over", assignment))
    assert str(other) in page
    assert str(there) not in page
    _do(officer, ASSIGNMENTS, "hand_over", assignment, apply="1", reason="Ill", host=there.pk)
    assert not other.assignments.exists()
    _do(officer, ASSIGNMENTS, "hand_over", assignment, apply="1", reason="Ill", host=other.pk)
    assert other.assignments.get().state == AssignmentState.PROPOSED


@pytest.mark.django_db
def test_full_host_is_said_at_the_field_and_nothing_is_half_done(officer: Client) -> None:
    first, second = accepted(), accepted()
    full = HostFactory(capacity=1)
    response = _do(officer, ASSIGNMENTS, "hand_over", first, second, apply="1", reason="Ill", host=full.pk)
    assert "no room" in str(response.context["form"].errors["host"])
    assert not full.assignments.exists()


@pytest.mark.django_db
def test_what_is_over_cannot_be_ended_again(officer: Client) -> None:
    assignment = accepted()
    for _time in range(2):
        response = _do(officer, ASSIGNMENTS, "end", assignment, apply="1", reason="Moves")
    assert "has changed since" in _text(response)


@pytest.mark.django_db
def test_settled_completes(officer: Client) -> None:
    assignment = accepted()
    _do(officer, ASSIGNMENTS, "settled", assignment)
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.COMPLETED


@pytest.mark.django_db
def test_page_of_an_assignment_shows_its_contacts_and_changes_nothing(officer: Client) -> None:
    assignment = accepted()
    talked(assignment, on=date(2026, 11, 2), note="Coffee at the library.")
    url = f"{ASSIGNMENTS}{assignment.pk}/change/"
    assert "Coffee at the library." in _text(officer.get(url))
    assert officer.post(url, {"state": "ended"}).status_code == 403


# --- Walls ---


@pytest.mark.django_db
def test_other_town_sees_no_row_and_no_id(client: Client) -> None:
    assignment = accepted()
    client.force_login(StaffRoleFactory(municipality=other_town(), user__language="en").user)
    for url, row in [(ASSIGNMENTS, assignment), (HOSTS, assignment.host), (PLANS, assignment.plan)]:
        assert str(row) not in _text(client.get(url))
        assert client.get(f"{url}{row.pk}/change/").status_code == 404
    assert assignment.household.name not in _text(client.get(PROMISES))
    assert client.get(f"{PROMISES}{next_step(assignment).pk}/change/").status_code == 404
    _do(client, ASSIGNMENTS, "settled", assignment)
    _do(client, PROMISES, "done_by_office", next_step(assignment))
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.ACCEPTED
    assert next_step(assignment)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.EDITOR, Role.HOUSING_OFFICER, Role.ANALYST])
def test_roles_without_hosts_are_refused(client: Client, role: Role) -> None:
    client.force_login(StaffRoleFactory(role=role).user)
    for url in (ASSIGNMENTS, ASK, HOSTS, PLANS, PROMISES):
        assert client.get(url).status_code in {403, 404}


@pytest.mark.django_db
def test_protected_household_stands_in_no_list(officer: Client) -> None:
    assignment = accepted()
    name = assignment.household.name
    Household.objects.filter(pk=assignment.household.pk).update(restricted=True, street="", postcode="", address_key="")
    for url in (ASSIGNMENTS, f"{PROMISES}?when=all", ASK, f"{ASSIGNMENTS}?q={name}"):
        found = _text(officer.get(url)).replace(f'value="{name}"', "")
        assert name not in found
    assert officer.get(f"{ASSIGNMENTS}{assignment.pk}/change/").status_code == 404


# --- Plans ---


@pytest.mark.django_db
def test_plan_with_its_steps_can_be_read_and_changed(officer: Client) -> None:
    plan = PlanFactory()
    url = reverse("admin:hosting_followupplan_change", args=[plan.pk])
    page = officer.get(f"{url}?language=en")
    assert "first hello" in _text(page)
    data = _form_data(page)
    data["steps-0-title"] = "Say hello"
    assert officer.post(f"{url}?language=en", data).status_code == 302
    assert FollowUpPlan.objects.get().steps.get(order=1).translations.get(language_code="en").title == "Say hello"


@pytest.mark.django_db
def test_plan_points_to_no_desk_of_another_town(officer: Client) -> None:
    desk_there = PlanFactory(municipality=other_town()).points.exclude(contact=None).get().contact
    plan = PlanFactory()
    url = reverse("admin:hosting_followupplan_change", args=[plan.pk])
    page = officer.get(f"{url}?language=en")
    assert str(desk_there.pk) not in _text(page)
    response = officer.post(f"{url}?language=en", _form_data(page) | {"points-0-contact": str(desk_there.pk)})
    assert response.status_code == 200
    assert not plan.points.filter(contact=desk_there).exists()


def _form_data(page: HttpResponse) -> dict[str, Any]:
    """What the browser would send back unchanged."""
    admin_form = page.context["adminform"].form
    forms = [admin_form] + [
        f for s in page.context["inline_admin_formsets"] for f in [s.formset.management_form, *s.formset]
    ]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value not in (None, False):
                data[field.html_name] = "on" if value is True else value
    return data


# --- Promises ---


@pytest.mark.django_db
def test_list_narrows_to_what_is_due_or_escalated(officer: Client) -> None:
    today = clock.today()
    due = accepted(on=today - timedelta(days=5))
    accepted(on=today)
    late = accepted(on=today - timedelta(days=20))
    late.tasks.open().update(escalated_on=today)

    def found(when: str) -> set[Any]:
        page = officer.get(PROMISES, {"when": when} if when else {})
        return {task.subject for task in page.context["cl"].result_list}

    assert found("due") == {due}
    assert found("escalated") == {late}
    assert len(found("")) == 3
    assert officer.get(PROMISES, {"when": "all"}).context["cl"].result_count == 6


@pytest.mark.django_db
def test_office_does_it_instead_and_the_next_step_is_promised(officer: Client) -> None:
    assignment = accepted(on=clock.today())
    _do(officer, PROMISES, "done_by_office", next_step(assignment))
    assert DatedTask.objects.get(occasion="first_hello").outcome == "done_by_office"
    assert next_step(assignment).occasion == "one_week"


@pytest.mark.django_db
def test_office_helps_and_the_help_is_done(officer: Client) -> None:
    assignment = accepted(on=clock.today())
    talked(assignment, on=clock.today(), outcome=Outcome.NEEDS_HELP)
    promise = DatedTask.objects.get(kind="host_help")
    _do(officer, PROMISES, "done_by_office", promise)
    promise.refresh_from_db()
    assert promise.done_on == clock.today()


@pytest.mark.django_db
def test_office_cannot_answer_for_the_host(officer: Client) -> None:
    assignment = proposed()
    assert "Only the host can answer" in _text(_do(officer, PROMISES, "done_by_office", next_step(assignment)))
    assert next_step(assignment).done_on is None


@pytest.mark.django_db
def test_promise_is_given_to_another_host(officer: Client) -> None:
    assignment, other = accepted(), HostFactory()
    task = next_step(assignment)
    assert str(other) in _text(_do(officer, PROMISES, "give_to_another", task))
    _do(officer, PROMISES, "give_to_another", task, apply="1", owner=str(other.user.pk))
    assert other.assignments.get().household == assignment.household
    task.refresh_from_db()
    assert (task.owner, task.subject) == (other.user, other.assignments.get())


@pytest.mark.django_db
def test_promise_is_given_to_a_colleague_of_the_same_town(officer: Client) -> None:
    assignment = accepted()
    task = next_step(assignment)
    DatedTask.objects.filter(pk=task.pk).update(reminded_on=date(2026, 11, 5), escalated_on=date(2026, 11, 12))
    colleague, stranger = StaffRoleFactory().user, StaffRoleFactory(municipality=other_town()).user
    refused = _do(officer, PROMISES, "give_to_another", task, apply="1", owner=str(stranger.pk))
    assert "owner" in refused.context["form"].errors
    _do(officer, PROMISES, "give_to_another", task, apply="1", owner=str(colleague.pk))
    task.refresh_from_db()
    assert (task.owner, task.reminded_on, task.escalated_on) == (colleague, None, None)


@pytest.mark.django_db
def test_one_promise_is_given_at_a_time(officer: Client) -> None:
    tasks = [next_step(accepted()) for _number in range(2)]
    assert "one open promise at a time" in _text(_do(officer, PROMISES, "give_to_another", *tasks))


# --- Speed ---


@pytest.mark.django_db
def test_lists_take_the_same_queries_at_ten_and_at_a_thousand_rows(officer: Client) -> None:
    host = HostFactory(capacity=20)
    talked(accepted(host=host), on=date(2026, 11, 2))
    _copy(host, 10)
    few = [_queries(officer, url) for url in (ASSIGNMENTS, PROMISES, HOSTS)]
    _copy(host, 990)
    assert [_queries(officer, url) for url in (ASSIGNMENTS, PROMISES, HOSTS)] == few


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def _copy(host: Host, count: int) -> None:
    """Many assignments, quickly: each with a household, a host of its own and an open promise."""
    gol, plan = host.municipality, FollowUpPlan.objects.get()
    users = User.objects.bulk_create(User(email=f"{n}-{count}@x.example", name=f"Vert {n}") for n in range(count))
    hosts = Host.objects.bulk_create(
        Host(municipality=gol, user=user, open_assignments=1, languages=["nb"]) for user in users
    )
    households = Household.objects.bulk_create(
        Household(municipality=gol, moved_in_on=date(2026, 10, 1)) for _user in users
    )
    rows = Assignment.objects.bulk_create(
        Assignment(
            municipality=gol, household=household, host=host, plan=plan, state=AssignmentState.ACCEPTED,
            proposed_on=date(2026, 11, 1), accepted_on=date(2026, 11, 1), steps_from=date(2026, 11, 1),
        )
        for household, host in zip(households, hosts, strict=True)
    )  # fmt: skip
    DatedTask.objects.bulk_create(
        DatedTask(
            municipality=gol, kind="follow_up", occasion="first_hello", subject=row, owner=row.host.user,
            due_on=date(2026, 11, 4),
        )
        for row in rows
    )  # fmt: skip
