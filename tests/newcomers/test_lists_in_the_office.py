"""The office's form for lists of movers: read, refused in words, compared, taken in, and taken up when left behind."""

from __future__ import annotations

import builtins
import html
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from newcomers import tasks
from newcomers.models import Household, MoverImport, MoverRow, Person
from newcomers.movers import imports
from newcomers.movers.enums import ImportState, LegalBasis, MoverPurpose, MoverSource
from newcomers.movers.file import MAX_BYTES
from portal import clock
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, PostcodeFactory, StaffRoleFactory, UserFactory
from tests.newcomers.movers import HEADER, IDENTITY_NUMBER, movers_csv, row

pytestmark = pytest.mark.django_db
ADD = "/admin/newcomers/moverimport/add/"
WITHOUT_PROTECTION = HEADER.removesuffix(";adressesperre")
WHY = {
    "source": MoverSource.POPULATION_REGISTER,
    "purpose": MoverPurpose.WELCOME,
    "legal_basis": LegalBasis.PUBLIC_TASK,
}


@pytest.fixture
def gol(monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return PostcodeFactory(code="3550", city="Gol").municipality


@pytest.fixture
def client(gol: Municipality) -> Client:
    user = UserFactory(email="officer@gol.example", language="en")
    return client_of(StaffRoleFactory(user=user, municipality=gol, role=Role.SERVICE_OFFICER).user)


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


@pytest.fixture
def take(client: Client, django_capture_on_commit_callbacks: Any) -> Any:
    """Upload, let a worker compare, take in all that is good, let it do that too, and open the page of the list."""

    def take(*rows: str, header: str = HEADER, **typed: Any) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            answer = upload(client, movers_csv(*rows, header=header), **typed)
        assert answer.status_code == 302, errors(answer)
        with django_capture_on_commit_callbacks(execute=True):
            take_all(client, newest())
        return client.get(answer["Location"]).content.decode()

    return take


def take_all(client: Client, record: MoverImport) -> HttpResponse:
    return client.post(reverse("admin:newcomers_moverimport_decide", args=[record.pk]), {"take_all": "1"})


def newest() -> MoverImport:
    return MoverImport.objects.latest("created_at")


# --- Taken ---


def test_a_list_is_taken_and_its_report_stands_on_the_page(take: Any) -> None:
    page = take(
        row(name="Kari Moen"),
        row(name="Ola Moen", birth_year="1988"),
        row(name="", birth_year="2020"),
        row(name="Per Lie", address="Storgata 9"),
    )
    assert reported(page) == {
        "Rows read": "4",
        "New households": "2",
        "Households that were here already": "0",
        "New persons": "4",
        "Rows dropped because of a protected address": "0",
        "Identity numbers removed": "0",
    }
    assert "2 of 2" in page
    record = newest()
    assert (record.state, record.by.email, record.basis) == (
        ImportState.DONE,
        "officer@gol.example",
        "Welcoming newcomers",
    )
    assert not record.rows.exists()


def test_the_same_list_again_doubles_nothing(take: Any) -> None:
    take(row())
    assert reported(take(row()))["Households that were here already"] == "1"
    assert (Household.objects.count(), Person.objects.count()) == (1, 1)


def test_refused_rows_stand_there_with_line_column_and_reason(take: Any) -> None:
    page = take(
        row(), row(name="Ola Nord", address="Storgata 2", postcode="9999"), row(address="Storgata 3", moved_on="i går")
    )
    table = re.findall(r"<tr><td>(\d+)</td><td>(\w+)</td><td>(.+?)</td></tr>", page)
    assert [(line, column) for line, column, _reason in table] == [("3", "postnummer"), ("4", "flyttedato")]
    assert "9999" in table[0][2]
    assert all(reason.endswith(".") for _line, _column, reason in table)
    assert "Ola Nord" not in page
    assert Household.objects.count() == 1


def test_all_or_nothing_takes_none_when_one_is_refused(take: Any) -> None:
    page = take(row(), row(address="Storgata 2", postcode="9999"), all_or_nothing="on")
    assert reported(page)["New households"] == "0"
    assert not Household.objects.exists()


def test_protected_rows_are_counted_and_nowhere_else(take: Any) -> None:
    page = take(row(name="Hemmelig Hansen", address="Gøymestaden 1", protection="strengt fortrolig"), row())
    assert reported(page)["Rows dropped because of a protected address"] == "1"
    assert Household.objects.count() == 1
    kept = str(list(MoverImport.objects.values())) + str(list(Person.objects.values())) + page
    assert "Hemmelig" not in kept
    assert "Gøymestaden" not in kept


def test_a_protected_row_is_in_no_preview(client: Client) -> None:
    upload(client, movers_csv(row(name="Hemmelig Hansen", address="Gøymestaden 1", protection="fortrolig"), row()))
    assert "Hemmelig" not in str(list(MoverRow.objects.values()))
    assert MoverRow.objects.count() == 1


def test_an_identity_number_is_removed_counted_and_nowhere_kept(take: Any) -> None:
    page = take(row(name=f"Kari Moen {IDENTITY_NUMBER}"))
    assert reported(page)["Identity numbers removed"] == "1"
    assert Person.objects.get().name == "Kari Moen"
    assert IDENTITY_NUMBER not in page + str(list(MoverImport.objects.values()))


def test_columns_nobody_knows_are_named_and_escaped(take: Any) -> None:
    page = take(row() + ";x", header=HEADER + ";<b>kjæledyr</b>")
    assert reported(page)["Columns not used"] == "<b>kjæledyr</b>"
    assert "<b>kjæledyr</b>" not in page


def test_rows_of_another_town_are_refused_by_name(take: Any) -> None:
    PostcodeFactory(code="3570", city="Ål", municipality=MunicipalityFactory(aal=True))
    page = take(row(postcode="3570", city="Ål"))
    assert "Ål" in re.findall(r"<tr><td>2</td><td>postnummer</td><td>(.+?)</td></tr>", page)[0]
    assert not Household.objects.exists()


# --- Refused as a whole ---


def test_a_list_without_a_protection_column_needs_the_tick(client: Client, take: Any) -> None:
    bare = row().removesuffix(";")
    answer = upload(client, movers_csv(bare, header=WITHOUT_PROTECTION))
    assert answer.status_code == 200
    assert list(errors(answer)) == ["file"]
    assert "adressesperre" in str(errors(answer)["file"])
    assert not MoverImport.objects.exists()
    assert "Tick only if you know" in answer.content.decode()
    assert reported(take(bare, header=WITHOUT_PROTECTION, no_protection_column="on"))["New households"] == "1"


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


# --- Left behind ---


def test_a_list_that_no_worker_took_is_taken_up(client: Client) -> None:
    """The worker died, or the queue was down: nothing but the rows is left, before the decision and after it."""
    answer = upload(client, movers_csv(row()))  # the test's transaction never commits, so no worker hears of it
    record = newest()
    assert (record.state, Household.objects.count()) == (ImportState.WAITING, 0)
    assert 'http-equiv="refresh"' in client.get(answer["Location"]).content.decode()
    tasks.take_left_behind()
    record.refresh_from_db()
    assert (record.state, record.compared, Household.objects.count()) == (ImportState.READY, 1, 0)
    assert 'http-equiv="refresh"' not in client.get(answer["Location"]).content.decode()
    take_all(client, record)
    assert 'http-equiv="refresh"' in client.get(answer["Location"]).content.decode()
    tasks.take_left_behind()
    record.refresh_from_db()
    assert (record.state, record.done, Household.objects.count()) == (ImportState.DONE, 1, 1)
    assert 'http-equiv="refresh"' not in client.get(answer["Location"]).content.decode()
    tasks.take_left_behind()
    assert Household.objects.count() == 1


def test_a_list_that_was_half_taken_goes_on_where_it_stopped(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    upload(client, movers_csv(*[row(name=f"Kari {n}", address=f"Storgata {n}") for n in range(5)]))
    tasks.take_left_behind()
    record = newest()
    take_all(client, record)
    imports._take_next(record)
    assert Household.objects.count() == 2
    tasks.take_left_behind()
    record.refresh_from_db()
    assert (record.state, record.done) == (ImportState.DONE, 5)
    assert record.report["households_created"] == Household.objects.count() == 5


def test_one_list_that_cannot_be_taken_holds_back_no_other(client: Client, caplog: Any) -> None:
    upload(client, movers_csv(row(name="Kari Moen")))
    broken = newest()
    waiting = broken.rows.get()
    waiting.packed["adults"] = [{"navn": "Kari Moen"}]
    waiting.save()
    upload(client, movers_csv(row(address="Storgata 2")))
    tasks.take_left_behind()
    states = dict(MoverImport.objects.values_list("pk", "state"))
    assert states.pop(broken.pk) == ImportState.RUNNING
    assert list(states.values()) == [ImportState.READY]
    assert str(broken.pk) in caplog.text
    assert "Kari" not in caplog.text


def test_without_a_queue_the_office_still_gets_its_page(
    client: Client, monkeypatch: Any, django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("redis://:secret@host")

    monkeypatch.setattr(type(tasks.take_import._get_current_object()), "delay", down)
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(client, movers_csv(row()))
    assert answer.status_code == 302
    assert newest().state == ImportState.WAITING
    assert "newcomers.take_import" in caplog.text
    assert "secret" not in caplog.text
    tasks.take_left_behind()
    with django_capture_on_commit_callbacks(execute=True):
        assert take_all(client, newest()).status_code == 302
    assert newest().state == ImportState.TAKING
    tasks.take_left_behind()
    assert Household.objects.count() == 1
