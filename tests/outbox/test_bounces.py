"""An address that mail comes back from: marked, shown to the office at the household, and written to no more."""

from __future__ import annotations

import io
import json
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.outbox.bounces import status_in
from portal.outbox.enums import MessageState
from portal.outbox.models import BouncedAddress, Message
from portal.outbox.services import send
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, StaffRoleFactory, UserFactory
from tests.outbox.factories import MessageFactory

pytestmark = pytest.mark.django_db
NORA = "nora@nora.example"


class NobodyThere(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise SMTPRecipientsRefused({NORA: (550, b"5.1.1 nora@nora.example: no such user")})


@pytest.fixture
def gol() -> Municipality:
    return MunicipalityFactory(gol=True)


def officer(gol: Municipality, role: Role = Role.SERVICE_OFFICER) -> Any:
    return client_of(StaffRoleFactory(user=UserFactory(language="en"), municipality=gol, role=role).user)


def bounced(gol: Municipality) -> BouncedAddress:
    return BouncedAddress.objects.create(municipality=gol, email=NORA, status="5.1.1", on=TODAY)


def report(message: Message, *, status: str = "5.1.1", action: str = "failed", headers_only: bool = True) -> bytes:
    """As Postfix writes it."""
    returned = f"Message-ID: {message.message_id}\nSubject: Hei\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    text = f"""\
From: MAILER-DAEMON@mail.example
To: bliher@demo.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

nora@nora.example: host mx.nora.example said: 550 {status} no such user

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; nora@nora.example
Action: {action}
Status: {status}

--b
Content-Type: {kind}

{returned}
--b--
"""
    return text.replace("\n", "\r\n").encode()


def take(content: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    call_command("takebounce", "--json", "--date", TODAY.isoformat())
    return json.loads(capsys.readouterr().out)


# --- Marked ---


def test_a_refusal_for_good_marks_the_address_and_is_not_tried_again(gol: Municipality, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NobodyThere"
    message = MessageFactory(municipality=gol, recipient="Nora@nora.example")
    assert not send(str(message.pk))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert message.attempts == 1
    marked = BouncedAddress.objects.get()
    assert (marked.email, marked.status, marked.municipality) == (NORA, "5.1.1", gol)


def test_nothing_more_is_sent_there_neither_new_nor_waiting(gol: Municipality) -> None:
    waiting = MessageFactory(municipality=gol, recipient="NORA@nora.example")
    other = MessageFactory(municipality=gol, recipient="ola@ola.example")
    bounced(gol)
    assert not send(str(waiting.pk))
    assert send(str(other.pk))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (MessageState.FAILED, "BouncedAddress")
    assert [one.to for one in mail.outbox] == [["ola@ola.example"]]


def test_a_secret_for_a_marked_address_is_not_kept(gol: Municipality, settings: Any) -> None:
    settings.EMAIL_HOST = "smtp.example"
    message = MessageFactory(municipality=None, recipient=NORA, is_secret=True)
    bounced(gol)
    send(str(message.pk))
    message.refresh_from_db()
    assert message.text == message.html == ""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SMTPRecipientsRefused({NORA: (550, b"5.1.1 no such user")}), "5.1.1"),
        (SMTPRecipientsRefused({NORA: (550, b"5.2.1 mailbox disabled")}), "5.2.1"),
        (SMTPRecipientsRefused({NORA: (553, b"nobody of that name")}), "553"),
        # A full mailbox, a refusal of our server, "later", and what is no matter of the address.
        (SMTPRecipientsRefused({NORA: (552, b"5.2.2 mailbox full")}), ""),
        (SMTPRecipientsRefused({NORA: (550, b"5.7.1 blocked by a list")}), ""),
        (SMTPRecipientsRefused({NORA: (554, b"blocked")}), ""),
        (SMTPRecipientsRefused({NORA: (450, b"4.2.1 later")}), ""),
        (SMTPDataError(550, b"5.1.1 spam"), ""),
        (ConnectionRefusedError(), ""),
    ],
)
def test_only_an_address_that_is_gone_counts(error: Exception, status: str) -> None:
    assert status_in(error) == status


@pytest.mark.parametrize("headers_only", [True, False])
def test_a_mail_that_comes_back_later_marks_it_too(
    gol: Municipality, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], headers_only: bool
) -> None:
    message = MessageFactory(municipality=gol, recipient=NORA, state=MessageState.SENT)
    assert take(report(message, headers_only=headers_only), monkeypatch, capsys) == {"marked": True, "status": "5.1.1"}
    assert BouncedAddress.objects.get().email == NORA


def test_of_a_sign_in_mail_the_office_is_the_one_that_wrote_before(
    gol: Municipality, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    MessageFactory(municipality=gol, recipient=NORA)
    code = MessageFactory(municipality=None, recipient=NORA)
    take(report(code), monkeypatch, capsys)
    assert BouncedAddress.objects.get().municipality == gol


@pytest.mark.parametrize(
    "changes", [{"status": "4.4.1", "action": "delayed"}, {"status": "5.2.2"}, {"status": "5.1.1", "action": "relayed"}]
)
def test_a_report_of_something_else_marks_nothing(
    gol: Municipality, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str]
) -> None:
    message = MessageFactory(municipality=gol, recipient=NORA)
    assert take(report(message, **changes), monkeypatch, capsys)["marked"] is False
    assert not BouncedAddress.objects.exists()


def test_nobody_marks_an_address_by_writing_to_us(
    gol: Municipality, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has not got our mail does not know its Message-ID."""
    invented = Message(recipient=NORA)
    assert take(report(invented), monkeypatch, capsys)["marked"] is False
    assert take(b"", monkeypatch, capsys)["marked"] is False
    assert take(b"\xff\xfe Status: 5.1.1\n\n--b", monkeypatch, capsys)["marked"] is False


def test_a_file_that_cannot_be_read_is_said() -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("takebounce", "/nowhere/mail")


# --- Seen and mended ---


def test_the_office_sees_it_at_the_household_and_on_the_day_page(gol: Municipality) -> None:
    household = HouseholdFactory(municipality=gol, adults=0)
    PersonFactory(household=household, email="Nora@nora.example")
    marked = bounced(gol)
    client = officer(gol)
    change = reverse("admin:outbox_bouncedaddress_change", args=[marked.pk])
    page = client.get(reverse("admin:newcomers_household_change", args=[household.pk])).content.decode()
    assert "Mail to nora@nora.example comes back" in page
    assert change in page
    day = client.get("/admin/").content.decode()
    assert "Addresses that mail comes back from" in day
    assert client.get(change).status_code == 200


def test_the_newcomers_themselves_do_not_see_the_offices_note(gol: Municipality) -> None:
    user = UserFactory(email=NORA, language="en")
    PersonFactory(household=HouseholdFactory(municipality=gol, adults=0), user=user, email=NORA)
    bounced(gol)
    assert "comes back" not in client_of(user).get("/en/gol/my/").content.decode()


def test_another_address_gets_mail_at_once(gol: Municipality) -> None:
    person = PersonFactory(household=HouseholdFactory(municipality=gol, adults=0), email=NORA)
    bounced(gol)
    person.email = "nora@new.example"
    person.save()
    message = MessageFactory(municipality=gol, recipient=person.email)
    assert send(str(message.pk))
    page = officer(gol).get(reverse("admin:newcomers_household_change", args=[person.household_id])).content.decode()
    assert "comes back" not in page


def test_the_office_lets_us_try_again(gol: Municipality) -> None:
    marked = bounced(gol)
    client = officer(gol)
    client.post(reverse("admin:outbox_bouncedaddress_delete", args=[marked.pk]), {"post": "yes"})
    assert not BouncedAddress.objects.exists()
    message = MessageFactory(municipality=gol, recipient=NORA)
    assert send(str(message.pk))


def test_who_sees_no_messages_sees_no_addresses(gol: Municipality) -> None:
    marked = bounced(gol)
    for role in (Role.ANALYST, Role.EDITOR):
        client = officer(gol, role)
        answer = client.get(reverse("admin:outbox_bouncedaddress_change", args=[marked.pk]))
        assert answer.status_code in {403, 404}
        assert NORA not in client.get("/admin/").content.decode()
