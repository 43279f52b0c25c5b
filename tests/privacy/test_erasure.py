"""A household is forgotten: asked for, taken back, done in time, everywhere, and not undone by a list or a backup."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import partial
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from newcomers.consents import give_consent, withdraw_consent
from newcomers.models import Consent, Draft, Household, Introduction, Note, Person, Registration
from newcomers.movers import merging
from newcomers.services import restrict
from portal import personal_data
from portal.accounts.models import User
from portal.documents.models import PrintJob
from portal.enquiries.models import Enquiry
from portal.municipalities.enums import Role
from portal.outbox.models import BouncedAddress, Message
from portal.outbox.services import write_message
from portal.personal_data import Adult
from privacy import erased, erasure, ledger, protection
from privacy.enums import ErasureState
from privacy.ledger import Deed
from privacy.models import AccessEntry, ArchiveHold, ErasedKey, ErasureRequest, Remainder
from tests.access.cast import Town, client_of
from tests.conftest import TODAY
from tests.enquiries.factories import asked as ask_question
from tests.factories import HouseholdFactory, PersonFactory, StaffRoleFactory, UserFactory
from tests.hosting.factories import accepted
from tests.test_registry import everything_kept
from welcome.hosting import messages as hosting_messages
from welcome.hosting.models import Host
from welcome.letters.models import Letter
from welcome.packages.models import Package, PackageRun

STREET, NAME, EMAIL = "Gøymestaden 77", "Solveig Gløymd", "solveig@gloymd.example"
DUE = date(2026, 12, 22)


@pytest.fixture
def solveig(gol: Town) -> Household:
    """Somebody who has used everything: account, letter, package, host, question, note, mail."""
    town, household, person = gol.municipality, gol.household, gol.household.persons.get()
    household.street, household.wishes = STREET, f"{NAME} ønsker båtplass"
    household.save()
    person.name, person.email = NAME, EMAIL
    person.save()
    User.objects.filter(pk=person.user_id).update(email=EMAIL, name=NAME, last_login=timezone.now())
    answers = {"street": STREET, "adults": [{"name": NAME}]}
    Registration.objects.create(municipality=town, email=EMAIL, answers=answers, household=household)
    Registration.objects.create(municipality=town, email=EMAIL, answers=answers)
    job = PrintJob.objects.create(municipality=town, kind="letters", state="done", content=STREET.encode(), total=1)
    letter = Letter.objects.create(
        municipality=town, household=household, language="nb", template_version=1, sha256="0" * 64, issued_on=TODAY,
        facts={"recipient_lines": [NAME, STREET]}, print_job=job,
    )  # fmt: skip
    run = PackageRun.objects.create(
        municipality=town, quarter="2026Q4", letters_file=job, packing_list=job, state="printed", printed_on=TODAY
    )
    Package.objects.create(municipality=town, household=household, run=run, letter=letter, number=1, state="printed")
    ask_question(town, email=EMAIL, name=NAME)
    Note.objects.create(household=household, text=f"Snakket med {NAME}", on=TODAY)
    Message.objects.create(
        municipality=town, kind="reminder", key="to-her", recipient=EMAIL, language="nb", subject="Hei", text=NAME,
        next_try_at=timezone.now(),
    )  # fmt: skip
    Message.objects.filter(kind="hosting_offer").update(text=f"{NAME} kommer")
    return household


def where(*secrets: str) -> set[str]:
    return {place for place, text in everything_kept() for secret in secrets if secret in text}


def own_page(town: Town, name: str) -> str:
    return reverse(f"privacy:{name}", args=[town.municipality.slug])


# --- Asking ---


def test_asking_gives_a_day_a_month_ahead_that_everybody_sees(gol: Town) -> None:
    newcomer = client_of(gol.people["newcomer"])
    page = newcomer.get(own_page(gol, "erase"))
    assert not ErasureRequest.objects.exists(), "a page that is opened changes nothing"
    assert "22. desember 2026" in page.content.decode()
    newcomer.post(own_page(gol, "erase"))
    newcomer.post(own_page(gol, "erase"))
    request = ErasureRequest.objects.get()
    assert (request.asked_on, request.due_on, request.household) == (TODAY, DUE, gol.household)
    assert "22. desember 2026" in newcomer.get(reverse("newcomers:data", args=["gol"])).content.decode()
    assert Message.objects.get(kind="erasure_asked").recipient == gol.people["newcomer"].email
    assert Household.objects.filter(pk=gol.household.pk).exists()


def test_any_adult_of_the_household_may_take_it_back_until_it_is_done(gol: Town) -> None:
    partner = PersonFactory(household=gol.household, with_account=True)
    client_of(gol.people["newcomer"]).post(own_page(gol, "erase"))
    told = Message.objects.filter(kind="erasure_asked").values_list("recipient", flat=True)
    assert set(told) == {gol.people["newcomer"].email, partner.user.email}
    client_of(partner.user).post(own_page(gol, "stay"))
    assert ErasureRequest.objects.get().state == ErasureState.WITHDRAWN
    assert erasure.carry_out_due(on=DUE)["erased"] == 0
    client_of(gol.people["newcomer"]).post(own_page(gol, "erase"))
    assert ErasureRequest.objects.waiting().count() == 1


@pytest.mark.parametrize("who", ["host", Role.COORDINATOR])
def test_nobody_asks_for_another(gol: Town, who: str) -> None:
    assert client_of(gol.people[who]).post(own_page(gol, "erase")).status_code == 404
    assert not ErasureRequest.objects.exists()


# --- Doing it ---


def test_afterwards_nothing_about_them_stands_in_the_database(gol: Town, solveig: Household) -> None:
    assert len(where(STREET, NAME, EMAIL)) > 10
    erasure.ask(household=solveig, by=gol.people["newcomer"], on=TODAY)
    erasure.erase(household=solveig, by=gol.people[Role.COORDINATOR], on=TODAY)
    left = where(STREET, NAME, EMAIL)
    assert left == {"outbox.Message.recipient"}, "the last mail, until it is sent"
    goodbye = Message.objects.get(recipient=EMAIL)
    assert goodbye.kind == erasure.GOODBYE
    Message.objects.filter(pk=goodbye.pk).update(state="sent")
    call_command("retention", "--json", "--date", "2026-11-23", stdout=StringIO())
    assert where(STREET, NAME, EMAIL) == set()


FORGET = {"erase": partial(erasure.erase, by=None, on=TODAY), "restrict": partial(restrict, by=None)}


@pytest.mark.parametrize("forget", FORGET)
def test_an_address_that_was_only_typed_takes_nothing_of_its_owner_along(gol: Town, aal: Town, forget: str) -> None:
    """Somebody adds an adult with a neighbour's address to their household. What the neighbour has here is safe."""
    neighbour = HouseholdFactory(municipality=gol.municipality, adults=0)
    account = UserFactory(email="nabo@home.example", last_login=timezone.now())
    PersonFactory(household=neighbour, user=account, email=account.email)
    theirs = rows_of_address(gol, account.email) | rows_of_address(aal, account.email)
    PersonFactory(household=gol.household, email="Nabo@home.example")
    FORGET[forget](household=gol.household)
    assert still_whole(theirs) == theirs
    FORGET[forget](household=neighbour)
    left = still_whole(theirs)
    assert {row.municipality for row in left} == {aal.municipality}, "what they have next door is not asked for"
    assert len(left) == len(theirs) / 2


def rows_of_address(town: Town, email: str) -> set[Model]:
    """A mail, an open question, a registration, a draft and an introduction under this address."""
    here: dict[str, Any] = {"municipality": town.municipality, "email": email}
    message = {"key": f"to {email} in {town.municipality}", "language": "nb", "next_try_at": timezone.now()}
    contact = {"employer": "Smia", "contact_name": "Per", "contact_email": "per@smia.example"}
    return {
        Message.objects.create(municipality=town.municipality, recipient=email, **message),
        ask_question(town.municipality, email=email.title()),
        Registration.objects.create(answers={}, **here),
        Draft.objects.create(**here),
        Introduction.objects.create(**contact, **here),
    }


def still_whole(rows: set[Model]) -> set[Model]:
    kept = {row for row in rows if type(row)._base_manager.filter(pk=row.pk).exists()}
    return {row for row in kept if not isinstance(row, Enquiry) or Enquiry.objects.filter(pk=row.pk).exclude(name="")}


def test_mail_to_a_former_address_and_to_a_former_member_goes_too(gol: Town) -> None:
    person = PersonFactory(household=gol.household, email="before@home.example")
    for email in ("before@home.example", "now@home.example"):
        Person.objects.filter(pk=person.pk).update(email=email)
        write_message(
            kind="test", key=email, recipient=email, language="nb", template="settled", context={"person": person},
            municipality=gol.municipality, about=[gol.household.pk],
        )  # fmt: skip
        BouncedAddress.objects.create(municipality=gol.municipality, email=email, status="5.1.1", on=TODAY)
    person.delete()
    PersonFactory(email="Now@home.example")
    erasure.erase(household=gol.household, by=None, on=TODAY)
    assert not Message.objects.filter(recipient__endswith="@home.example").exists()
    assert BouncedAddress.objects.get().email == "now@home.example", "somebody else has it too"


@pytest.mark.parametrize("forget", FORGET)
def test_hosts_keep_mail_that_does_not_name_them_and_get_none_that_is_blank(gol: Town, forget: str) -> None:
    host = gol.assignment.host
    other = accepted(host=host, household=HouseholdFactory(municipality=gol.municipality, adults__name="Ola Li"))
    offers = [f"hosting_offer:{assignment.pk}" for assignment in (gol.assignment, other)]
    tasks = [assignment.tasks.open()[0] for assignment in (gol.assignment, other)]
    hosting_messages.send_reminder(host.user, tasks, TODAY)
    hosting_messages.send_reminder(host.user, tasks[1:], TODAY)
    Message.objects.filter(key=offers[0]).update(state="failed")
    FORGET[forget](household=gol.household)
    named = Message.objects.filter(kind__startswith="hosting_", text="")
    assert {(message.kind, message.state, message.html) for message in named} == {
        ("hosting_offer", "stopped", ""), ("hosting_reminder", "stopped", "")
    }  # fmt: skip
    whole = Message.objects.filter(kind__startswith="hosting_").exclude(text="")
    assert {(message.kind, message.state) for message in whole} == {
        ("hosting_offer", "queued"), ("hosting_reminder", "queued")
    }  # fmt: skip
    assert all("Ola" in message.text for message in whole)


def test_what_was_counted_stays_counted(gol: Town, solveig: Household) -> None:
    erasure.erase(household=solveig, by=None, on=TODAY)
    package = Package.objects.get()
    assert (package.household, package.state) == (None, "printed")
    remainder = Remainder.objects.get()
    assert (remainder.month, remainder.households, remainder.persons) == (date(2026, 10, 1), 1, 1)


def test_the_host_has_room_again_and_an_account_with_another_task_stays(gol: Town) -> None:
    host = Host.objects.get()
    before = host.open_assignments
    StaffRoleFactory(user=gol.people["newcomer"], municipality=gol.municipality)
    erasure.erase(household=gol.household, by=None, on=TODAY)
    host.refresh_from_db()
    assert host.open_assignments == before - 1
    assert User.objects.filter(pk=gol.people["newcomer"].pk).exists()
    assert client_of(gol.people["host"]).get(reverse("hosting:newcomers", args=["gol"])).status_code == 200


def test_who_has_looked_stays_apart(gol: Town) -> None:
    client_of(gol.people[Role.COORDINATOR]).get(reverse("admin:newcomers_household_change", args=[gol.household.pk]))
    number = gol.household.pk
    erasure.erase(household=gol.household, by=None, on=TODAY)
    assert AccessEntry.objects.get().household_ref == number


def test_at_the_deadline_it_happens_by_itself_and_not_a_day_before(gol: Town) -> None:
    erasure.ask(household=gol.household, by=gol.people["newcomer"], on=TODAY)
    assert erasure.carry_out_due(on=DUE - timedelta(days=1)) == {"erased": 0, "held": 0, "failed": 0}
    assert erasure.carry_out_due(on=DUE, dry_run=True) == {"erased": 1, "held": 0, "failed": 0}
    assert Household.objects.filter(pk=gol.household.pk).exists()
    erasure.carry_out_due(on=DUE)
    assert not Household.objects.filter(pk=gol.household.pk).exists()
    request = ErasureRequest.objects.get()
    assert (request.state, request.ended_on, request.household) == (ErasureState.DONE, DUE, None)


def test_what_the_archive_holds_is_not_erased(gol: Town) -> None:
    ArchiveHold.objects.create(municipality=gol.municipality, household=gol.household, reason="Klagesak 26/17")
    erasure.ask(household=gol.household, by=gol.people["newcomer"], on=TODAY)
    with pytest.raises(erasure.ErasureRefused):
        erasure.erase(household=gol.household, by=None, on=TODAY)
    assert erasure.carry_out_due(on=DUE) == {"erased": 0, "held": 1, "failed": 0}
    assert Household.objects.filter(pk=gol.household.pk).exists()


def test_what_changes_between_the_look_and_the_deed_counts(gol: Town, monkeypatch: Any, caplog: Any) -> None:
    """While the first is erased, the next takes it back and one is erased by the office; another cannot be erased."""
    user, homes = gol.people["newcomer"], HouseholdFactory.create_batch(5, municipality=gol.municipality)
    for days, household in enumerate(homes):
        erasure.ask(household=household, by=user, on=TODAY + timedelta(days=days))
    first, stays, done, broken, _last = homes

    def meanwhile(household: Household) -> None:
        if household == first:
            erasure.withdraw(household=stays, by=user, on=DUE)
            erasure.erase(household=done, by=user, on=DUE)
        if household == broken:
            raise RuntimeError

    monkeypatch.setitem(personal_data._erasers, "accounts", meanwhile)
    report = erasure.carry_out_due(on=DUE + timedelta(days=9))
    assert report == {"erased": 2, "held": 0, "failed": 1}
    assert set(Household.objects.filter(pk__in=[home.pk for home in homes])) == {stays, broken}
    assert ErasureRequest.objects.waiting().get().household == broken
    assert str(broken.pk) in caplog.text


def test_who_has_asked_is_not_made_one_with_another_household(gol: Town) -> None:
    other = HouseholdFactory(municipality=gol.municipality)
    erasure.ask(household=gol.household, by=gol.people["newcomer"], on=TODAY)
    for kept, gone in [(gol.household, other), (other, gol.household)]:
        with pytest.raises(merging.MergeRefused):
            merging.merge(kept=kept, gone=gone, by=None, on=TODAY)
    erasure.withdraw(household=gol.household, by=gol.people["newcomer"], on=TODAY)
    merging.merge(kept=other, gone=gol.household, by=None, on=TODAY)


def test_a_room_that_fails_erases_nothing_by_half(gol: Town, monkeypatch: Any) -> None:
    def fail(household: Household) -> None:
        raise RuntimeError

    monkeypatch.setitem(personal_data._erasers, "accounts", fail)
    with pytest.raises(RuntimeError):
        erasure.erase(household=gol.household, by=None, on=TODAY)
    assert Household.objects.filter(pk=gol.household.pk).exists()
    assert not ErasedKey.objects.exists()


# --- Not brought back ---


ADULT = Adult("Nora gol", 1990, "Storgata 1", "3550")


@pytest.fixture
def erased_nora(gol: Town, django_capture_on_commit_callbacks: Any) -> Town:
    gol.household.street = ADULT.street
    gol.household.save()
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(household=gol.household, by=None, on=TODAY)
    return gol


@pytest.mark.parametrize(
    ("adult", "known"),
    [
        (ADULT, True),
        (Adult("NORA  Gol", 1990, "Annen gate 9", "3550"), True),
        (Adult("Nora gol", None, "storgata 1", "3550"), True),
        (Adult("Nora gol", 1991, "Annen gate 9", "3550"), False),
        (Adult("Nora gol", 1990, "Storgata 1", "3570"), False),
        (Adult("Per Gol", 1990, "Storgata 1", "3550"), False),
        (Adult("", 1990, "", ""), False),
    ],
)
def test_the_same_person_is_recognised_without_being_known(erased_nora: Town, adult: Adult, known: bool) -> None:
    assert personal_data.was_erased(erased_nora.municipality, adult, TODAY) is known
    assert personal_data.erased_among(erased_nora.municipality, [Adult("A", 1, "B", "1"), adult], TODAY) == (
        {1} if known else set()
    )


def test_whoever_was_protected_before_is_recognised_too(gol: Town) -> None:
    """By the address that was forgotten when they were; and not before they are erased."""
    Household.objects.filter(pk=gol.household.pk).update(street=ADULT.street)
    restrict(gol.household, by=None)
    assert where(ADULT.street) == set()
    assert not personal_data.was_erased(gol.municipality, ADULT, TODAY)
    call_command("replayerasures", "--json", stdout=StringIO())
    erasure.erase(household=Household.objects.get(pk=gol.household.pk), by=None, on=TODAY)
    assert personal_data.was_erased(gol.municipality, ADULT, TODAY)
    assert not ErasedKey.objects.waiting().exists()


def test_a_household_that_was_merged_away_is_recognised_as_long_as_it_could_come_back(gol: Town) -> None:
    town = gol.municipality
    twin = HouseholdFactory(municipality=town, adults=0, street="Elvegata 9", postcode="3570")
    PersonFactory(household=twin, name="Nora gol", birth_year=1990)
    merged = merging.merge(kept=gol.household, gone=twin, by=None, on=TODAY)
    assert merged.snapshot
    erasure.erase(household=gol.household, by=None, on=TODAY)
    assert personal_data.was_erased(town, Adult("Nora gol", None, "Elvegata 9", "3570"), TODAY)


def test_the_keys_tell_nothing_and_go_when_their_window_is_over(erased_nora: Town, aal: Town, settings: Any) -> None:
    assert where("Nora gol") == set()
    assert not personal_data.was_erased(aal.municipality, ADULT, TODAY), "another municipality"
    assert not personal_data.was_erased(erased_nora.municipality, ADULT, date(2028, 11, 22))
    call_command("retention", "--json", "--date", "2028-11-22", stdout=StringIO())
    assert not ErasedKey.objects.exists()
    settings.ERASURE_KEY = "another"
    assert erased.keys_of(erased_nora.municipality, ADULT).isdisjoint(ErasedKey.objects.values_list("key", flat=True))


def restored(town: Town, **fields: Any) -> Household:
    """What a backup brings back: the same household, registered long before it was erased."""
    household = HouseholdFactory(municipality=town.municipality, adults=0, **fields)
    PersonFactory(household=household, name=ADULT.name, birth_year=ADULT.birth_year)
    Household.objects.filter(pk=household.pk).update(created_at=timezone.now() - timedelta(days=90))
    return household


def test_a_restored_backup_is_cleared_by_the_file_though_the_keys_are_gone_too(erased_nora: Town) -> None:
    line = next(ledger.lines())
    ErasedKey.objects.all().delete()
    by_number = restored(erased_nora, pk=line.number, street="Ein annan stad 3", postcode="3570")
    by_key = restored(erased_nora, street=ADULT.street, postcode=ADULT.postcode)
    other = HouseholdFactory(municipality=erased_nora.municipality)
    call_command("replayerasures", "--dry-run", "--json", stdout=StringIO())
    assert Household.objects.filter(pk=by_number.pk).exists()
    for _time in range(2):
        call_command("replayerasures", "--json", stdout=StringIO())
    assert not Household.objects.filter(pk__in=[by_number.pk, by_key.pk]).exists()
    assert Household.objects.filter(pk=other.pk).exists()
    assert personal_data.was_erased(erased_nora.municipality, ADULT, TODAY)


def test_whoever_registers_anew_after_being_erased_stays(erased_nora: Town) -> None:
    anew = HouseholdFactory(municipality=erased_nora.municipality, adults=0, street=ADULT.street, postcode="3550")
    PersonFactory(household=anew, name=ADULT.name, birth_year=ADULT.birth_year)
    call_command("replayerasures", "--json", stdout=StringIO())
    assert Household.objects.filter(pk=anew.pk).exists()


def test_a_restored_backup_protects_and_takes_back_again(gol: Town, django_capture_on_commit_callbacks: Any) -> None:
    person, mistaken = gol.household.persons.get(), HouseholdFactory(municipality=gol.municipality)
    other = PersonFactory(household=mistaken)
    for each in (person, other):
        give_consent(each, field="phone")
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_consent(other, field="phone")
        for household in (gol.household, mistaken):
            restrict(household, by=None)
        protection.lift(household=mistaken, by=gol.people[Role.COORDINATOR], reason="Feil husstand", on=TODAY)
    # The backup is from before all that.
    Household.objects.filter(pk=gol.household.pk).update(restricted=False, street="Storgata 1", postcode="3550")
    taken_back = next(line.number for line in ledger.lines() if line.deed == Deed.WITHDRAWN)
    Consent.objects.create(pk=taken_back, person=other, field="phone", text_version="1")
    call_command("replayerasures", "--dry-run", "--json", stdout=StringIO())
    assert not Household.objects.get(pk=gol.household.pk).restricted
    for _time in range(2):
        call_command("replayerasures", "--json", stdout=StringIO())
    assert Household.objects.get(pk=gol.household.pk).restricted
    assert Household.objects.get(pk=gol.household.pk).street == ""
    assert not Household.objects.get(pk=mistaken.pk).restricted
    assert Consent.objects.get(pk=taken_back).withdrawn_at


def test_lines_go_when_no_backup_can_be_older(settings: Any) -> None:
    def write(number: int, until: str) -> str:
        line = {"deed": "erased", "number": str(UUID(int=number)), "at": "2026-01-01T12:00:00+00:00", "until": until,
                "municipality": "3550", "keys": []}  # fmt: skip
        return json.dumps(line) + "\n"

    kept = write(2, "2026-11-23") + "{broken\n"
    settings.ERASURES_FILE.write_text(write(1, "2026-11-22") + kept)
    assert ledger.forget_past(on=TODAY, dry_run=True) == 1
    assert ledger.forget_past(on=TODAY) == 1
    assert settings.ERASURES_FILE.read_text() == kept, "a broken line is somebody's to mend"
    assert ledger.forget_past(on=TODAY) == 0


def test_the_file_holds_no_name(erased_nora: Town, settings: Any) -> None:
    text = settings.ERASURES_FILE.read_text()
    assert "Nora" not in text
    assert "Storgata" not in text


def test_every_eraser_is_registered_by_an_app_that_exists() -> None:
    labels = {config.label for config in apps.get_app_configs()}
    assert set(personal_data._erasers) <= labels
