"""The office's pages about data: requests, holds, reading that stands out, purposes and the record."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from newcomers.models import Household
from newcomers.services import restrict
from portal import personal_data
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission, Role
from privacy import erasure, purposes, record
from privacy.models import AccessEntry, ArchiveHold, ErasureRequest, Purpose
from tests.access.cast import Town, client_of
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, PersonFactory, UserFactory


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


def test_the_log_names_pages_in_words(gol: Town) -> None:
    for page in ("admin:newcomers_household_changelist", "admin:newcomers_bulkmessage_write", "hosting:newcomer", "p"):
        AccessEntry.objects.create(municipality=gol.municipality, kind="listed", role="coordinator", page=page)
    log = client_of(gol.people[Role.COORDINATOR]).get(office("accessentry_changelist") + "?q=").content.decode()
    assert "admin:newcomers" not in log
    with translation.override("en"):
        admin_page = admin.site._registry[AccessEntry]
        words = {admin_page.through(entry) for entry in AccessEntry.objects.all()}  # type: ignore[attr-defined]  # ours
    assert {"in a list: households", "message to many", "the host's page about you"} <= words


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


def test_at_each_person_there_is_a_way_to_protect_them_all(gol: Town) -> None:
    page = reverse("admin:newcomers_household_change", args=[gol.household.pk])
    protect = reverse("admin:newcomers_household_protect", args=[gol.household.pk])
    for role, times in [(Role.COORDINATOR, 2), (Role.SERVICE_OFFICER, 0)]:
        assert client_of(gol.people[role]).get(page).content.decode().count(f'href="{protect}"') == times


# --- What a protected household asks for at the office ---

THEIRS = ["Nora gol", "Nora", "newcomer@gol.example"]


@pytest.fixture
def protected(gol: Town) -> Town:
    restrict(gol.household, by=None)
    return gol


def page_of(town: Town) -> str:
    return reverse("admin:privacy_household", args=[town.household.pk])


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PRIVACY_OFFICER])
def test_those_who_may_protect_see_the_protected_by_number_alone(protected: Town, aal: Town, role: str) -> None:
    client = client_of(protected.people[role])
    number = str(protected.household.pk)[:8]
    for page in (reverse("admin:privacy_protected"), page_of(protected)):
        html = client.get(page).content.decode()
        assert number in html
        assert [mark for mark in THEIRS if mark in html] == []
    mine = client_of(protected.people["newcomer"]).get(reverse("newcomers:my_page", args=["gol"]))
    assert number in mine.content.decode(), "else nobody knows which number is theirs"
    assert client.get(page_of(aal)).status_code == 404
    assert number not in client_of(aal.people[role]).get(reverse("admin:privacy_protected")).content.decode()


@pytest.mark.parametrize("who", [Role.SERVICE_OFFICER, Role.ANALYST, "newcomer", "host"])
def test_nobody_else_does(protected: Town, who: str) -> None:
    for page in (reverse("admin:privacy_protected"), page_of(protected)):
        assert client_of(protected.people[who]).get(page).status_code == 404
    assert client_of(protected.people[who]).post(page_of(protected), {"do": "ask"}).status_code == 404
    assert not ErasureRequest.objects.exists()


def test_the_office_hands_out_what_is_kept_of_somebody_without_an_own_way_to_it(protected: Town) -> None:
    client, adult = client_of(protected.people[Role.PRIVACY_OFFICER]), protected.household.persons.get()
    data = client.post(page_of(protected), {"do": "json", "adult": adult.pk})
    assert json.loads(data.content)["tables"]["newcomers.Person"][0]["name"] == "Nora gol"
    assert client.post(page_of(protected), {"do": "pdf", "adult": adult.pk}).content.startswith(b"%PDF")
    taken = AccessEntry.objects.filter(household_ref=protected.household.pk).values_list("kind", "role")
    assert list(taken) == [("exported", Role.PRIVACY_OFFICER)] * 2
    stranger = PersonFactory(household=HouseholdFactory(municipality=protected.municipality))
    assert client.post(page_of(protected), {"do": "json", "adult": stranger.pk}).status_code == 404


def test_a_household_without_an_account_gets_it_the_same_way(gol: Town) -> None:
    page = client_of(gol.people[Role.COORDINATOR]).get(
        reverse("admin:newcomers_household_change", args=[gol.household.pk])
    )
    assert page_of(gol) in page.content.decode()


def test_the_office_asks_holds_and_erases_for_them(protected: Town) -> None:
    client, household = client_of(protected.people[Role.COORDINATOR]), protected.household
    client.post(page_of(protected), {"do": "ask"})
    assert ErasureRequest.objects.waiting().get().household == household
    client.post(page_of(protected), {"do": "take_back"})
    assert not ErasureRequest.objects.waiting().exists()
    assert "reason" in client.post(page_of(protected), {"do": "hold"}).context["forms"]["hold"].errors
    client.post(page_of(protected), {"do": "hold", "reason": "Klagesak 26/17"})
    client.post(page_of(protected), {"do": "erase", "sure": "on"})
    assert Household.objects.filter(pk=household.pk).exists(), "the archive holds it"
    client.post(page_of(protected), {"do": "let_go"})
    assert client.post(page_of(protected), {"do": "erase"}).context["forms"]["erase"].errors
    client.get(page_of(protected))
    assert Household.objects.filter(pk=household.pk).exists()
    AccessEntry.objects.all().delete()
    client.post(page_of(protected), {"do": "erase", "sure": "on"})
    assert not Household.objects.filter(pk=household.pk).exists()
    assert AccessEntry.objects.get().household_ref == household.pk


def test_a_protection_that_was_a_mistake_is_lifted_with_a_reason(protected: Town) -> None:
    client, household = client_of(protected.people[Role.COORDINATOR]), protected.household
    assert client.post(page_of(protected), {"do": "lift"}).context["forms"]["lift"].errors
    client.post(page_of(protected), {"do": "lift", "reason": "Feil husstand ble valgt"})
    household.refresh_from_db()
    assert (household.restricted, household.street) == (False, "")
    assert [note.text for note in household.notes.all()] == ["Feil husstand ble valgt"]
    assert client.get(reverse("admin:newcomers_household_change", args=[household.pk])).status_code == 200


# --- Purposes ---


def test_a_municipality_gets_the_usual_purposes_once_and_keeps_its_own_words(gol: Town) -> None:
    call_command("setuppurposes", "--json", stdout=StringIO())
    assert Purpose.objects.filter(municipality=gol.municipality).count() == len(purposes.defaults())
    welcome = Purpose.objects.get(municipality=gol.municipality, code="welcome")
    welcome.translations.filter(language_code="en").update(title="Our own words")
    call_command("setuppurposes", "--json", stdout=StringIO())
    assert welcome.translations.get(language_code="en").title == "Our own words"
    assert Purpose.objects.filter(municipality=gol.municipality).count() == len(purposes.defaults())


def test_the_defaults_are_whole_in_every_language_of_the_site() -> None:
    for row in purposes.defaults():
        assert set(row["texts"]) == {code for code, _name in settings.LANGUAGES}, row["code"]
        for texts in row["texts"].values():
            assert set(texts) == set(purposes.TEXTS)
            assert all(texts.values()), row["code"]


# The word of the privacy page for what newcomers tell of themselves, or what is noted of them.
NAMED = {
    "created_at": "skrev deg inn", "state": "har flyttet", "residency": "hele året", "part_time_kind": "hele året",
    "care_of": "adresse", "street": "adresse", "postcode": "adresse", "city": "adresse", "moved_in_on": "flyttedato",
    "language": "språk", "source": "hvordan du fant oss", "way_in": "hvordan du fant oss",
    "reason": "grunn til å flytte", "wishes": "andre ønsker", "stay_longer": "bli lenger",
    "contacted_on": "hadde kontakt", "wants_post": "vil ha post", "restricted": "adressebeskyttelse",
    "is_adult": "voksne", "name": "navn", "birth_year": "fødselsår", "email": "e-post", "phone": "telefon",
    "languages": "språk", "education": "utdanning", "occupation_code": "yrke", "occupation": "yrke",
    "wants_job": "jobben du ønsker", "job_wish": "jobben du ønsker", "listed_on": "listen over flyttinger",
    "home_kinds": "boligen du ønsker", "home_tenure": "boligen du ønsker", "home_bedrooms": "boligen du ønsker",
    "important": "viktig for deg", "interests": "interesser", "segment": "med dine egne ord",
}  # fmt: skip


def test_the_privacy_page_names_all_that_is_kept_of_a_newcomer() -> None:
    """A new column has to be told of before it is there."""
    told = " ".join(" ".join(row["texts"]["nb"].values()) for row in purposes.defaults()).lower()
    for table in ["newcomers.Household", "newcomers.Person", "newcomers.Preferences"]:
        for column in personal_data.tables[table].columns:
            assert NAMED[column] in told, column


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


def test_what_the_office_must_decide_is_told_to_the_office_and_not_to_everyone(gol: Town) -> None:
    purposes.set_up(gol.municipality, on=TODAY)
    assert "Kommunen" not in " ".join(row["law"] for row in purposes.defaults())
    pages = {
        code: client_of(None).get(reverse("pages:privacy", args=["gol"]).replace("/nb/", f"/{code}/")).content.decode()
        for code in ("nb", "nn")
    }
    assert "Kommuneloven § 1-1" in pages["nb"]
    assert "Kommunelova § 1-1" in pages["nn"]
    assert "Kommuneloven" not in pages["nn"]
    row = Purpose.objects.get(municipality=gol.municipality, code="welcome")
    assert purposes.is_law_undecided(row)
    row.law = "Vedtak 12/26 i kommunestyret"
    assert not purposes.is_law_undecided(row)
    assert purposes.law_in(row, "nn") == row.law


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
    assert set(record.PERSONS) <= {row["code"] for row in purposes.defaults()}
    assert len({entry.fields[2] for entry in entries}) > len(record.PERSONS), "each says whom it is about"
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
