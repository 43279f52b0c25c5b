from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from newcomers.services import restrict
from portal.accounts.models import User
from portal.clock import Quarter
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality, StaffRole
from portal.pages.models import ContactPoint
from tests.conftest import TODAY
from tests.packages.factories import make_household, make_households, make_office
from welcome.letters.models import Letter, LetterTemplate
from welcome.packages.services import print_run, run_packages

pytestmark = pytest.mark.django_db


@pytest.fixture
def gol() -> Municipality:
    return make_office()


def staff(client: Client, municipality: Municipality, role: str) -> None:
    user = User.objects.create(email=f"{role}@{municipality.slug}.example", language="en")
    StaffRole.objects.create(user=user, municipality=municipality, role=role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def preview(template: LetterTemplate, language: str) -> str:
    return reverse("admin:letters_lettertemplate_preview", args=[template.pk, language])


@pytest.mark.parametrize(("language", "subject"), [("nb", "Velkommen til Gol"), ("en", "Welcome to Gol")])
def test_an_editor_sees_the_letter_on_paper_before_anything_is_verified(
    client: Client, gol: Municipality, language: str, subject: str
) -> None:
    staff(client, gol, Role.EDITOR)
    ContactPoint.objects.update(verified_on=None)
    template = LetterTemplate.objects.get()
    page = client.get(reverse("admin:letters_lettertemplate_change", args=[template.pk])).content.decode()
    assert preview(template, language) in page
    response = client.get(preview(template, language))
    assert response["Content-Type"] == "application/pdf"
    assert subject in text_of(response.content)
    assert not Letter.objects.exists()


def test_a_preview_in_a_language_not_offered_is_not_there(client: Client, gol: Municipality) -> None:
    staff(client, gol, Role.EDITOR)
    assert client.get(preview(LetterTemplate.objects.get(), "xx")).status_code == 404


def test_another_town_s_template_is_not_there(client: Client, gol: Municipality) -> None:
    staff(client, make_office("Hol"), Role.EDITOR)
    template = LetterTemplate.objects.get(municipality=gol)
    assert client.get(preview(template, "nb")).status_code == 404
    assert client.get(reverse("admin:letters_lettertemplate_change", args=[template.pk])).status_code == 404


def test_a_text_with_an_unknown_field_is_refused(client: Client, gol: Municipality) -> None:
    staff(client, gol, Role.EDITOR)
    template = LetterTemplate.objects.get()
    values = {
        name: "x" for name in ("subject", "body", "information_heading", "source_register", "source_self", "objection")
    }
    change = reverse("admin:letters_lettertemplate_change", args=[template.pk])
    answer = client.post(f"{change}?language=nb", values | {"occasion": "welcome", "greeting": "Hei {ssn}"})
    assert "{ssn} cannot be filled in" in answer.content.decode()
    answer = client.post(f"{change}?language=nb", values | {"occasion": "welcome", "greeting": "Hei {names}"})
    assert answer.status_code == 302


def printed(gol: Municipality) -> Letter:
    household = make_household(gol, "Kari Moen")
    run_packages(municipality=gol, quarter=Quarter(2026, 4), on=TODAY)
    print_run(municipality=gol, quarter=Quarter(2026, 4), on=TODAY)
    return Letter.objects.get(household=household)


def test_an_issued_letter_can_be_read_and_not_changed(client: Client, gol: Municipality) -> None:
    letter = printed(gol)
    staff(client, gol, Role.SERVICE_OFFICER)
    page = reverse("admin:letters_letter_change", args=[letter.pk])
    assert "Kari Moen" in client.get(page).content.decode()
    assert client.post(page, {"language": "en"}).status_code == 403
    assert "Kari Moen" in text_of(client.get(reverse("admin:letters_letter_paper", args=[letter.pk])).content)


def test_letters_of_protected_households_and_drafts_and_other_towns_are_not_there(
    client: Client, gol: Municipality
) -> None:
    letter = printed(gol)
    addresses = [reverse(f"admin:letters_letter_{name}", args=[letter.pk]) for name in ("paper", "change")]
    staff(client, make_office("Hol"), Role.SERVICE_OFFICER)
    assert {client.get(address).status_code for address in addresses} == {404}
    staff(client, gol, Role.SERVICE_OFFICER)
    Letter.objects.update(issued_on=None)
    assert {client.get(address).status_code for address in addresses} == {404}
    Letter.objects.update(issued_on=TODAY)
    restrict(letter.household, by=None)
    assert {client.get(address).status_code for address in addresses} == {404}


def test_an_editor_reads_no_letter(client: Client, gol: Municipality) -> None:
    letter = printed(gol)
    staff(client, gol, Role.EDITOR)
    assert client.get(reverse("admin:letters_letter_paper", args=[letter.pk])).status_code in {403, 404}
    assert client.get(reverse("admin:letters_letter_changelist")).status_code == 403


def test_the_list_takes_as_many_queries_for_100_letters_as_for_10(client: Client, gol: Municipality) -> None:
    staff(client, gol, Role.SERVICE_OFFICER)

    def queries(number: int) -> int:
        households = make_households(gol, number)
        Letter.objects.bulk_create(
            Letter(municipality=gol, household=household, language="nb", template_version=1, facts={}, issued_on=TODAY)
            for household in households
        )
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("admin:letters_letter_changelist"), {"all": ""}).status_code == 200
        return len(captured)

    assert queries(10) == queries(90)
