"""Who opens a household is written down, and the household can read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from newcomers.models import Household, Note, Registration
from portal.documents.models import PrintJob
from portal.enquiries.models import Enquiry
from portal.municipalities.admin_base import ScopedAdmin
from portal.municipalities.enums import Role
from portal.municipalities.models import DatedTask
from portal.outbox.models import BouncedAddress, Message
from privacy import access_log
from privacy.enums import HOST, AccessKind
from privacy.middleware import shows_households
from privacy.models import AccessEntry, ArchiveHold
from tests.access.cast import Town, client_of
from tests.access.rows import ROWS
from tests.conftest import TODAY
from tests.enquiries.factories import asked
from tests.factories import HouseholdFactory, UserFactory
from tests.hosting.factories import HostFactory
from tests.privacy.test_restricted import admin_names, rows_about
from welcome.hosting.models import Assignment
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
        {"action": "mark_settled", "_selected_action": [str(gol.household.pk), str(other.pk)], "apply": "1"},
    )
    changed = {household for kind, _r, _p, household in entries() if kind == AccessKind.CHANGED}
    assert changed == {gol.household.pk, other.pk}


def test_choosing_whom_to_write_to_changes_none_of_them(gol: Town) -> None:
    client_of(gol.people[Role.SERVICE_OFFICER]).post(
        office(gol, "newcomers_household_changelist"),
        {"action": "write_to_them", "_selected_action": [str(gol.household.pk)]},
    )
    assert [(kind, household) for kind, _r, _p, household in entries()] == [(AccessKind.LISTED, gol.household.pk)]


def test_what_was_not_shown_is_not_written_down(gol: Town, aal: Town) -> None:
    """Another town's household is not found; an empty form and the day page show nobody."""
    officer = client_of(aal.people[Role.SERVICE_OFFICER])
    assert officer.get(office(gol, "newcomers_household_change", gol.household.pk)).status_code == 404
    officer.get(office(gol, "newcomers_household_change", "nonsense"))
    officer.get(office(gol, "newcomers_household_add"))
    officer.get(reverse("admin:index"))
    client_of(gol.people["newcomer"]).get(office(gol, "newcomers_household_change", gol.household.pk))
    assert entries() == []


def by_address(gol: Town) -> dict[type[Model], Model]:
    """What leads to the household by nothing but its e-mail address."""
    town, email = gol.municipality, gol.people["newcomer"].email
    return {
        Enquiry: asked(town, email=email),
        Registration: Registration.objects.create(
            municipality=town, email=email, answers={}, confirmed_at=timezone.now()
        ),
        Message: Message.objects.create(
            municipality=town, kind="test", key="k", recipient=email, language="nb", next_try_at=timezone.now()
        ),
        BouncedAddress: BouncedAddress.objects.create(municipality=town, email=email, status="5.1.1", on=TODAY),
    }  # fmt: skip


def test_every_page_of_the_office_with_a_row_of_theirs_is_written_down(gol: Town) -> None:
    """Made from the addresses there are, so that a page which is added later is tried without being named here."""
    for row_of in ROWS.values():
        row_of(gol)
    coordinator = gol.people[Role.COORDINATOR]
    note = Note.objects.create(household=gol.household, text="x", on=TODAY, by=coordinator)
    mailed = by_address(gol)
    client, tried, missing = client_of(coordinator), set(), []
    client.raise_request_exception = False  # a letter of the rows here cannot be drawn
    for name, model, pattern in admin_names():
        keys = set(pattern.pattern.converters) or set(pattern.pattern.regex.groupindex)
        rows = [mailed[model].pk] if model in mailed else rows_about(model, gol.household)[:1]
        if not keys or not rows or name.endswith("_delete_translation"):
            continue
        AccessEntry.objects.all().delete()
        answer = client.get(
            reverse(f"admin:{name}", kwargs={key: note.pk if "note" in key else rows[0] for key in keys})
        )
        if answer.status_code == 200:
            tried.add(name)
            if not AccessEntry.objects.filter(page=f"admin:{name}", household_ref=gol.household.pk).exists():
                missing.append(name)
    assert missing == []
    assert {"newcomers_household_change_note", "enquiries_enquiry_change", "newcomers_registration_change",
            "outbox_message_change", "hosting_assignment_change", "newcomers_pair_change"} <= tried  # fmt: skip


def test_what_is_made_for_a_household_is_written_down(gol: Town) -> None:
    """A page that makes rows has no row in its address: the log asks what was made."""
    makes = {
        model for model, page in admin.site._registry.items()
        if isinstance(page, ScopedAdmin) and shows_households(page) and page.personal and page.add_permission
    }  # fmt: skip
    assert makes == {Household, Assignment, ArchiveHold}, "try the new one below"
    client, household = client_of(gol.people[Role.COORDINATOR]), HouseholdFactory(municipality=gol.municipality)
    hold = {"municipality": gol.municipality.pk, "household": household.pk, "reason": "Klagesak 26/17"}
    host = {"household": household.pk, "host": HostFactory(municipality=gol.municipality).pk}
    for page, typed in [("privacy_archivehold_add", hold), ("hosting_assignment_add", host)]:
        answer = client.post(office(gol, page), typed)
        assert answer.status_code == 302, answer.context
    assert [(kind, number) for kind, _r, _p, number in entries()] == [(AccessKind.CHANGED, household.pk)] * 2
    note = Note.objects.create(household=household, text="x", on=TODAY, by=gol.people[Role.COORDINATOR])
    client.post(office(gol, "newcomers_household_change_note", note.pk), {"text": "y"})
    assert entries()[-1][0] == AccessKind.CHANGED


def test_lists_of_mail_and_questions_are_lists_too(gol: Town) -> None:
    by_address(gol)
    for page in ("outbox_message_changelist", "enquiries_enquiry_changelist"):
        client_of(gol.people[Role.COORDINATOR]).get(office(gol, page))
    assert [(kind, number) for kind, _r, _p, number in entries()] == [(AccessKind.LISTED, None)] * 2
    client_of(gol.people[Role.EDITOR]).get(office(gol, "enquiries_enquiry_changelist"))
    assert entries()[-1][1] == Role.EDITOR


@pytest.mark.parametrize("role", [Role.SERVICE_OFFICER, Role.PRIVACY_OFFICER])
def test_whoever_is_looked_up_by_name_is_written_down_by_number(gol: Town, role: str) -> None:
    HouseholdFactory(municipality=gol.municipality)
    client_of(gol.people[role]).get(office(gol, "newcomers_household_changelist") + "?q=Nora")
    assert entries() == [(AccessKind.LISTED, role, "admin:newcomers_household_changelist", gol.household.pk)]


def test_so_is_whoever_a_field_finds_while_a_name_is_typed(gol: Town) -> None:
    asked_for = {"term": "Nora", "app_label": "hosting", "model_name": "assignment", "field_name": "household"}
    client_of(gol.people[Role.SERVICE_OFFICER]).get(reverse("admin:autocomplete"), asked_for)
    assert [(kind, number) for kind, _r, _p, number in entries()] == [(AccessKind.LISTED, gol.household.pk)]


def test_so_is_whoever_the_desk_has_just_taken_in(gol: Town) -> None:
    client_of(gol.people[Role.SERVICE_OFFICER]).get(
        office(gol, "newcomers_household_counter"), {"noted": gol.household.pk}
    )
    assert [(kind, number) for kind, _r, _p, number in entries()] == [(AccessKind.VIEWED, gol.household.pk)]


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
    officer_role, viewed = str(Role.SERVICE_OFFICER.label), str(AccessKind.VIEWED.label)
    assert [(line.who, line.what, line.times) for line in lines] == [(officer_role, viewed, 2)]
    html = page.content.decode()
    assert "0 ganger" not in html
    # Another page that is called the same to a reader is no line of its own.
    access_log.note(
        by=officer, role=Role.SERVICE_OFFICER, kind=AccessKind.VIEWED, page="admin:newcomers_household_history",
        seen=[access_log.Seen(gol.household.pk, gol.municipality.pk, None)],
    )  # fmt: skip
    page = client_of(gol.people["newcomer"]).get(reverse("privacy:looked", args=["gol"]))
    assert [line.times for line in page.context["lines"]] == [3]
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


def read(town: Town, reader: Any, times: int, *, at: Any = None, kind: str = AccessKind.VIEWED) -> None:
    """So many new households, all at that time."""
    seen = [access_log.Seen(UserFactory.build().pk, town.municipality.pk, None) for _time in range(times)]
    access_log.note(by=reader, role=Role.COORDINATOR, kind=kind, page="p", seen=seen)
    if at:
        AccessEntry.objects.filter(household_ref__in=[each.household for each in seen]).update(created_at=at)


def standing_out(town: Town) -> list[tuple[Any, int]]:
    found = access_log.unusual([town.municipality], since=timezone.now() - timedelta(days=1))
    return [(each.user, each.households) for each in found]


def test_an_hour_may_begin_at_any_minute(gol: Town, settings: Any) -> None:
    settings.UNUSUAL_READING_PER_HOUR = 3
    clock = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    curious, patient = UserFactory(), UserFactory()
    for reader, apart in [(curious, 5), (patient, 70)]:
        read(gol, reader, 2, at=clock - timedelta(minutes=2))
        read(gol, reader, 2, at=clock + timedelta(minutes=apart))
    assert standing_out(gol) == [(curious.pk, 4)]


def test_looking_up_one_by_one_stands_out_and_a_long_list_does_not(gol: Town, settings: Any) -> None:
    settings.UNUSUAL_READING_PER_HOUR = 3
    curious, diligent = UserFactory(), UserFactory()
    now = timezone.now().replace(microsecond=0)
    read(gol, diligent, 50, at=now, kind=AccessKind.LISTED)
    for seconds in range(4):
        read(gol, curious, 1, at=now - timedelta(seconds=seconds), kind=AccessKind.LISTED)
    assert standing_out(gol) == [(curious.pk, 4)]


def test_files_with_many_names_stand_out(gol: Town) -> None:
    curious = UserFactory()
    for _time in range(5):
        access_log.note_list(
            by=curious, role=Role.COORDINATOR, page="p", municipalities=[gol.municipality.pk], kind=AccessKind.EXPORTED
        )
    assert standing_out(gol) == [(curious.pk, 50)]


def test_what_hosts_look_through_is_not_counted_as_the_offices(gol: Town) -> None:
    for role in (HOST, Role.COORDINATOR):
        access_log.note_list(
            by=UserFactory(), role=role, page="p", municipalities=[gol.municipality.pk], kind=AccessKind.LISTED
        )
    assert access_log.lists_since(gol.household, timezone.now() - timedelta(days=1)) == 1


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
