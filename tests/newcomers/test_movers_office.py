"""Lists of movers and pairs as the office sees them: upload, preview, decide, side by side, undo, report."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from newcomers.models import Household, Merge, MoverImport, MoverRow, Pair, Person
from newcomers.movers import imports, pairs
from newcomers.movers.enums import ImportState, PairState
from portal import clock
from portal.municipalities.enums import Role
from tests.access.cast import Town, build_town, client_of
from tests.factories import HouseholdFactory, PersonFactory, UserFactory
from tests.newcomers.movers import movers_csv, row
from tests.newcomers.test_pairs import read

pytestmark = pytest.mark.django_db
WHY = {"source": "register", "purpose": "welcome", "legal_basis": "public_task", "basis": "Welcoming newcomers"}


@pytest.fixture
def gol() -> Town:
    return build_town("gol", "3550")


@pytest.fixture
def office(gol: Town) -> Client:
    return client_of(gol.people[Role.SERVICE_OFFICER])


def upload(office: Client, gol: Town, *rows: str, **typed: str) -> Any:
    data = WHY | {"municipality": str(gol.municipality.pk)} | typed
    file = SimpleUploadedFile("movers.csv", movers_csv(*rows))
    return office.post(reverse("admin:newcomers_moverimport_add"), data | {"file": file})


def page(office: Client, record: MoverImport, **query: str) -> str:
    return office.get(reverse("admin:newcomers_moverimport_change", args=[record.pk]), query).content.decode()


def decide(office: Client, record: MoverImport, **typed: Any) -> Any:
    return office.post(reverse("admin:newcomers_moverimport_decide", args=[record.pk]), typed)


class TestLists:
    @pytest.mark.parametrize("missing", ["source", "purpose", "legal_basis", "basis"])
    def test_no_list_without_source_purpose_and_basis(self, office: Client, gol: Town, missing: str) -> None:
        answer = upload(office, gol, row(), **{missing: ""})
        assert missing in answer.context["adminform"].form.errors
        assert not MoverImport.objects.exists()

    @pytest.mark.usefixtures("in_english")
    def test_the_page_says_what_a_file_must_hold_and_has_an_example(self, office: Client, gol: Town) -> None:
        text = office.get(reverse("admin:newcomers_moverimport_add")).content.decode()
        required = "navn, adresse, postnummer, flyttedato, fødselsår, adressesperre"
        assert f"Columns that must be there: <strong>{required}</strong>" in text
        assert "Columns that may be there: poststed, husstand, språk." in text
        assert "Read the list" in text
        assert "_addanother" not in text
        example = re.search(r'href="/static/(\S+eksempel\S*\.csv)"', text)
        assert example
        file = SimpleUploadedFile("example.csv", Path(settings.BASE_DIR / "static" / example[1]).read_bytes())
        data = WHY | {"municipality": str(gol.municipality.pk), "file": file}
        assert office.post(reverse("admin:newcomers_moverimport_add"), data).status_code == 302
        record = MoverImport.objects.get()
        assert (record.report["refused"], record.total) == ([], 2)

    @pytest.mark.usefixtures("in_english")
    def test_upload_preview_and_take_all_that_is_good(
        self, office: Client, gol: Town, django_capture_on_commit_callbacks: Any
    ) -> None:
        known = HouseholdFactory(municipality=gol.municipality, street="Lia 2", adults__name="Ola Li")
        rows = [row(), row(name="Ola Li", address="Lia 2"), row(name="Ola Lie", address="Lia 2", moved_on="01.05.2026"),
                row(address="Storgata 3", postcode="9999"), row(address="Storgata 4", protection="6")]  # fmt: skip
        with django_capture_on_commit_callbacks(execute=True):
            assert upload(office, gol, *rows).status_code == 302
        record = MoverImport.objects.get()
        assert (record.state, record.by) == (ImportState.READY, gol.people[Role.SERVICE_OFFICER])
        assert "Kari Moen (1990)" in page(office, record, show="new")
        changed = page(office, record, show="changed")
        assert "1 Oct 2026" in changed
        assert "2 Nov 2026" in changed
        assert "2026-11-02" not in changed
        assert "What came of it" not in changed
        assert "Ola Lie (1990)" in page(office, record, show="doubtful")
        assert "9999" in changed
        with django_capture_on_commit_callbacks(execute=True):
            decide(office, record, take_all="1")
        record.refresh_from_db()
        known.refresh_from_db()
        assert (record.state, record.done) == (ImportState.DONE, 2)
        assert str(known.moved_in_on) == "2026-11-02"
        assert MoverRow.objects.count() == Pair.objects.waiting().count() == 1
        decided = page(office, record)
        assert "1 waits for a pair" in decided
        assert "What came of it" in decided
        assert "1 waits for a pair" in office.get(reverse("admin:newcomers_moverimport_changelist")).content.decode()

    def test_ticked_ones_alone(self, office: Client, gol: Town, django_capture_on_commit_callbacks: Any) -> None:
        record = read(gol.municipality, row(), row(name="Ola Li", address="Lia 2"), row(name="Eli By", address="Lia 3"))
        first, second, _third = record.rows.values_list("pk", flat=True)
        decide(office, record, take="1")
        assert record.rows.filter(chosen=True).count() == 0, "nothing was ticked"
        with django_capture_on_commit_callbacks(execute=True):
            decide(office, record, take="1", row=[str(first), "nonsense", str(uuid4())])
        decide(office, record, drop="1", row=[str(second)])
        assert Person.objects.filter(name="Kari Moen").count() == 1
        assert [waiting.adults for waiting in record.rows.all()] == ["Eli By (1990)"]
        decide(office, record, drop_all="1")
        record.refresh_from_db()
        assert (record.state, record.rows.count()) == (ImportState.DONE, 0)

    def test_pressing_twice_takes_once(self, office: Client, gol: Town) -> None:
        record = read(gol.municipality, row())
        decide(office, record, take_all="1")
        decide(office, record, take_all="1")
        record.refresh_from_db()
        imports.run_import(record)
        assert Person.objects.filter(name="Kari Moen").count() == 1

    def test_the_neighbours_see_and_decide_nothing(self, gol: Town) -> None:
        record = read(gol.municipality, row())
        aal = client_of(build_town("aal", "3570").people[Role.COORDINATOR])
        assert decide(aal, record, take_all="1").status_code == 404
        assert aal.get(reverse("admin:newcomers_moverimport_change", args=[record.pk])).status_code == 404
        assert client_of(gol.people[Role.EDITOR]).get(reverse("admin:newcomers_moverimport_report")).status_code == 404
        assert record.rows.filter(chosen=True).count() == 0

    def test_looking_changes_nothing(self, office: Client, gol: Town) -> None:
        record = read(gol.municipality, row())
        for name in ("decide", "change"):
            office.get(reverse(f"admin:newcomers_moverimport_{name}", args=[record.pk]))
        assert record.rows.filter(chosen=False).count() == 1

    def test_who_read_what_as_a_table_names_no_newcomer(self, office: Client, gol: Town) -> None:
        read(gol.municipality, row(), by=gol.people[Role.SERVICE_OFFICER])
        MoverImport.objects.update(basis="=HYPERLINK(1)")
        answer = office.get(reverse("admin:newcomers_moverimport_report"))
        text = answer.content.decode("utf-8-sig")
        header, line = csv.reader(io.StringIO(text), delimiter=";")
        assert len(header) == len(line) == 18
        assert "'=HYPERLINK(1)" in line
        assert "Kari" not in text


class TestPairs:
    @pytest.fixture
    def two(self, gol: Town) -> tuple[Household, Household]:
        made = [
            HouseholdFactory(municipality=gol.municipality, street="Lia 2", adults__name=name)
            for name in ("Ola Li", "Ole Li")
        ]
        return made[0], made[1]

    def test_the_day_page_leads_there(self, office: Client, gol: Town, two: Any) -> None:
        pairs.find_doubles(on=two[0].moved_in_on)
        assert reverse("admin:newcomers_pair_changelist") in office.get("/admin/").content.decode()

    def test_side_by_side_merge_and_undo(self, office: Client, gol: Town, two: Any) -> None:
        pairs.find_doubles(on=two[0].moved_in_on)
        address = reverse("admin:newcomers_pair_change", args=[Pair.objects.get().pk])
        text = office.get(address).content.decode()
        assert "<mark>Ola Li (1990)</mark>" in text
        assert "<mark>Ole Li (1990)</mark>" in text
        first = Pair.objects.get().household
        answer = office.post(address, {"found": "keep_first"})
        merged = Merge.objects.get()
        assert (answer.status_code, merged.kept, merged.by) == (302, first, gol.people[Role.SERVICE_OFFICER])
        office.get(reverse("admin:newcomers_merge_undo", args=[merged.pk]))
        assert Merge.objects.get().undone_on is None
        office.post(reverse("admin:newcomers_merge_undo", args=[merged.pk]))
        assert Household.objects.filter(pk__in=[home.pk for home in two]).count() == 2
        assert Merge.objects.get().undone_by == gol.people[Role.SERVICE_OFFICER]

    @pytest.mark.usefixtures("in_english")
    @pytest.mark.parametrize("found", ["keep_first", "keep_second"])
    def test_who_is_the_same_person_is_for_the_officer_to_say(self, office: Client, gol: Town, found: str) -> None:
        """By default those who are alike; the page of the merge is headed by their name and says what was done."""
        emil, liv = (
            HouseholdFactory(municipality=gol.municipality, street="Lia 2", adults__name=name, adults__birth_year=year)
            for name, year in (("Emil Li", 1993), ("Emil Lie", 2004))
        )
        PersonFactory(household=emil, name="Liv By", birth_year=1990, position=1)
        PersonFactory(household=liv, name="Liv Byy", birth_year=1990, position=1)
        pair = pairs.pair_by_hand(emil, liv)
        address = reverse("admin:newcomers_pair_change", args=[pair.pk])
        fields = office.get(address).context["form"].fields
        one, other = ({person.name: str(person.pk) for person in home.adults} for home in (emil, liv))
        assert [fields[pk].initial for pk in other.values()] == ["else", one["Liv By"]]
        twice = {other["Emil Lie"]: one["Liv By"], "found": found}
        assert office.post(address, twice).context["form"].errors
        answer = office.post(address, {other["Emil Lie"]: one["Emil Li"], "found": found}, follow=True)
        kept = Household.objects.get(pk__in=[emil.pk, liv.pk])
        assert len(kept.adults) == 2
        text = answer.content.decode()
        assert "They are one household now." in text
        assert f"<h2>{kept.name}</h2>" in text
        assert "Undone by" in text
        assert f"› {Merge.objects.get().pk}" not in text

    @pytest.mark.usefixtures("in_english")
    def test_of_a_list_too(self, office: Client, gol: Town) -> None:
        emil = HouseholdFactory(municipality=gol.municipality, street="Lia 2", adults__name="Emil Li",
                                adults__birth_year=1993, moved_in_on=date(2026, 11, 2))  # fmt: skip
        rows = [row(name="Emil Lie", birth_year="2004", address="Lia 2"), row(name="Liv By", address="Lia 2")]
        read(gol.municipality, *rows)
        address = reverse("admin:newcomers_pair_change", args=[Pair.objects.get().pk])
        answer = office.post(address, {"0": str(emil.adults[0].pk), "found": "same"}, follow=True)
        assert sorted(person.name for person in emil.persons.all()) == ["Emil Li", "Liv By"]
        assert "who was missing there was added to Emil Li" in answer.content.decode()

    def test_two_that_were_ticked_in_the_list(self, office: Client, gol: Town) -> None:
        unlike = [HouseholdFactory(municipality=gol.municipality, adults__name=name) for name in ("Ada By", "Per Lo")]
        data = {"action": "look_side_by_side", "_selected_action": [str(home.pk) for home in unlike]}
        answer = office.post(reverse("admin:newcomers_household_changelist"), data)
        pair = Pair.objects.get()
        assert answer["Location"] == reverse("admin:newcomers_pair_change", args=[pair.pk])
        assert pair.reasons == ["by_hand"]
        one = {"action": "look_side_by_side", "_selected_action": [str(unlike[0].pk)]}
        office.post(reverse("admin:newcomers_household_changelist"), one)
        assert Pair.objects.count() == 1

    def test_accounts_that_differ_are_asked_about(self, office: Client, gol: Town, two: Any) -> None:
        for home in two:
            home.persons.update(user=UserFactory())
        pairs.find_doubles(on=two[0].moved_in_on)
        address = reverse("admin:newcomers_pair_change", args=[Pair.objects.get().pk])
        assert "accounts_too" not in office.get(address).content.decode()
        assert "accounts_too" in office.post(address, {"found": "keep_first"}).content.decode()
        assert not Merge.objects.exists()
        office.post(address, {"found": "keep_first", "accounts_too": "on"})
        assert Merge.objects.count() == 1

    def test_a_row_of_a_list_and_then_the_next_pair(self, office: Client, gol: Town, two: Any) -> None:
        read(gol.municipality, row(name="Olle Li", address="Lia 2"))
        first, second = Pair.objects.order_by("created_at", "pk")
        answer = office.post(reverse("admin:newcomers_pair_change", args=[first.pk]), {"found": "two"})
        assert answer["Location"] == reverse("admin:newcomers_pair_change", args=[second.pk])
        answer = office.post(reverse("admin:newcomers_pair_change", args=[second.pk]), {"found": "same"})
        assert answer["Location"] == reverse("admin:newcomers_pair_changelist")
        assert not MoverRow.objects.exists()
        # Who found it stays known, when row and pair are gone.
        officer = gol.people[Role.SERVICE_OFFICER]
        record = MoverImport.objects.get()
        decided = set(record.decisions.values_list("by", "found", "on"))
        assert decided == {(officer.pk, found, clock.today()) for found in (PairState.DIFFERENT, PairState.SAME)}
        text = page(office, record)
        assert officer.name in text.partition("Decided side by side")[2]

    def test_the_neighbours_find_no_pair(self, gol: Town, two: Any) -> None:
        pairs.find_doubles(on=two[0].moved_in_on)
        aal = client_of(build_town("aal", "3570").people[Role.COORDINATOR])
        address = reverse("admin:newcomers_pair_change", args=[Pair.objects.get().pk])
        assert aal.get(address).status_code == aal.post(address, {"found": "two"}).status_code == 404
        assert Pair.objects.get().state == PairState.OPEN
