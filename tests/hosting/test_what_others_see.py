"""What the newcomers and the office see of hosting: timeline, My page, day page, reminders by mail."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from newcomers.enums import HouseholdState
from newcomers.models import Household
from portal import clock, registry
from portal.demo import read
from portal.municipalities.models import DatedTask
from portal.municipalities.reminders import remind
from portal.outbox.models import Message
from tests.factories import HouseholdFactory, PersonFactory, StaffRoleFactory, UserFactory
from tests.hosting.factories import HostFactory, accepted, other_town, proposed, talked
from welcome.hosting import day_page, services, timeline
from welcome.hosting.enums import AssignmentState, Outcome
from welcome.hosting.models import Assignment

DAY = date(2026, 11, 1)


# --- Reminders ---


@pytest.mark.django_db
def test_mail_lists_all_due_newcomers_by_first_name() -> None:
    host = HostFactory(capacity=3, user=UserFactory(name="Vera Vert", email="vera@example.example"))
    for name in ("Anna Etternavn", "Bo Etternavn"):
        accepted(host=host, household=HouseholdFactory(adults__name=name), on=DAY)
    assert remind(on=date(2026, 11, 5)) == {"reminded": 2, "escalated": 0}
    message = Message.objects.get(kind="hosting_reminder")
    assert message.recipient == "vera@example.example"
    for part in (message.text, message.html):
        assert "Anna" in part
        assert "Bo" in part
        assert "Etternavn" not in part
        for assignment in host.assignments.all():
            assert f"/en/gol/host/{assignment.pk}/" in part
    assert "Etternavn" not in message.subject
    assert "4 November 2026" in message.text


@pytest.mark.django_db
def test_mail_is_in_the_hosts_language() -> None:
    host = HostFactory(user=UserFactory(language="nn"))
    step = accepted(host=host, on=DAY).plan.steps.get(order=1)
    step.translations.filter(language_code="nn").update(title="Sei hei")
    remind(on=date(2026, 11, 5))
    message = Message.objects.get(kind="hosting_reminder")
    assert message.language == "nn"
    assert "/nn/gol/host/" in message.text
    assert "Sei hei" in message.text


@pytest.mark.django_db
def test_no_mail_about_households_that_were_protected_or_moved_away() -> None:
    protected, gone = accepted(on=DAY), accepted(on=DAY)
    Household.objects.filter(pk=protected.household.pk).update(restricted=True, street="", postcode="", address_key="")
    Household.objects.filter(pk=gone.household.pk).update(state=HouseholdState.MOVED_AWAY)
    assert remind(on=date(2026, 11, 5)) == {"reminded": 0, "escalated": 0}
    assert not Message.objects.filter(kind="hosting_reminder").exists()
    assert set(Assignment.objects.values_list("state", flat=True)) == {AssignmentState.ENDED}


@pytest.mark.django_db
def test_host_withdraws_when_the_office_says_settled() -> None:
    assignment = accepted(on=DAY)
    Household.objects.filter(pk=assignment.household.pk).update(state=HouseholdState.SETTLED)
    assert remind(on=date(2026, 11, 5)) == {"reminded": 0, "escalated": 0}
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.COMPLETED


@pytest.mark.django_db
def test_contact_after_the_reminder_keeps_it_from_the_office() -> None:
    assignment = accepted(on=DAY)
    remind(on=date(2026, 11, 5))
    talked(assignment, on=date(2026, 11, 6), outcome=Outcome.NOT_REACHED)
    assert remind(on=date(2026, 11, 12))["escalated"] == 0


@pytest.mark.django_db
def test_colleague_who_took_it_over_is_led_to_the_office() -> None:
    assignment = accepted(on=DAY)
    colleague = StaffRoleFactory().user
    DatedTask.objects.open().update(owner=colleague)
    remind(on=date(2026, 11, 5))
    message = Message.objects.get(kind="hosting_reminder")
    assert f"/admin/hosting/assignment/{assignment.pk}/change/" in message.text


# --- Timeline and My page ---


@pytest.mark.django_db
def test_timeline_tells_the_way_and_the_next_promise() -> None:
    assignment = accepted(on=DAY)
    talked(assignment, on=date(2026, 11, 3))
    entries = list(timeline.entries(assignment.household, date(2026, 11, 5)))
    told = [(entry.on, entry.state) for entry in entries if not entry.staff_only]
    assert told == [(DAY, "done"), (date(2026, 11, 3), "done"), (date(2026, 11, 8), "next")]
    assert "one week" in entries[-1].title


@pytest.mark.django_db
def test_who_said_no_is_between_them_and_the_office() -> None:
    assignment = proposed(on=DAY)
    services.decline(by=None, assignment=assignment, on=DAY)
    shown = registry.timeline(assignment.household, DAY, for_staff=False)
    assert not any(str(assignment.host) in entry.title or "could not" in entry.title for entry in shown)
    assert any("could not" in entry.title for entry in registry.timeline(assignment.household, DAY, for_staff=True))


@pytest.mark.django_db
def test_my_page_names_the_host_once_there_is_one(client: Client) -> None:
    household = HouseholdFactory(adults=0)
    person = PersonFactory(household=household, with_account=True)
    host = HostFactory(about="Likes to ski.")
    assignment = proposed(host=host, household=household, on=clock.today())
    client.force_login(person.user)
    url = reverse("newcomers:my_page", args=["gol"])
    page = client.get(url).content.decode()
    assert "We have asked somebody" in page
    assert str(host) not in page
    services.accept(by=host.user, assignment=assignment, on=clock.today())
    page = client.get(url).content.decode()
    assert str(host) in page
    assert "Likes to ski." in page
    assert "Polish" in page


# --- The office's day ---


def _counts(user: object, on: date) -> dict[str, int]:
    roles = user.staff_roles.all()  # type: ignore[attr-defined]
    queues = day_page.queues(user, [role.municipality for role in roles], on)  # type: ignore[arg-type]
    return {queue.title: queue.count for queue in queues}


@pytest.mark.django_db
def test_office_sees_who_needs_help_a_host_or_an_answer() -> None:
    officer = StaffRoleFactory().user
    HouseholdFactory(moved_in_on=DAY)
    HouseholdFactory(moved_in_on=DAY, restricted_household=True)
    HouseholdFactory(moved_in_on=DAY, municipality=other_town())
    HouseholdFactory(moved_in_on=DAY - timedelta(days=200))
    proposed(on=DAY)
    talked(accepted(on=DAY), on=DAY, outcome=Outcome.NEEDS_HELP)
    assert list(_counts(officer, date(2026, 11, 5)).values()) == [1, 1, 1]


@pytest.mark.django_db
def test_household_whose_host_said_no_waits_again_however_long_it_lives_here() -> None:
    officer = StaffRoleFactory().user
    assignment = proposed(on=DAY, moved_in_on=DAY - timedelta(days=200))
    services.decline(by=None, assignment=assignment, on=DAY)
    assert _counts(officer, DAY)["Newcomers without a host"] == 1


@pytest.mark.django_db
def test_analyst_sees_none_of_it() -> None:
    assert not _counts(StaffRoleFactory(analyst=True).user, DAY)


# --- The demonstration ---


@pytest.mark.django_db
def test_demo_shows_hosting_in_every_state_and_may_run_twice() -> None:
    on = date(2026, 11, 22)
    for _time in range(2):
        call_command("demo", "--date", str(on), "--no-index", "--json")
    assert set(Assignment.objects.values_list("state", flat=True)) == set(AssignmentState.values) - {"ended"}
    assert Assignment.objects.count() < len(read("people")["households"]) + 10
    assert remind(on=on)["reminded"] >= 2
    assert remind(on=on + timedelta(days=9))["escalated"] >= 2
