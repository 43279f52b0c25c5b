"""The office's pages about data: requests, holds, reading that stands out, purposes and the record."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from newcomers.models import Household
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission, Role
from privacy import erasure, purposes
from privacy.models import AccessEntry, ArchiveHold, ErasureRequest, Purpose
from tests.access.cast import Town, client_of
from tests.conftest import TODAY
from tests.factories import UserFactory


def office(page: str, *args: Any) -> str:
    return reverse(f"admin:privacy_{page}", args=args)


# --- Requests ---


def test_a_request_is_on_the_day_page_and_late_ones_say_so(gol: Town) -> None:
    officer = client_of(gol.people[Role.PRIVACY_OFFICER])
    asked = erasure.ask(household=gol.household, by=gol.people["newcomer"], on=TODAY)

    def queue() -> Any:
        queues = officer.get(reverse("admin:index")).context["queues"]
        return next(each for each in queues if "erasurerequest" in each.url)

    assert (queue().count, queue().state) == (1, "due")
    ErasureRequest.objects.filter(pk=asked.pk).update(due_on=date(2026, 11, 1))
    assert queue().state == "late"


def test_one_button_erases_after_one_question(gol: Town) -> None:
    officer = client_of(gol.people[Role.COORDINATOR])
    asked = erasure.ask(household=gol.household, by=gol.people["newcomer"], on=TODAY)
    chosen = {"action": "erase_now", "_selected_action": [str(asked.pk)]}
    first = officer.post(office("erasurerequest_changelist"), chosen)
    assert "Nora gol" in first.content.decode()
    assert Household.objects.filter(pk=gol.household.pk).exists()
    officer.post(office("erasurerequest_changelist"), chosen | {"apply": "1"})
    assert not Household.objects.filter(pk=gol.household.pk).exists()
    asked.refresh_from_db()
    assert (asked.state, asked.ended_by) == ("done", gol.people[Role.COORDINATOR])


def test_a_hold_is_put_with_a_reason_and_stops_the_button(gol: Town) -> None:
    officer = client_of(gol.people[Role.PRIVACY_OFFICER])
    officer.post(
        office("archivehold_add"),
        {"municipality": gol.municipality.pk, "household": gol.household.pk, "reason": "Klagesak 26/17"},
    )
    hold = ArchiveHold.objects.get()
    assert (hold.household, hold.by) == (gol.household, gol.people[Role.PRIVACY_OFFICER])
    asked = erasure.ask(household=gol.household, by=gol.people["newcomer"], on=TODAY)
    chosen = {"action": "erase_now", "_selected_action": [str(asked.pk)], "apply": "1"}
    answer = officer.post(office("erasurerequest_changelist"), chosen, follow=True)
    assert Household.objects.filter(pk=gol.household.pk).exists()
    assert any("archive" in str(m) or "arkiv" in str(m) for m in answer.context["messages"])


def test_reading_that_stands_out_is_listed(gol: Town, settings: Any) -> None:
    settings.UNUSUAL_READING_PER_HOUR = 2
    curious, coordinator = UserFactory(), client_of(gol.people[Role.COORDINATOR])
    for _number in range(3):
        AccessEntry.objects.create(
            municipality=gol.municipality, household_ref=UserFactory().pk, kind="viewed", user=curious,
            role=Role.SERVICE_OFFICER, page="p",
        )  # fmt: skip
    AccessEntry.objects.update(created_at=timezone.now())
    queues = coordinator.get(reverse("admin:index")).context["queues"]
    assert next(each.count for each in queues if "accessentry" in each.url) == 1
    found = coordinator.get(office("accessentry_changelist") + "?stands_out=week").context["cl"].queryset
    assert {entry.user for entry in found} == {curious}


def test_nobody_changes_the_log(gol: Town) -> None:
    entry = AccessEntry.objects.create(municipality=gol.municipality, kind="viewed", role="host", page="p")
    for role in Role.values:
        if role == Role.REGION_ADMINISTRATOR:
            continue
        client = client_of(gol.people[role])
        for page, args in [("add", []), ("delete", [entry.pk])]:
            assert client.post(office(f"accessentry_{page}", *args), {"post": "yes"}).status_code in {403, 404}
        assert client.post(office("accessentry_change", entry.pk), {"kind": "listed"}).status_code in {403, 404}
    entry.refresh_from_db()
    assert entry.kind == "viewed"


def test_two_roles_protect_an_address_and_no_other() -> None:
    may = {role for role, permissions in ROLE_PERMISSIONS.items() if Permission.HOUSEHOLD_RESTRICT in permissions}
    assert may == {Role.COORDINATOR, Role.PRIVACY_OFFICER}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PRIVACY_OFFICER, Role.SERVICE_OFFICER])
def test_the_button_is_theirs_alone(gol: Town, role: str) -> None:
    url = reverse("admin:newcomers_household_protect", args=[gol.household.pk])
    client_of(gol.people[role]).post(url)
    is_protected = Household.objects.get(pk=gol.household.pk).restricted
    assert is_protected is (role != Role.SERVICE_OFFICER)


# --- Purposes ---


def test_a_municipality_gets_the_usual_purposes_once_and_keeps_its_own_words(gol: Town) -> None:
    call_command("setuppurposes", "--json", stdout=StringIO())
    assert Purpose.objects.filter(municipality=gol.municipality).count() == len(purposes.defaults())
    welcome = Purpose.objects.get(municipality=gol.municipality, code="welcome")
    welcome.translations.filter(language_code="en").update(title="Our own words")
    call_command("setuppurposes", "--json", stdout=StringIO())
    assert welcome.translations.get(language_code="en").title == "Our own words"
    assert Purpose.objects.filter(municipality=gol.municipality).count() == len(purposes.defaults())


def test_the_defaults_are_whole_in_three_languages() -> None:
    for row in purposes.defaults():
        assert {"nb", "nn", "en"} <= set(row["texts"])
        for texts in row["texts"].values():
            assert set(texts) == set(purposes.TEXTS)
            assert all(texts[name] for name in ("title", "text", "data", "until"))


def test_the_privacy_page_is_made_from_them(gol: Town) -> None:
    page = reverse("pages:privacy", args=["gol"])
    assert "12 months" in client_of(None).get(page.replace("/nb/", "/en/")).content.decode(), "the usual ones"
    purposes.set_up(gol.municipality, on=TODAY)
    row = Purpose.objects.get(municipality=gol.municipality, code="welcome")
    row.set_current_language("en")
    row.title, row.keep_for = "Flowers for everyone", 7
    row.save()
    Purpose.objects.get(municipality=gol.municipality, code="host").delete()
    with translation.override("en"):
        html = client_of(None).get(reverse("pages:privacy", args=["gol"])).content.decode()
    assert "Flowers for everyone" in html
    assert "7 months" in html
    assert "A host who lives here" not in html


def test_a_new_text_is_a_new_version_with_its_day(gol: Town, monkeypatch: Any) -> None:
    purposes.set_up(gol.municipality, on=date(2026, 1, 1))
    row = Purpose.objects.get(municipality=gol.municipality, code="welcome")
    before = row.translations.get(language_code="nb").title
    typed = {name: getattr(row.translations.get(language_code="nb"), name) for name in purposes.TEXTS}
    typed |= {
        "basis": row.basis,
        "law": row.law,
        "keep_for": 6,
        "unit": "months",
        "is_active": "on",
        "order": row.order,
    }
    officer = client_of(gol.people[Role.PRIVACY_OFFICER])
    url = office("purpose_change", row.pk) + "?language=nb"
    assert officer.post(url, typed).status_code == 302
    row.refresh_from_db()
    assert (row.keep_for, row.version) == (6, 1), "the same text"
    assert officer.post(url, typed | {"title": "Nye ord"}).status_code == 302
    row.refresh_from_db()
    assert (row.version, row.changed_on) == (2, TODAY)
    assert [each.texts["nb"]["title"] for each in row.versions.all()] == ["Nye ord", before]


def test_a_term_that_a_job_goes_by_is_not_the_municipalitys_to_change(gol: Town) -> None:
    purposes.set_up(gol.municipality, on=TODAY)
    for code, is_fixed in [("movers", True), ("erased", True), ("welcome", False)]:
        row = Purpose.objects.get(municipality=gol.municipality, code=code)
        page = client_of(gol.people[Role.PRIVACY_OFFICER]).get(office("purpose_change", row.pk))
        assert ("keep_for" not in page.context["adminform"].form.fields) is is_fixed, code


@pytest.mark.parametrize(
    ("number", "unit", "is_too_long"),
    [(13, "months", True), (400, "days", True), (12, "months", False), (90, "days", False)],
)
def test_questions_are_not_kept_longer_than_promised(gol: Town, number: int, unit: str, is_too_long: bool) -> None:
    purposes.set_up(gol.municipality, on=TODAY)
    row = Purpose.objects.get(municipality=gol.municipality, code="questions")
    typed = {name: getattr(row.translations.get(language_code="nb"), name) for name in purposes.TEXTS}
    typed |= {"basis": row.basis, "law": row.law, "keep_for": number, "unit": unit, "is_active": "on", "order": 9}
    answer = client_of(gol.people[Role.COORDINATOR]).post(office("purpose_change", row.pk) + "?language=nb", typed)
    assert (answer.status_code == 200 and "keep_for" in answer.context["adminform"].form.errors) is is_too_long


def test_the_record_says_what_article_30_asks_on_page_paper_and_in_a_spreadsheet(gol: Town, aal: Town) -> None:
    purposes.set_up(gol.municipality, on=TODAY)
    officer = client_of(gol.people[Role.PRIVACY_OFFICER])
    page = officer.get(office("purpose_record_page"))
    entries = page.context["entries"]
    assert len(entries) == len(purposes.defaults())
    assert entries[0].title in page.content.decode()
    rows = list(
        csv.reader(StringIO(officer.get(office("purpose_record_csv")).content.decode("utf-8-sig")), delimiter=";")
    )
    assert len(rows) == len(entries) + 1
    assert len(rows[0]) == len(entries[0].fields) + 1
    pdf = PdfReader(BytesIO(officer.get(office("purpose_record_pdf")).content))
    assert entries[0].title in "\n".join(p.extract_text() for p in pdf.pages)
    other = f"?municipality={aal.municipality.code}"
    assert officer.get(office("purpose_record_page") + other).context["town"] == gol.municipality
    assert client_of(gol.people[Role.SERVICE_OFFICER]).get(office("purpose_record_page")).status_code in {403, 404}
