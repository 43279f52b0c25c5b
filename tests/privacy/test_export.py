"""Everything that is kept of somebody comes out, as data and as a paper; nothing of anybody else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from pypdf import PdfReader

from newcomers.models import Note, Person, Preferences, Registration
from portal import personal_data
from portal.municipalities.enums import Role
from portal.outbox.models import Message
from portal.pages.enums import Interest
from privacy import export, wording
from privacy.enums import THEMSELVES, AccessKind
from privacy.models import AccessEntry
from tests.access.cast import Town, client_of
from tests.conftest import TODAY
from tests.enquiries.factories import asked
from tests.factories import HouseholdFactory, PersonFactory
from tests.hosting.factories import HostFactory
from welcome.hosting import services as hosting


def own(town: Town, kind: str = "json") -> Any:
    slug = town.municipality.slug
    return client_of(town.people["newcomer"]).get(reverse(f"privacy:own_{kind}", args=[slug]))


def mark(row: Model, name: str) -> str | None:
    """Write something into a text column that is found again; None for columns that take no free text."""
    field: Any = row._meta.get_field(name)
    text = field.get_internal_type() in {"CharField", "TextField", "EmailField", "SlugField"}
    if not text or field.choices or (field.max_length or 99) < 12 or field.unique:
        return None
    value = f"m{uuid4().hex[:10]}"
    type(row)._base_manager.filter(pk=row.pk).update(**{name: value})
    return value


def test_every_text_column_of_a_full_household_comes_out(gol: Town) -> None:
    """Each column that is declared to be in the export is filled with something of its own, and found there."""
    household, person = gol.household, gol.household.persons.get()
    Preferences.objects.create(household=household)
    Note.objects.create(household=household, text="x", on=date(2026, 11, 1))
    asked(gol.municipality, email=person.email)
    subject = export.subject_of(person)
    marked = {}
    for table in personal_data.tables.values():
        if table.email or table.account:
            continue  # the column by which the row is found stays as it is; these are looked at below
        for row in table.rows_of(subject)[:1]:
            for name in table.columns:
                if value := mark(row, name):
                    marked[f"{table.model}.{name}"] = value
    assert {"newcomers.Person.name", "newcomers.Household.street", "newcomers.Note.text"} <= set(marked)
    text = own(gol).content.decode()
    assert [column for column, value in marked.items() if value not in text] == []


def test_it_has_a_row_for_each_table_they_stand_in(gol: Town) -> None:
    person = gol.household.persons.get()
    enquiry = asked(gol.municipality, email=person.email)
    tables = json.loads(own(gol).content)["tables"]
    assert {"newcomers.Household", "newcomers.Person", "hosting.Assignment", "accounts.User"} <= set(tables)
    assert tables["enquiries.Enquiry"][0]["question"] == enquiry.question
    assert tables["accounts.User"][0]["email"] == person.user.email
    columns = {name: set(rows[0]) for name, rows in tables.items()}
    assert columns == {name: set(personal_data.tables[name].columns) for name in tables}


def test_nothing_of_another_household_or_of_an_adult_with_an_own_account_comes_out(gol: Town, aal: Town) -> None:
    HouseholdFactory(municipality=gol.municipality, street="Naboveien 9")
    partner = PersonFactory(household=gol.household, with_account=True, name="Partner Eksempel", phone="98765432")
    PersonFactory(household=gol.household, child=True, birth_year=2019)
    text = own(gol).content.decode()
    assert "Nora gol" in text
    assert "2019" in text
    for private in ["Nora aal", "Naboveien", partner.phone, partner.user.email]:
        assert private not in text, private


def test_an_address_that_was_only_typed_opens_nothing(gol: Town, aal: Town) -> None:
    """An adult is added with a neighbour's address: the neighbour's mail, questions and registrations stay theirs."""
    PersonFactory(household=gol.household, email="nabo@home.example")
    for town in (gol.municipality, aal.municipality):
        asked(town, email="nabo@home.example")
        Registration.objects.create(municipality=town, email="nabo@home.example", answers={"street": "Naboveien 9"})
    asked(aal.municipality, email=gol.people["newcomer"].email, question="Asked next door")
    text = own(gol).content.decode()
    assert "enquiries.Enquiry" not in text
    assert "Naboveien" not in text
    asked(gol.municipality, email=gol.people["newcomer"].email.upper())
    assert "enquiries.Enquiry" in own(gol).content.decode()


def test_a_newcomer_who_is_a_host_or_a_colleague_takes_out_nothing_of_those_they_work_for(gol: Town) -> None:
    user = gol.people["newcomer"]
    followed = HouseholdFactory(municipality=gol.municipality, adults__name="Fatima Fulgt")
    hosting.assign_host(
        by=gol.people[Role.COORDINATOR], household=followed, host=HostFactory(municipality=gol.municipality, user=user),
        on=TODAY,
    )  # fmt: skip
    for kind in ("hosting_offer", "enquiry_owner", "enquiry_reminder", "verification", "settled"):
        Message.objects.create(
            municipality=gol.municipality, kind=kind, key=kind, recipient=user.email, user=user, language="nb",
            subject=f"About {kind}", text="Fatima Fulgt" if kind != "settled" else "Hei", next_try_at=timezone.now(),
        )  # fmt: skip
    text = own(gol).content.decode()
    assert "About settled" in text
    assert "Fatima" not in text
    assert "enquiry_" not in text


def test_the_paper_is_tagged_and_says_the_same(gol: Town) -> None:
    gol.household.wishes = "Vi ønsker oss en båtplass."
    gol.household.save()
    answer = own(gol, "pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    reader = PdfReader(BytesIO(answer.content))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Nora gol" in text
    assert "båtplass" in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "nb"


def test_the_paper_is_in_words_with_the_household_first_and_sign_ins_last(gol: Town) -> None:
    household, person = gol.household, gol.household.persons.get()
    Preferences.objects.create(household=household, interests=[Interest.SKIING])
    Person.objects.filter(pk=person.pk).update(languages=["en", "uk"], wants_job=True)
    PersonFactory(household=household, child=True, birth_year=2019)
    AccessEntry.objects.create(
        municipality=gol.municipality, household_ref=household.pk, kind=AccessKind.EXPORTED, role=THEMSELVES,
        page="privacy:own_json",
    )  # fmt: skip
    with translation.override("en"):
        sections = export._document(export.subject_of(person), "en", TODAY)["sections"]
    titles = [section["title"] for section in sections]
    assert titles[:3] == ["Your household", "The people in your household", "What you wish"]
    assert titles[-1] == "Who has looked"
    words = [cell["value"] for section in sections for row in section["rows"] for cell in row]
    assert {"English, Ukrainian", "skiing and skating", "your own download"} <= set(words)
    persons = next(section["rows"] for section in sections if section["title"] == titles[1])
    assert sorted("Is looking for work" in {cell["label"] for cell in row} for row in persons) == [False, True]


def test_every_column_has_words_on_paper() -> None:
    """A label that Django makes of a column's name is English in every language."""
    fields = [
        apps.get_model(t.model)._meta.get_field(name) for t in personal_data.tables.values() for name in t.columns
    ]
    own_words = {field.name for field in fields if isinstance(field.verbose_name, Promise)} | set(wording.LABELS)
    assert [field for field in fields if field.name not in own_words] == []


@pytest.mark.parametrize("name", ["ნინო ბერიძე", "نور الهدى"])
def test_a_name_no_font_can_print_stops_no_paper_and_is_whole_in_the_data(gol: Town, name: str) -> None:
    Person.objects.filter(household=gol.household).update(name=name)
    assert own(gol, "pdf").status_code == 200
    assert name in own(gol).content.decode()


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_it_is_ones_own_alone_and_written_down(gol: Town, aal: Town, kind: str) -> None:
    """The address names no household, so there is no number to alter; another town's newcomer has none here."""
    url = reverse(f"privacy:own_{kind}", args=["gol"])
    assert client_of(None).get(url).status_code == 302
    assert client_of(aal.people["newcomer"]).get(url).status_code == 404
    assert client_of(gol.people["coordinator"]).get(url).status_code == 404
    assert own(gol, kind)["Cache-Control"] == "no-store"
    taken = AccessEntry.objects.get()
    assert (taken.kind, taken.role, taken.household_ref) == (AccessKind.EXPORTED, THEMSELVES, gol.household.pk)


def test_a_protected_household_gets_it_from_the_office(gol: Town) -> None:
    gol.household.street = gol.household.postcode = gol.household.city = ""
    gol.household.restricted = True
    gol.household.save()
    assert own(gol).status_code == 404


def test_values_are_written_for_people() -> None:
    assert wording.in_words(date(2026, 11, 22)) == "22. november 2026"
    assert wording.in_words(["nb", "uk"]) == "nb, uk"
    assert wording.in_words(["en", "uk"], "languages") == "Engelsk, Ukrainsk"
    with translation.override("en"):
        answers = {"you": {"street": "Storgata 1", "care_of": ""}, "reason": "work", "moved_in_on": date(2026, 11, 22)}
        assert (
            wording.in_words(answers)
            == "Street and number: Storgata 1\nReason for moving: work\nMoved in: 22 November 2026"
        )
    assert export._as_data(datetime(2026, 11, 22, 12, tzinfo=UTC)) == "2026-11-22T12:00:00+00:00"


def test_every_declared_table_exists() -> None:
    assert all(apps.get_model(label) for label in personal_data.tables)
