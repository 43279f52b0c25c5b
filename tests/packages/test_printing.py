from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader, PdfWriter

from newcomers.enums import HouseholdState
from newcomers.models import Household
from newcomers.services import restrict
from portal.clock import Quarter
from portal.documents import render
from portal.documents.enums import JobState
from portal.municipalities.models import Municipality
from portal.pages.models import ContactPoint, ServiceInfo
from tests.conftest import TODAY
from tests.packages.factories import make_gift, make_household, make_households, make_info, make_office
from welcome.letters.models import Letter, LetterTemplate
from welcome.letters.services import LettersStopped
from welcome.packages import printing, stock
from welcome.packages.enums import ItemState, PackageState, RunState
from welcome.packages.models import Package, PackageItem, PackageRun
from welcome.packages.runs import RunChanged, RunError
from welcome.packages.services import PrintedRun, print_run, run_packages

pytestmark = pytest.mark.django_db
Q4 = Quarter(2026, 4)


@pytest.fixture
def gol() -> Municipality:
    return make_office()


def plan(municipality: Municipality) -> None:
    run_packages(municipality=municipality, quarter=Q4, on=TODAY)


def printed(municipality: Municipality, on: date = TODAY) -> PrintedRun:
    return print_run(municipality=municipality, quarter=Q4, on=on)


def text_of(pdf: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(" ".join(pages).split())


def test_the_letters_have_names_addresses_gifts_and_facts(gol: Municipality) -> None:
    make_gift(gol, "cinema", per="adult")
    make_household(gol, "Kari Moen", "Ola Moen", street="Lyktevegen 7")
    plan(gol)
    result = printed(gol)
    text = text_of(result.pdf)
    for words in ("Kari", "Ola Moen", "Lyktevegen 7", "3550 Gol", "2 × cinema-nb", "contact-library-nb", "00 00 00 01"):
        assert words in text
    assert (result.letters, result.pages) == (1, 2)
    assert "cinema-nb" in text_of(result.packing_list)


def test_printing_issues_everything_in_one_commit(gol: Municipality) -> None:
    gift = make_gift(gol, agreed=1)
    make_household(gol, "Kari Moen")
    make_household(gol, "Ola Li")
    plan(gol)
    result = printed(gol)
    run = PackageRun.objects.get()
    assert (run.state, run.printed_on) == (RunState.PRINTED, TODAY)
    assert set(Package.objects.values_list("state", "number")) == {(PackageState.PRINTED, 1), (PackageState.PRINTED, 2)}
    assert set(PackageItem.objects.values_list("state", flat=True)) == {ItemState.ISSUED, ItemState.SHORT}
    assert Letter.objects.filter(issued_on=TODAY, print_job=run.letters_file).count() == 2
    assert run.letters_file is not None
    assert bytes(run.letters_file.content or b"") == result.pdf
    assert run.letters_file.state == JobState.DONE
    gift.refresh_from_db()
    assert (gift.left, stock.broken_gifts()) == (0, [])


def test_a_short_gift_is_in_no_letter_but_on_the_packing_list(gol: Municipality) -> None:
    make_gift(gol, agreed=0)
    make_household(gol, "Kari Moen")
    plan(gol)
    result = printed(gol)
    assert "map-nb" not in text_of(result.pdf)
    assert "map-nb" in text_of(result.packing_list)


def test_printing_again_gives_the_same_letters(gol: Municipality) -> None:
    household = make_household(gol, "Kari Moen", street="Lyktevegen 7")
    plan(gol)
    first = printed(gol)
    household.street = "Ny veg 1"
    household.save()
    template = LetterTemplate.objects.get()
    template.set_current_language("nb")
    template.subject = "Noe annet"
    template.save()
    again = printed(gol, on=date(2026, 12, 24))
    assert again == first
    assert PackageRun.objects.get().printed_on == TODAY


def test_letters_come_in_post_order_with_their_numbers(gol: Municipality) -> None:
    make_household(gol, "Kari Moen", street="B-vegen 2", postcode="3560")
    make_household(gol, "Ola Li", street="B-vegen 2", postcode="3550")
    make_household(gol, "Per Dal", street="A-vegen 1", postcode="3550")
    plan(gol)
    text = text_of(printed(gol).pdf)
    assert text.index("Per Dal") < text.index("Ola Li") < text.index("Kari Moen")
    assert "2026Q4-0003" in text


@pytest.mark.parametrize(
    ("wanted", "language"), [("nb", "nb"), ("nn", "nn"), ("en", "en"), ("so", "en"), ("no", "nb"), ("", "nb")]
)
def test_a_letter_is_in_the_nearest_language(gol: Municipality, wanted: str, language: str) -> None:
    make_household(gol, "Kari Moen", language=wanted)
    plan(gol)
    printed(gol)
    letter = Letter.objects.get()
    assert letter.language == letter.facts["language"] == language
    assert letter.facts["information_heading"] == f"Godt å vite-{language}"


def test_a_nynorsk_town_answers_in_nynorsk() -> None:
    town = make_office("Ål", languages=["nn", "nb"])
    make_household(town, "Kari Moen", language="uk")
    plan(town)
    printed(town)
    assert Letter.objects.get().language == "nn"


# --- Between plan and print ---


def restricted(household: Household) -> None:
    restrict(household, by=None)


def moved_away(household: Household) -> None:
    Household.objects.filter(pk=household.pk).update(state=HouseholdState.MOVED_AWAY)


def said_no(household: Household) -> None:
    Household.objects.filter(pk=household.pk).update(wants_post=False)


def erased(household: Household) -> None:
    household.delete()


def new_name(household: Household) -> None:
    household.persons.update(name="Գևորգ")


@pytest.mark.parametrize("change", [restricted, moved_away, said_no, erased, new_name])
def test_who_must_not_get_it_any_more_is_left_out_and_the_gifts_go_back(gol: Municipality, change: Any) -> None:
    gift = make_gift(gol, agreed=2)
    gone = make_household(gol, "Kari Moen")
    make_household(gol, "Ola Li")
    plan(gol)
    change(gone)
    result = printed(gol)
    assert result.letters == 1
    assert "Kari" not in text_of(result.pdf) + text_of(result.packing_list)
    assert sorted(Package.objects.values_list("state", flat=True)) == [PackageState.CANCELLED, PackageState.PRINTED]
    assert Letter.objects.count() == 1
    gift.refresh_from_db()
    assert (gift.left, stock.broken_gifts()) == (1, [])


def test_who_says_yes_again_gets_a_package_in_the_next_run(gol: Municipality) -> None:
    household = make_household(gol, "Kari Moen")
    make_household(gol, "Ola Li")
    plan(gol)
    said_no(household)
    printed(gol)
    Household.objects.update(wants_post=True)
    report = run_packages(municipality=gol, quarter=Quarter(2027, 1), on=date(2027, 1, 5))
    assert (report.planned, report.already_done) == (1, 1)


def test_a_household_protected_after_the_print_is_not_printed_again(gol: Municipality) -> None:
    gone = make_household(gol, "Kari Moen")
    make_household(gol, "Ola Li")
    plan(gol)
    printed(gol)
    restrict(gone, by=None)
    again = printed(gol)
    assert again.letters == 1
    assert "Kari" not in text_of(again.pdf) + text_of(again.packing_list)


def test_a_household_protected_while_the_letters_are_made_is_left_out(
    gol: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = make_household(gol, "Kari Moen")
    make_household(gol, "Ola Li")
    plan(gol)
    make_list = printing.papers.packing_list_pdf

    def protected_meanwhile(*arguments: Any, **values: Any) -> bytes:
        restrict(gone, by=None)
        return make_list(*arguments, **values)

    monkeypatch.setattr(printing.papers, "packing_list_pdf", protected_meanwhile)
    result = printed(gol)
    assert result.letters == 1
    assert "Kari" not in text_of(result.pdf)


def test_a_package_planned_while_the_letters_are_made_is_in_the_print(
    gol: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)
    make_list, late = printing.papers.packing_list_pdf, []

    def planned_meanwhile(*arguments: Any, **values: Any) -> bytes:
        if not late:
            late.append(make_household(gol, "Ola Li"))
            plan(gol)
        return make_list(*arguments, **values)

    monkeypatch.setattr(printing.papers, "packing_list_pdf", planned_meanwhile)
    assert printed(gol).letters == 2
    assert set(Package.objects.values_list("state", flat=True)) == {PackageState.PRINTED}


def test_a_run_that_never_keeps_still_is_given_up(gol: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)

    def changed(*arguments: Any) -> None:
        raise RunChanged

    monkeypatch.setattr(printing.Printing, "_issue", changed)
    with pytest.raises(RunError, match=".+"):
        printed(gol)
    assert PackageRun.objects.get().state == RunState.PLANNED


def test_a_print_that_died_is_begun_again_with_what_is_true_now(
    gol: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = make_household(gol, "Kari Moen", street="Lyktevegen 7")
    plan(gol)
    with monkeypatch.context() as patch:
        patch.setattr(printing.Printing, "_issue", lambda *arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            printed(gol)
    draft = Letter.objects.get()
    assert draft.issued_on is None
    household.street = "Ny veg 1"
    household.save()
    assert "Ny veg 1" in text_of(printed(gol).pdf)
    assert Letter.objects.get().pk != draft.pk


# --- What stops a print ---


@pytest.mark.parametrize("model", [ContactPoint, ServiceInfo])
@pytest.mark.parametrize(("days", "stops"), [(180, False), (181, True), (None, True)])
def test_an_unverified_fact_stops_the_letters_and_is_named(
    gol: Municipality, model: Any, days: int | None, stops: bool
) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)
    model.objects.update(verified_on=None if days is None else TODAY - timedelta(days=days))
    if not stops:
        assert printed(gol).letters == 1
        return
    name = str(model.objects.get())
    with pytest.raises(LettersStopped, match=name):
        printed(gol)
    assert (PackageRun.objects.get().state, Letter.objects.count()) == (RunState.PLANNED, 0)


def test_a_contact_that_no_letter_draws_on_stops_nothing(gol: Municipality) -> None:
    ContactPoint.objects.create(municipality=gol, code="other")
    make_info(make_office("Hol"), verified_on=None, topic="police")
    make_household(gol, "Kari Moen")
    plan(gol)
    assert printed(gol).letters == 1


def test_no_template_and_no_run_and_nobody_planned_are_said(gol: Municipality) -> None:
    with pytest.raises(RunError, match="2026Q4"):
        printed(gol)
    plan(gol)
    with pytest.raises(RunError, match="2026Q4"):
        printed(gol)
    LetterTemplate.objects.all().delete()
    with pytest.raises(LettersStopped, match="Gol"):
        printed(gol)


def test_the_queries_of_printing_go_by_the_chunk(django_assert_max_num_queries: Any) -> None:
    many = make_office("Hol")
    make_gift(many)
    make_households(many, 300)
    plan(many)
    with django_assert_max_num_queries(90):
        assert printed(many).letters == 300


# --- The command ---


def arguments(municipality: Municipality, out: Path) -> list[str]:
    return ["--municipality", municipality.code, "--quarter", "2026Q4", "--date", str(TODAY), "--out", str(out)]


def test_the_command_writes_the_files(gol: Municipality, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)
    out, packing_list = tmp_path / "letters.pdf", tmp_path / "packing.pdf"
    call_command("printrun", *arguments(gol, out), "--json")
    assert json.loads(capsys.readouterr().out) == {"letters": 1, "pages": 2, "file": str(out)}
    first = out.read_bytes()
    call_command("printrun", *arguments(gol, out), "--packing-list", str(packing_list))
    assert out.read_bytes() == first
    assert packing_list.read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.pdf", "packing.pdf"]


def test_the_command_fails_before_it_prints_when_there_is_no_place_for_the_file(
    gol: Municipality, tmp_path: Path
) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)
    with pytest.raises(CommandError, match="missing"):
        call_command("printrun", *arguments(gol, tmp_path / "missing" / "letters.pdf"))
    assert PackageRun.objects.get().state == RunState.PLANNED


def test_the_command_says_what_stops_it(gol: Municipality, tmp_path: Path) -> None:
    make_household(gol, "Kari Moen")
    plan(gol)
    ContactPoint.objects.update(verified_on=date(2025, 3, 1))
    with pytest.raises(CommandError, match="contact-library"):
        call_command("printrun", *arguments(gol, tmp_path / "letters.pdf"))
    assert list(tmp_path.iterdir()) == []


def test_each_joined_part_begins_on_a_sheet_of_its_own() -> None:
    def paper(pages: int) -> bytes:
        writer, paper = PdfWriter(), io.BytesIO()
        for _page in range(pages):
            writer.add_blank_page(width=595, height=842)
        writer.write(paper)
        return paper.getvalue()

    assert render.page_count(render.join([paper(3), paper(2), paper(1)])) == 4 + 2 + 1
