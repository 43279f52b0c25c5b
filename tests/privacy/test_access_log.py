"""Who opens a household is written down, and the household can read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from newcomers.models import Household
from portal.documents.models import PrintJob
from portal.municipalities.enums import Role
from portal.municipalities.models import DatedTask
from privacy import access_log
from privacy.enums import HOST, AccessKind
from privacy.models import AccessEntry
from tests.access.cast import Town, client_of
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, UserFactory
from welcome.letters import services as letters
from welcome.letters.models import Letter


def entries() -> list[tuple[str, str, str, Any]]:
    rows = AccessEntry.objects.order_by("created_at").values_list("kind", "role", "page", "household_ref")
    return [tuple(row) for row in rows]


def office(town: Town, page: str, *args: Any) -> str:
    return reverse(f"admin:{page}", args=args)


def test_opening_a_household_in_the_office_is_written_down(gol: Town) -> None:
    officer = client_of(gol.people[Role.SERVICE_OFFICER])
    assert officer.get(office(gol, "newcomers_household_change", gol.household.pk)).status_code == 200
    viewed = (AccessKind.VIEWED, Role.SERVICE_OFFICER, "admin:newcomers_household_change", gol.household.pk)
    assert entries() == [viewed]


@pytest.mark.parametrize("page", ["newcomers_household_history", "newcomers_household_protect"])
def test_so_is_every_other_page_about_it(gol: Town, page: str) -> None:
    client_of(gol.people[Role.COORDINATOR]).get(office(gol, page, gol.household.pk))
    assert [(kind, household) for kind, _r, _p, household in entries()] == [(AccessKind.VIEWED, gol.household.pk)]


def test_what_leads_to_a_household_counts_as_the_household(gol: Town) -> None:
    officer = client_of(gol.people[Role.SERVICE_OFFICER])
    task = DatedTask.objects.open().get(
        subject_id=gol.assignment.pk, due_on=DatedTask.objects.earliest("due_on").due_on
    )
    for page, pk in [("hosting_assignment_change", gol.assignment.pk), ("municipalities_datedtask_change", task.pk)]:
        assert officer.get(office(gol, page, pk)).status_code == 200
    assert [household for _k, _r, _p, household in entries()] == [gol.household.pk] * 2


def test_a_list_is_one_entry_without_a_household(gol: Town) -> None:
    HouseholdFactory.create_batch(3, municipality=gol.municipality)
    client_of(gol.people[Role.SERVICE_OFFICER]).get(office(gol, "newcomers_household_changelist"))
    assert entries() == [(AccessKind.LISTED, Role.SERVICE_OFFICER, "admin:newcomers_household_changelist", None)]


def test_changing_it_is_told_apart_from_looking(gol: Town) -> None:
    coordinator = client_of(gol.people[Role.COORDINATOR])
    coordinator.post(office(gol, "newcomers_household_protect", gol.household.pk))
    assert [kind for kind, *_rest in entries()] == [AccessKind.CHANGED]
    assert Household.objects.get(pk=gol.household.pk).restricted


def test_what_is_done_to_chosen_rows_of_a_list_is_written_down_for_each(gol: Town) -> None:
    other = HouseholdFactory(municipality=gol.municipality)
    client_of(gol.people[Role.SERVICE_OFFICER]).post(
        office(gol, "newcomers_household_changelist"),
        {"action": "mark_settled", "_selected_action": [str(gol.household.pk), str(other.pk)]},
    )
    changed = {household for kind, _r, _p, household in entries() if kind == AccessKind.CHANGED}
    assert changed == {gol.household.pk, other.pk}


def test_what_was_not_shown_is_not_written_down(gol: Town, aal: Town) -> None:
    """Another town's household is not found; an empty form and the day page show nobody."""
    officer = client_of(aal.people[Role.SERVICE_OFFICER])
    assert officer.get(office(gol, "newcomers_household_change", gol.household.pk)).status_code == 404
    officer.get(office(gol, "newcomers_household_change", "nonsense"))
    officer.get(office(gol, "newcomers_household_add"))
    officer.get(reverse("admin:index"))
    client_of(gol.people["newcomer"]).get(office(gol, "newcomers_household_change", gol.household.pk))
    assert entries() == []


def test_the_host_is_written_down_too(gol: Town) -> None:
    host, args = client_of(gol.people["host"]), ["gol", gol.assignment.pk]
    host.get(reverse("hosting:newcomers", args=["gol"]))
    host.get(reverse("hosting:newcomer", args=args))
    host.get(reverse("hosting:contact", args=args))
    assert entries() == [
        (AccessKind.LISTED, HOST, "hosting:newcomers", None),
        (AccessKind.VIEWED, HOST, "hosting:newcomer", gol.household.pk),
        (AccessKind.VIEWED, HOST, "hosting:contact", gol.household.pk),
    ]


def test_a_printed_letter_is_written_down(gol: Town) -> None:
    officer = gol.people[Role.SERVICE_OFFICER]
    job = PrintJob.objects.create(municipality=gol.municipality, kind="letters", by=officer)
    letter = Letter.objects.create(
        municipality=gol.municipality, household=gol.household, language="nb", template_version=1, facts={},
        sha256="0" * 64,
    )  # fmt: skip
    letters.issue(letters=[letter.pk], on=TODAY, print_job=job)
    assert entries() == [(AccessKind.PRINTED, Role.SERVICE_OFFICER, "letters", gol.household.pk)]


def test_the_household_reads_who_has_looked_by_role_and_never_another_household(gol: Town, aal: Town) -> None:
    officer = gol.people[Role.SERVICE_OFFICER]
    for _time in range(2):
        client_of(officer).get(office(gol, "newcomers_household_change", gol.household.pk))
    client_of(aal.people[Role.COORDINATOR]).get(office(aal, "newcomers_household_change", aal.household.pk))
    page = client_of(gol.people["newcomer"]).get(reverse("privacy:looked", args=["gol"]))
    lines = page.context["lines"]
    assert [(line.role, line.kind, line.times) for line in lines] == [(Role.SERVICE_OFFICER, AccessKind.VIEWED, 2)]
    html = page.content.decode()
    assert str(lines[0].who) in html
    assert officer.email not in html
    assert client_of(None).get(reverse("privacy:looked", args=["gol"])).status_code == 302
    assert client_of(gol.people["host"]).get(reverse("privacy:looked", args=["gol"])).status_code == 404


def test_the_log_has_no_way_to_a_name(gol: Town) -> None:
    """It stands apart: no foreign key to the household, and no column that could hold a word about it."""
    columns = {f.name: f for f in AccessEntry._meta.concrete_fields}
    related = {f.related_model._meta.label for f in columns.values() if f.is_relation}
    assert related == {"accounts.User", "municipalities.Municipality"}
    assert {name for name, f in columns.items() if f.get_internal_type() == "TextField"} == set()


# --- What stands out ---


def test_many_households_in_an_hour_stand_out(gol: Town, settings: Any) -> None:
    settings.UNUSUAL_READING_PER_HOUR = 3
    curious, diligent = UserFactory(), UserFactory()
    households = access_log.seen(Household.objects.filter(pk__in=[h.pk for h in HouseholdFactory.create_batch(4)]))
    for seen in households:
        access_log.note(by=curious, role=Role.COORDINATOR, kind=AccessKind.VIEWED, page="p", seen=[seen])
    for _time in range(9):
        access_log.note(by=diligent, role=Role.COORDINATOR, kind=AccessKind.VIEWED, page="p", seen=households[:1])
    AccessEntry.objects.update(created_at=timezone.now().replace(minute=30))
    found = access_log.unusual([gol.municipality], since=timezone.now() - timedelta(days=1))
    assert [(each.user, each.households) for each in found] == [(curious.pk, 4)]


def test_reading_what_a_colleague_has_stands_out_earlier(gol: Town, settings: Any) -> None:
    settings.UNUSUAL_READING_PER_HOUR = 6
    reader, owner = UserFactory(), UserFactory()
    households = HouseholdFactory.create_batch(3, owner=owner)
    seen = access_log.seen(Household.objects.filter(pk__in=[h.pk for h in households]))
    access_log.note(by=reader, role=Role.COORDINATOR, kind=AccessKind.VIEWED, page="p", seen=seen)
    access_log.note(by=owner, role=Role.COORDINATOR, kind=AccessKind.VIEWED, page="p", seen=seen)
    found = access_log.unusual([gol.municipality], since=timezone.now() - timedelta(days=1))
    assert [(each.user, each.outside) for each in found] == [(reader.pk, 3)]
