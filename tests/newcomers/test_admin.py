"""The office's form for lists of movers, registrations that wait for a decision, and what moves a household."""

from __future__ import annotations

import builtins
import html
import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newcomers.enums import HouseholdState
from newcomers.enums_movers import LegalBasis, MoverPurpose, MoverSource
from newcomers.models import Household, MoverImport, Registration
from newcomers.movers_file import MAX_BYTES
from portal import clock
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import (
    HouseholdFactory,
    MunicipalityFactory,
    PersonFactory,
    PostcodeFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.newcomers.movers import HEADER, movers_csv, row

pytestmark = pytest.mark.django_db
ADD = "/admin/newcomers/moverimport/add/"
WITHOUT_PROTECTION = HEADER.removesuffix(";adressesperre")


@pytest.fixture
def gol(monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return PostcodeFactory(code="3550", city="Gol").municipality


@pytest.fixture
def client(gol: Municipality) -> Client:
    user = UserFactory(email="officer@gol.example", language="en")
    return client_of(StaffRoleFactory(user=user, municipality=gol, role=Role.SERVICE_OFFICER).user)


WHY = {
    "source": MoverSource.POPULATION_REGISTER,
    "purpose": MoverPurpose.WELCOME,
    "legal_basis": LegalBasis.PUBLIC_TASK,
}


def upload(client: Client, content: bytes, name: str = "movers.csv", **typed: Any) -> HttpResponse:
    gol = Municipality.objects.get(code="3324")
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return client.post(ADD, WHY | {"municipality": gol.pk, "basis": "Welcoming newcomers", "file": file} | typed)


def errors(answer: HttpResponse) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors) if answer.context else {}


def reported(page: str) -> dict[str, str]:
    """The table of numbers, by what stands before each."""
    cells = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', page)
    return {html.unescape(name): html.unescape(value) for name, value in cells}


# --- Refused as a whole ---


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PK\x03\x04\x14\x00" + bytes(400), "This is not a text file."), (b"%PDF-1.7 ...", "This is not a text file."),
     (os.urandom(64).replace(b"\x00", b"\x01") + b"\x00" * 4, "This is not a text file."),
     (b" \r\n", "The file is empty."), (HEADER.encode(), "has a header but no rows"),
     (b"navn;alder\r\nKari;7\r\n", "adresse")],
    ids=["zip", "pdf", "random", "blank", "header", "columns"],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_words(client: Client, content: bytes, words: str) -> None:
    answer = upload(client, content)
    assert answer.status_code == 200
    assert list(errors(answer)) == ["file"]
    assert words in str(errors(answer)["file"])
    assert not MoverImport.objects.exists()


def test_an_empty_upload_is_refused_in_words(client: Client) -> None:
    assert errors(upload(client, b""))["file"] == ["The submitted file is empty."]


def test_what_was_typed_stays_when_the_file_is_refused(client: Client) -> None:
    answer = upload(client, b"%PDF", basis="Kommunelova § 4", all_or_nothing="on", no_protection_column="on")
    form = answer.context["adminform"].form
    assert form["basis"].value() == "Kommunelova § 4"
    assert (form["all_or_nothing"].value(), form["no_protection_column"].value()) == (True, True)
    assert str(form["municipality"].value()) == str(Municipality.objects.get().pk)


def test_the_basis_must_be_said(client: Client) -> None:
    assert list(errors(upload(client, movers_csv(row()), basis=" "))) == ["basis"]
    assert not MoverImport.objects.exists()


def test_another_towns_list_is_not_taken(client: Client) -> None:
    aal = MunicipalityFactory(aal=True)
    answer = upload(client, movers_csv(row()), municipality=aal.pk)
    assert list(errors(answer)) == ["municipality"]
    assert not MoverImport.objects.exists()


# --- Too large ---


@pytest.fixture
def nothing_is_written(monkeypatch: Any) -> None:
    """No temporary file is made, and nothing is opened to be written."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("an upload touched the disk")

    real_open = builtins.open

    def read_only(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        assert not set(mode) & set("wax+"), f"{file} was opened to be written"
        return real_open(file, mode, *args, **kwargs)

    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr(builtins, "open", read_only)


@pytest.mark.parametrize("megabytes", [13, 40])
def test_a_huge_upload_is_refused_in_words_and_never_touches_the_disk(
    client: Client, nothing_is_written: None, megabytes: int
) -> None:
    before = {path: path.stat().st_mtime for path in Path(configured.VAR_DIR).rglob("*")}
    answer = upload(client, b"x;" * (megabytes * 512 * 1024), basis="Kommunelova § 4")
    assert answer.status_code == 200
    assert errors(answer)["file"] == ["The file is larger than 12 MB. Split it in two."]
    assert answer.context["adminform"].form["basis"].value() == "Kommunelova § 4"
    assert {path: path.stat().st_mtime for path in Path(configured.VAR_DIR).rglob("*")} == before


def test_of_a_huge_upload_no_more_than_the_limit_is_read(client: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1024**2
    content = b"x" * (8 * 1024**2)
    file = SimpleUploadedFile("movers.csv", content)
    answer = client.post(ADD, {"basis": "B", "file": file})
    assert answer.wsgi_request.upload_too_large
    assert not answer.wsgi_request.FILES


def test_an_upload_within_the_limit_is_kept_in_memory(client: Client, nothing_is_written: None) -> None:
    """Larger than what Django itself would write to disk."""
    rows = [row(address=f"Storgata {number}") for number in range(60_000)]
    content = movers_csv(*rows)
    assert 2.5 * 1024**2 < len(content) < MAX_BYTES
    assert errors(upload(client, content))["file"] == ["The file has more than 50000 rows. Split it in two."]


def test_between_what_is_uploaded_and_what_is_read_there_is_no_gap(client: Client) -> None:
    assert "at most 10 MB are read" in str(errors(upload(client, b"x;y\n" * (MAX_BYTES // 4 + 1)))["file"])


def test_a_list_is_not_sent_by_whoever_may_not(gol: Municipality) -> None:
    for role in (Role.EDITOR, Role.ANALYST):
        editor = client_of(StaffRoleFactory(municipality=gol, role=role).user)
        assert upload(editor, movers_csv(row())).status_code == 403
    assert not MoverImport.objects.exists()


# --- Registrations to look at ---

ANSWERS = {
    "adults": [{"name": "Kari Moen", "birth_year": 1990, "email": "kari@kari.example", "phone": ""}],
    "street": "Storgata 1", "care_of": "", "postcode": "3550", "city": "Gol", "moved_in_on": "2026-11-01",
    "residency": "full_time", "language": "pl", "reason": "", "wishes": "<b>Turlaget</b>", "child_birth_years": [2020],
    "share": ["phone"],
    "situation": "moved",
    "part_time_kind": "",
    "stay_longer": "",
    "way_in": None,
}  # fmt: skip
QUEUE = "/admin/newcomers/registration/"


def waiting(gol: Municipality, **given: Any) -> Registration:
    defaults = {"email": "kari@kari.example", "answers": ANSWERS, "confirmed_at": timezone.now()}
    return Registration.objects.create(municipality=gol, **(defaults | given))


def do(client: Client, action: str, *rows: Any, where: str = QUEUE) -> str:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(where, chosen, follow=True).content.decode()


def test_the_queue_holds_what_is_confirmed_and_has_no_household(client: Client, gol: Municipality) -> None:
    shown = waiting(gol)
    waiting(gol, confirmed_at=None)
    waiting(gol, household=HouseholdFactory(municipality=gol))
    assert list(client.get(QUEUE).context["cl"].queryset) == [shown]
    page = client.get(reverse("admin:newcomers_registration_change", args=[shown.pk])).content.decode()
    assert "Storgata 1" in page
    assert "<b>Turlaget</b>" not in page


def test_a_registration_is_taken_in_as_a_household_of_its_own(client: Client, gol: Municipality) -> None:
    registration = waiting(gol)
    assert "1 taken in." in do(client, "accept_as_new", registration)
    household = Household.objects.get()
    assert (household.name, household.language, household.child_birth_years) == ("Kari Moen", "pl", [2020])
    assert household.persons.get(is_adult=True).user.email == "kari@kari.example"
    registration.refresh_from_db()
    assert (registration.household, registration.answers) == (household, {})
    do(client, "accept_as_new", registration)
    assert Household.objects.count() == 1


def test_one_of_which_nothing_was_kept_is_left_to_the_office(client: Client, gol: Municipality) -> None:
    """It touched a protected household."""
    registration = waiting(gol, answers={})
    assert "Some could not be taken in." in do(client, "accept_as_new", registration)
    assert not Household.objects.exists()


def test_one_that_was_settled_by_hand_is_deleted(client: Client, gol: Municipality) -> None:
    registration = waiting(gol)
    client.post(reverse("admin:newcomers_registration_delete", args=[registration.pk]), {"post": "yes"})
    assert not Registration.objects.exists()


def test_the_next_towns_registrations_are_not_taken(client: Client, gol: Municipality) -> None:
    other = waiting(MunicipalityFactory(aal=True))
    do(client, "accept_as_new", other)
    other.refresh_from_db()
    assert other.household is None


# --- Households ---

HOUSEHOLDS = "/admin/newcomers/household/"


def test_households_are_marked_settled_and_gone_and_what_cannot_be_is_said(client: Client, gol: Municipality) -> None:
    here, planning = HouseholdFactory(), HouseholdFactory(planning=True)
    page = do(client, "mark_settled", here, planning, where=HOUSEHOLDS)
    assert "1 could not be moved there" in page
    assert set(Household.objects.values_list("state", flat=True)) == {HouseholdState.SETTLED, HouseholdState.PLANNING}
    do(client, "mark_moved_away", here, where=HOUSEHOLDS)
    here.refresh_from_db()
    assert here.state == HouseholdState.MOVED_AWAY
    assert [move.by.email for move in here.moves.all()] == ["officer@gol.example"] * 2


def test_a_household_is_found_by_name_and_street(client: Client, gol: Municipality) -> None:
    wanted = HouseholdFactory(street="Lyktevegen 5", adults=0)
    PersonFactory(household=wanted, name="Åse Lykt")
    PersonFactory(household=wanted, name="Ole Lykt", position=1)
    HouseholdFactory()
    for words in ["Lykt", "Åse", "Lyktevegen 5", "Ole Lykt"]:
        found = client.get(HOUSEHOLDS, {"q": words}).context["cl"]
        assert list(found.queryset) == [wanted], words


def test_the_page_of_a_household_shows_what_waits_and_then_the_newest(client: Client, gol: Municipality) -> None:
    household = HouseholdFactory(moved_in_on=TODAY - timedelta(days=30))
    do(client, "mark_settled", household, where=HOUSEHOLDS)
    coming = HouseholdFactory(planning=True)
    pages = [client.get(reverse("admin:newcomers_household_change", args=[h.pk])) for h in (household, coming)]
    past, future = (page.content.decode().partition("office-timeline")[2] for page in pages)
    assert past.index("Settled") < past.index("Moved in")
    assert future.index("Moving day") < future.index("Registered")
