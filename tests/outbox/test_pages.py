"""Where messages are seen: the mailbox of a demonstration, the office's list, and sign-in mail among them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from portal.municipalities.enums import Role
from portal.outbox.enums import MessageState
from portal.outbox.models import Message
from tests.access.cast import client_of
from tests.factories import MunicipalityFactory, StaffRoleFactory, UserFactory
from tests.outbox.factories import MessageFactory

pytestmark = pytest.mark.django_db
INVENTED = "The people and the numbers are invented."


def ask_for_code(email: str, language: str = "en") -> Message:
    Client().post(f"/{language}/account/login/code/", {"email": email})
    return Message.objects.latest("created_at")


# --- Sign-in mail ---


def test_a_sign_in_mail_is_a_row_and_then_a_mail(django_capture_on_commit_callbacks: Any) -> None:
    user = UserFactory(email="nora@nora.example")
    with django_capture_on_commit_callbacks(execute=True):
        message = ask_for_code("nora@nora.example")
    message.refresh_from_db()
    assert (message.kind, message.user, message.is_secret) == ("account", user, True)
    assert message.state == MessageState.SENT
    (sent,) = mail.outbox
    assert sent.message()["Message-ID"] == message.message_id
    (code,) = re.findall(r"(?m)^[A-Z0-9]{4}-[A-Z0-9]{4}$", sent.body)
    assert [part.get_content_type() for part in sent.message().walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert code in sent.alternatives[0].content


def test_two_codes_are_two_mails(django_capture_on_commit_callbacks: Any) -> None:
    UserFactory(email="nora@nora.example")
    with django_capture_on_commit_callbacks(execute=True):
        first, second = ask_for_code("nora@nora.example"), ask_for_code("nora@nora.example")
    assert first.pk != second.pk
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_sign_in_mail_is_in_the_language_of_the_page(language: str) -> None:
    UserFactory(email="nora@nora.example")
    message = ask_for_code("nora@nora.example", language)
    assert message.language == language
    assert f'<html lang="{language}"' in message.html
    others = {"nb": "Var det ikke deg?", "nn": "Var det ikkje deg?", "en": "Was it not you?"}
    assert others.pop(language) in message.text
    assert not any(words in message.text for words in others.values())


def test_a_sign_in_mail_of_a_demonstration_says_so_in_both_parts() -> None:
    UserFactory(email="nora@nora.example")
    real = ask_for_code("nora@nora.example")
    assert INVENTED not in real.text + real.html
    MunicipalityFactory(gol=True, is_demo=True)
    demo = ask_for_code("nora@nora.example")
    assert INVENTED in demo.text
    assert INVENTED in demo.html


def test_a_mail_to_an_unknown_address_leads_to_no_closed_page(client: Client) -> None:
    message = ask_for_code("nobody@nobody.example")
    assert message.recipient == "nobody@nobody.example"
    assert "signup" not in message.text + message.html
    for address in re.findall(r"https?://\S+", message.text):
        assert address.startswith("http://localhost:8000"), "an address of the visitor's making"
        assert client.get(address.removeprefix("http://localhost:8000") or "/", follow=True).status_code == 200


# --- The mailbox ---


def test_the_mailbox_shows_what_was_written_where_no_mail_leaves(client: Client, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    message = MessageFactory(subject="Hei Nora", text="Kom på https://gol.example/ <b>no</b>")
    assert b"Hei Nora" in client.get(reverse("mailbox")).content
    page = client.get(reverse("mail", args=[message.pk])).content.decode()
    assert 'href="https://gol.example/"' in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page


@pytest.mark.parametrize("setting", [{"PRODUCTION": True}, {"EMAIL_HOST": "smtp.example"}])
def test_there_is_no_mailbox_where_mail_leaves(client: Client, settings: Any, setting: dict[str, Any]) -> None:
    message = MessageFactory(subject="Hei Nora")
    for name, value in setting.items():
        setattr(settings, name, value)
    for address in [reverse("mailbox"), reverse("mail", args=[message.pk])]:
        answer = client.get(address, follow=True)
        assert answer.status_code == 404
        assert b"Hei Nora" not in answer.content


# --- The office ---


def officer(gol: Any) -> Client:
    return client_of(StaffRoleFactory(municipality=gol, role=Role.SERVICE_OFFICER).user)


def test_the_office_sees_what_was_given_up_and_never_the_text() -> None:
    message = MessageFactory(state=MessageState.FAILED, error="SMTPException", text="Koden er 123456")
    client = officer(message.municipality)
    listed = client.get(reverse("admin:outbox_message_changelist"), {"state__exact": "failed"}).content.decode()
    page = client.get(reverse("admin:outbox_message_change", args=[message.pk])).content.decode()
    for shown in (listed, page):
        assert "SMTPException" in shown
        assert "123456" not in shown


def test_the_office_has_given_up_ones_tried_again() -> None:
    given_up = MessageFactory(state=MessageState.FAILED, attempts=6)
    code = MessageFactory(state=MessageState.FAILED, attempts=6, is_secret=True, text="", html="")
    sent = MessageFactory(state=MessageState.SENT)
    chosen = [given_up.pk, code.pk, sent.pk]
    officer(given_up.municipality).post(
        reverse("admin:outbox_message_changelist"), {"action": "try_again", "_selected_action": chosen}
    )
    states = {m.pk: (m.state, m.attempts) for m in Message.objects.filter(pk__in=chosen)}
    assert states[given_up.pk] == (MessageState.QUEUED, 0)
    assert states[code.pk] == (MessageState.FAILED, 6)
    assert states[sent.pk][0] == MessageState.SENT
    call_command("sendmessages", verbosity=0)
    assert len(mail.outbox) == 1


def test_sendmessages_counts_without_sending_when_asked(capsys: Any) -> None:
    MessageFactory()
    call_command("sendmessages", "--dry-run", "--json")
    assert capsys.readouterr().out.strip() == '{"waiting": 1}'
    assert mail.outbox == []
    call_command("sendmessages", "--json")
    assert capsys.readouterr().out.strip() == '{"sent": 1, "not_sent": 0}'
    assert len(mail.outbox) == 1


def test_every_mail_template_comes_in_two_parts() -> None:
    folder = Path(configured.BASE_DIR) / "templates" / "emails"
    names = {kind: {p.stem for p in folder.glob(f"*.{kind}")} for kind in ("txt", "html")}
    assert names["txt"] | {"button"} == names["html"]
    for path in folder.glob("*.html"):
        assert not re.search(r'(src|href)="https?://', path.read_text(encoding="utf-8")), path.name
