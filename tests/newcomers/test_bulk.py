"""One message to many households: who gets it, who not and why; each once, also when the worker is killed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from newcomers import tasks
from newcomers.consents import give_consent, withdraw_consent
from newcomers.enums import BulkState, HouseholdState, Reached
from newcomers.models import BulkMessage, BulkRecipient, Household, Person
from newcomers.office import bulk
from newcomers.services import restrict
from portal import clock
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from portal.outbox.services import send as send_message
from portal.pages.texts import to_plain
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, StaffRoleFactory, UserFactory
from tests.newcomers.movers import IDENTITY_NUMBER

pytestmark = pytest.mark.django_db
LIST = "/admin/newcomers/household/"
TEXTS = {"nb": {"subject": "Treff på biblioteket", "body": "Kom **torsdag**.\n\n<script>alert(1)</script>"},
         "en": {"subject": "Meet at the library", "body": "Come on **Thursday**."}}  # fmt: skip


@pytest.fixture
def gol(monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return MunicipalityFactory(gol=True)


@pytest.fixture
def officer(gol: Municipality) -> Any:
    user = UserFactory(email="officer@gol.example", name="Olga Officer", language="en")
    return StaffRoleFactory(user=user, municipality=gol, role=Role.SERVICE_OFFICER).user


@pytest.fixture
def client(officer: Any) -> Client:
    return client_of(officer)


def reader(name: str, *, language: str = "nb", purpose: str = "", **household: Any) -> Person:
    """An adult with an e-mail address, who has said yes to the purpose if one is named."""
    home = HouseholdFactory(adults=0, language=language, **household)
    person = PersonFactory(household=home, name=name, email=f"{name.lower()}@post.example")
    if purpose:
        give_consent(person, purpose=purpose)
    return person


def draft(officer: Any, purpose: str = "events", texts: Any = TEXTS) -> BulkMessage:
    town = Municipality.objects.get(slug="gol")
    row = bulk.start(municipality=town, households=Household.objects.all(), by=officer)
    bulk.write(bulk=row, purpose=purpose, texts=texts, by=officer, reason="About their registration")
    return row


def sent(row: BulkMessage, officer: Any) -> BulkMessage:
    bulk.send(bulk=row, version=row.version, by=officer)
    bulk.run(row)
    row.refresh_from_db()
    return row


def recipients() -> list[str]:
    return sorted(Message.objects.filter(kind="bulk").values_list("recipient", flat=True))


# --- Who gets it ---


def crowd() -> None:
    reader("Anna", purpose="events")
    reader("Bo", purpose="news")
    reader("Cato", purpose="events", state=HouseholdState.MOVED_AWAY)
    reader("Dina", purpose="events", restricted_household=True)
    HouseholdFactory()  # no e-mail address
    withdraw_consent(reader("Eli", purpose="events"), purpose="events")


def test_the_count_before_is_what_comes_of_it(officer: Any) -> None:
    crowd()
    row = draft(officer)
    before = bulk.reach(row)
    assert before == {"written": 1, "no_email": 1, "no_consent": 2, "moved_away": 1}
    assert bulk.emails(row) == 1
    assert bulk.reach(sent(row, officer)) == before
    assert recipients() == ["anna@post.example"]
    assert (row.state, row.messages, row.by) == (BulkState.DONE, 1, officer)


def test_a_service_message_needs_no_yes_and_still_spares_who_left_or_is_protected(officer: Any) -> None:
    crowd()
    sent(draft(officer, "service"), officer)
    assert recipients() == ["anna@post.example", "bo@post.example", "eli@post.example"]


def test_each_adult_who_said_yes_gets_it_and_a_shared_address_once(officer: Any) -> None:
    first = reader("Anna", purpose="events")
    for name, email in [("Arne", "anna@post.example"), ("Aud", "aud@post.example"), ("Atle", "atle@post.example")]:
        give_consent(PersonFactory(household=first.household, name=name, email=email), purpose="events")
    withdraw_consent(Person.objects.get(name="Atle"), purpose="events")
    PersonFactory(household=first.household, child=True)
    assert sent(draft(officer), officer).messages == 2
    assert recipients() == ["anna@post.example", "aud@post.example"]


def test_who_takes_their_yes_back_while_it_is_being_sent_gets_nothing(officer: Any) -> None:
    early, late = reader("Anna", purpose="events"), reader("Bo", purpose="events")
    row = draft(officer)
    withdraw_consent(early, purpose="events")
    sent(row, officer)
    assert recipients() == ["bo@post.example"]
    withdraw_consent(late, purpose="events")
    message = Message.objects.get(kind="bulk")
    send_message(str(message.pk))
    assert mail.outbox == []


def test_who_is_protected_while_it_waits_in_the_outbox_gets_nothing(officer: Any) -> None:
    person = reader("Anna")
    sent(draft(officer, "service"), officer)
    restrict(person.household, by=officer)
    assert not Message.objects.filter(kind="bulk").exists()
    assert mail.outbox == []


# --- What it says ---


def test_each_reads_their_language_or_the_nearest_and_no_script(officer: Any) -> None:
    for name, language in [("Anna", "nb"), ("Nils", "nn"), ("Ewa", "pl")]:
        reader(name, language=language, purpose="events")
    sent(draft(officer), officer)
    written = {m.recipient: m for m in Message.objects.filter(kind="bulk")}
    assert written["anna@post.example"].subject == "Treff på biblioteket"
    assert written["nils@post.example"].subject == "Treff på biblioteket"
    assert written["ewa@post.example"].subject == "Meet at the library"
    assert "<strong>torsdag</strong>" in written["anna@post.example"].html
    assert "<script" not in written["anna@post.example"].html
    assert "Kom torsdag." in written["anna@post.example"].text
    assert written["anna@post.example"].text.startswith("Hei Anna\n")


def test_markdown_is_plain_in_the_text_of_a_mail() -> None:
    text = (
        "## Treff\n\nKom **torsdag**\nkl. 18:\n\n- kaffe\n- [program](https://gol.example/p)\n\n<https://gol.example>"
    )
    assert to_plain(text) == (
        "Treff\n\nKom torsdag\nkl. 18:\n\n– kaffe\n\n– program (https://gol.example/p)\n\nhttps://gol.example"
    )


def test_it_says_where_to_say_no_again_unless_it_is_about_their_own_case(officer: Any) -> None:
    reader("Anna", purpose="events")
    sent(draft(officer), officer)
    sent(draft(officer, "service"), officer)
    wanted, service = (Message.objects.get(kind="bulk", purpose=purpose) for purpose in ("events", ""))
    assert "/unsubscribe/" in wanted.text
    assert wanted.unsubscribe_url
    assert "/unsubscribe/" not in service.text
    for message in (wanted, service):
        assert "/my/choices/" in message.text
        assert "/my/choices/" in message.html


def test_their_own_case_is_no_way_round_a_yes(client: Client, officer: Any) -> None:
    """To more than one household it takes a reason, which stays with the message."""
    for name in ("Anna", "Bo"):
        reader(name)
    row = draft(officer)
    with pytest.raises(bulk.BulkRefused):
        bulk.write(bulk=row, purpose="service", texts=TEXTS, by=officer)
    url = reverse("admin:newcomers_bulkmessage_write", args=[row.pk])
    typed = {"purpose": "service", "subject_nb": "Treff", "body_nb": "Kom!"}
    assert "reason" in client.post(url, typed).context["form"].errors
    client.post(url, typed | {"reason": "Kontoret er flyttet"})
    row.refresh_from_db()
    assert (row.purpose, row.reason) == ("service", "Kontoret er flyttet")
    sent(row, officer)
    log = client.get(reverse("admin:newcomers_bulkmessage_change", args=[row.pk])).content.decode()
    assert "Kontoret er flyttet" in log


@pytest.mark.usefixtures("in_english")
def test_who_writes_sees_how_many_read_each_language_and_who_gets_another(client: Client, officer: Any) -> None:
    Municipality.objects.filter(slug="gol").update(languages=["nb", "en", "ar"])
    for name, language in [("Anna", "nb"), ("Amal", "ar"), ("Adil", "ar")]:
        reader(name, language=language, purpose="events")
    row = draft(officer, texts={"nb": TEXTS["nb"]})
    page = client.get(reverse("admin:newcomers_bulkmessage_write", args=[row.pk]))
    assert {code: count for code, _name, count, *_rest in page.context["form"].texts if count} == {"nb": 1, "ar": 2}
    assert "2 households read العربية, which it is not written in, and get Norsk bokmål." in page.content.decode()
    bulk.send(bulk=row, version=row.version, by=officer)
    page = client.get(reverse("admin:newcomers_bulkmessage_change", args=[row.pk])).content.decode()
    assert "0 of 3 written so far." in page
    assert "That makes" not in page


# --- Once ---


def test_pressed_twice_it_is_sent_once(officer: Any) -> None:
    reader("Anna", purpose="events")
    row = sent(draft(officer), officer)
    with pytest.raises(bulk.BulkRefused):
        bulk.send(bulk=row, version=row.version, by=officer)
    with pytest.raises(bulk.BulkRefused):
        bulk.write(bulk=row, purpose="news", texts=TEXTS, by=officer)
    bulk.run(row)
    assert len(recipients()) == 1


def test_a_worker_that_was_killed_leaves_nobody_out_and_nobody_twice(officer: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    for number in range(5):
        reader(f"Anna{number}", purpose="events")
    row = draft(officer)
    bulk.send(bulk=row, version=row.version, by=officer)
    row.refresh_from_db()
    write, calls = bulk._write_message, []

    def killed(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 4:  # in the middle of the second chunk
            raise KeyboardInterrupt
        write(*args)

    monkeypatch.setattr(bulk, "_write_message", killed)
    with pytest.raises(KeyboardInterrupt):
        bulk.run(row)
    assert len(recipients()) == 2
    row.refresh_from_db()
    assert (row.state, row.messages, bulk.reach(row)) == (BulkState.WAITING, 2, {"written": 2})
    tasks.send_bulk_left_behind()
    row.refresh_from_db()
    assert recipients() == [f"anna{number}@post.example" for number in range(5)]
    assert (row.state, row.messages) == (BulkState.DONE, 5)


def test_what_was_left_behind_is_also_sent_by_command(officer: Any, capsys: Any) -> None:
    reader("Anna", purpose="events")
    row = draft(officer)
    bulk.send(bulk=row, version=row.version, by=officer)
    call_command("sendbulk", "--dry-run", "--json")
    assert '"messages_to_many": 1' in capsys.readouterr().out
    assert not recipients()
    call_command("sendbulk", "--json")
    assert recipients() == ["anna@post.example"]


def test_drafts_that_nobody_sent_are_dropped_after_a_month(officer: Any) -> None:
    reader("Anna", purpose="events")
    kept, old = sent(draft(officer), officer), draft(officer)
    BulkMessage.objects.update(created_at="2026-10-01T12:00:00Z")
    assert bulk.drop_drafts(on=TODAY, dry_run=True) == 1
    assert bulk.drop_drafts(on=TODAY) == 1
    assert list(BulkMessage.objects.all()) == [kept]
    assert not BulkRecipient.objects.filter(bulk_id=old.pk).exists()


# --- In the office ---


def test_an_officer_chooses_writes_looks_and_sends(
    client: Client, officer: Any, django_capture_on_commit_callbacks: Any
) -> None:
    anna = reader("Anna", purpose="events")
    bo = reader("Bo")
    chosen = {"action": "write_to_them", "_selected_action": [anna.household.pk, bo.household.pk]}
    page = client.post(LIST, chosen, follow=True)
    assert "2 households are chosen." in page.content.decode()
    write = page.redirect_chain[-1][0]
    empty = client.post(write, {"purpose": "events"}).content.decode()
    assert "Write the message in one language at least." in empty
    half = client.post(write, {"purpose": "events", "subject_nb": "Treff"}).content.decode()
    assert "A subject and a text belong together." in half
    typed = {"purpose": "events", "subject_nb": "Treff", "body_nb": "Kom!"}
    refused = client.post(write, typed | {"body_nb": f"Nummer {IDENTITY_NUMBER}"}).content.decode()
    assert "Leave out the identity number" in refused
    assert IDENTITY_NUMBER not in refused
    page = client.post(write, typed, follow=True).content.decode()
    assert "Send to 1 household" in page
    assert "That makes 1 e-mail." in page
    assert "Nobody has said yes to this" in page
    row = BulkMessage.objects.get()
    assert not recipients()
    send = reverse("admin:newcomers_bulkmessage_send", args=[row.pk])
    assert client.get(send).status_code == 405
    seen = {"version": str(row.version)}
    assert f'<input type="hidden" name="version" value="{row.version}">' in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(send, seen)
    log = client.get(reverse("admin:newcomers_bulkmessage_change", args=[row.pk])).content.decode()
    assert "Sent by Olga Officer" in log
    assert "That makes 1 e-mail." in log
    assert recipients() == ["anna@post.example"]
    assert "Treff" in client.get("/admin/newcomers/bulkmessage/").content.decode()
    timeline = client.get(reverse("admin:newcomers_household_change", args=[anna.household.pk])).content.decode()
    assert "Message: Treff" in timeline
    assert client.post(send, seen, follow=True).status_code == 200
    assert len(recipients()) == 1


@pytest.mark.usefixtures("in_english")
def test_what_a_colleague_wrote_since_is_not_sent_unseen(client: Client, officer: Any) -> None:
    reader("Anna", purpose="events")
    row = draft(officer)
    seen = {"version": row.version}
    bulk.write(bulk=row, purpose="events", texts={"nb": {"subject": "Avlyst", "body": "Ikke kom"}}, by=officer)
    send = reverse("admin:newcomers_bulkmessage_send", args=[row.pk])
    for typed in (seen, {}, {"version": "x"}):
        page = client.post(send, typed, follow=True).content.decode()
        assert "Somebody has changed the message since you looked at it." in page
    assert BulkMessage.objects.get().is_draft


def test_as_many_are_counted_before_as_are_sent(officer: Any) -> None:
    """Two adults who share an address get one message, however it is written."""
    anna = reader("Anna", purpose="events")
    give_consent(PersonFactory(household=anna.household, name="Aud", email="ANNA@post.example"), purpose="events")
    row = draft(officer)
    assert bulk.emails(row) == 1
    assert sent(row, officer).messages == 1


def test_all_that_a_filter_finds_are_chosen(client: Client) -> None:
    found = [reader(f"Anna{number}", language="pl").household for number in range(3)]
    reader("Bo")
    typed = {"action": "write_to_them", "_selected_action": [found[0].pk], "select_across": "1"}
    client.post(f"{LIST}?language=pl", typed)
    assert set(BulkRecipient.objects.values_list("household", flat=True)) == {home.pk for home in found}


def test_a_draft_can_be_deleted_and_what_was_sent_cannot(client: Client, officer: Any) -> None:
    reader("Anna", purpose="events")
    kept, gone = sent(draft(officer), officer), draft(officer)
    for row in (kept, gone):
        client.post(reverse("admin:newcomers_bulkmessage_delete", args=[row.pk]), {"post": "yes"})
    assert list(BulkMessage.objects.all()) == [kept]


def test_nobody_gets_it_and_so_it_cannot_be_sent(client: Client, officer: Any) -> None:
    reader("Anna")
    row = draft(officer)
    page = client.get(reverse("admin:newcomers_bulkmessage_write", args=[row.pk])).content.decode()
    assert "Nobody would get it." in page
    assert "Send to" not in page


def test_every_outcome_has_its_words() -> None:
    assert all(Reached(value).label for value in Reached.values)
