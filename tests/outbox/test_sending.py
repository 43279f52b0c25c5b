"""A row first, then the sending, then its outcome on the row: whatever the mail server or the queue does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Locmem
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone, translation

from portal.outbox import tasks
from portal.outbox.enums import MessageState
from portal.outbox.models import BouncedAddress, Message
from portal.outbox.services import BACK_OFF_MINUTES, SENDING_TIMEOUT, send, send_left_behind
from tests.conftest import two_writers
from tests.factories import MunicipalityFactory
from tests.outbox.factories import MessageFactory, write

pytestmark = pytest.mark.django_db


class Broken(BaseEmailBackend):
    """A server that refuses, in words that repeat the address."""

    error: Exception = SMTPRecipientsRefused({"nora@nora.example": (450, b"nora@nora.example: try later")})

    def send_messages(self, email_messages: Any) -> int:
        raise self.error


@pytest.fixture
def broken(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"


def turn_comes(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(next_try_at=timezone.now())


# --- Writing ---


def test_the_same_key_is_one_row_and_one_mail(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = write()
        again = write(recipient="other@other.example", language="en")
    assert first.pk == again.pk
    assert Message.objects.get().recipient == "nora@nora.example"
    assert [m.to for m in mail.outbox] == [["nora@nora.example"]]


def test_another_occasion_is_another_mail(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        write(key="registered:1")
        write(key="registered:2")
    assert len(mail.outbox) == 2


def test_nothing_is_sent_before_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    MunicipalityFactory(gol=True)  # what its own saving leads to is another matter
    with django_capture_on_commit_callbacks(execute=False) as to_do:
        message = write()
    assert mail.outbox == []
    assert message.state == MessageState.QUEUED
    (hand_over,) = to_do
    hand_over()
    assert len(mail.outbox) == 1
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert message.sent_at is not None


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_sent() -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert Message.objects.count() == 0
    assert mail.outbox == []
    with transaction.atomic():
        write()
        assert mail.outbox == []
    assert len(mail.outbox) == 1


# --- The mail ---


def test_a_mail_has_text_and_html_and_says_its_language(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        message = write(language="nn")
    (sent,) = mail.outbox
    parts = {part.get_content_type(): part for part in sent.message().walk() if not part.is_multipart()}
    assert set(parts) == {"text/plain", "text/html"}
    assert "https://portal.example/nb/gol/me/" in parts["text/plain"].get_payload(decode=True).decode()
    assert '<html lang="nn"' in parts["text/html"].get_payload(decode=True).decode()
    assert sent.message()["Content-Language"] == "nn"
    assert sent.subject == message.subject
    assert "\n" not in sent.subject


@pytest.mark.parametrize(
    ("language", "words"), [("nb", "du bor sammen med"), ("nn", "du bur saman med"), ("en", "you live with")]
)
def test_a_mail_is_written_in_the_language_of_its_reader(language: str, words: str) -> None:
    message = write(language=language)
    for others in {"du bor sammen med", "du bur saman med", "you live with"} - {words}:
        assert others not in message.text + message.html
    assert words in message.text
    assert words in message.html


def test_the_writers_language_is_left_as_it_was() -> None:
    with translation.override("en"):
        write(language="nn")
        assert translation.get_language() == "en"


def test_a_text_is_not_escaped_and_html_is() -> None:
    message = write(context={"invited": "https://portal.example/?a=1&b=<2>"})
    assert "?a=1&b=<2>" in message.text
    assert "<2>" not in message.html


def test_a_demonstration_says_so_in_both_parts(django_capture_on_commit_callbacks: Any) -> None:
    invented = "The people and the numbers are invented."
    real = write(key="real", language="en")
    assert invented not in real.text + real.html
    demo = write(key="demo", language="en", municipality=MunicipalityFactory(hemsedal=True, is_demo=True))
    assert invented in demo.text
    assert invented in demo.html
    norwegian = write(key="nb", language="nb", municipality=demo.municipality)
    assert invented not in norwegian.text + norwegian.html


# --- Refused ---


def test_the_message_id_is_the_same_at_every_try(settings: Any, broken: None) -> None:
    settings.DEFAULT_FROM_EMAIL = "Bli her <hei@velkommen.example>"
    seen = []

    class Listening(Locmem):
        def send_messages(self, messages: Any) -> int:
            seen.extend(m.message()["Message-ID"] for m in messages)
            raise SMTPException

    message, other = MessageFactory(), MessageFactory()
    globals()["Listening"] = Listening
    settings.EMAIL_BACKEND = f"{__name__}.Listening"
    for _try in range(3):
        turn_comes(message)
        send(str(message.pk))
    assert len(seen) == 3
    assert set(seen) == {message.message_id}
    assert message.message_id.endswith("@velkommen.example>")
    assert message.message_id != other.message_id


def forget(message: Message, how: str) -> None:
    own = Message.objects.filter(pk=message.pk)
    own.delete() if how == "erased" else own.update(state=MessageState.STOPPED, text="", html="")


@pytest.mark.parametrize("how", ["erased", "stopped"])
@pytest.mark.parametrize("refused", [True, False])
def test_what_is_forgotten_while_it_is_sent_stays_so_and_stops_no_other(settings: Any, how: str, refused: bool) -> None:
    first, second = MessageFactory(recipient="gone@home.example"), MessageFactory()

    class Forgetting(Locmem):
        def send_messages(self, messages: Any) -> int:
            if messages[0].to == [first.recipient]:
                forget(first, how)
                if refused:
                    raise SMTPRecipientsRefused({first.recipient: (550, b"5.1.1 no such address")})
            return super().send_messages(messages)

    globals()["Forgetting"] = Forgetting
    settings.EMAIL_BACKEND = f"{__name__}.Forgetting"
    send_left_behind()
    left = Message.objects.filter(pk=first.pk).values_list("state", "text", "html")
    assert list(left) == ([] if how == "erased" else [(MessageState.STOPPED, "", "")])
    assert Message.objects.get(pk=second.pk).state == MessageState.SENT
    assert not BouncedAddress.objects.exists()


@pytest.mark.parametrize("how", ["erased", "stopped"])
def test_what_is_forgotten_right_before_it_is_sent_is_not_sent(monkeypatch: Any, how: str) -> None:
    message = MessageFactory()
    monkeypatch.setattr("portal.outbox.bounces.is_marked", lambda email: forget(message, how))
    assert not send(str(message.pk))
    assert mail.outbox == []


def test_a_refused_mail_waits_longer_each_time_and_is_then_given_up(broken: None) -> None:
    message = MessageFactory()
    for minutes in BACK_OFF_MINUTES:
        before = timezone.now()
        assert not send(str(message.pk))
        message.refresh_from_db()
        assert message.state == MessageState.QUEUED
        waits = message.next_try_at - before
        assert timedelta(minutes=minutes) <= waits < timedelta(minutes=minutes + 1)
        turn_comes(message)
    send(str(message.pk))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert message.attempts == len(BACK_OFF_MINUTES) + 1
    turn_comes(message)
    assert not send(str(message.pk))
    assert send_left_behind() == {"sent": 0, "not_sent": 0}


def test_what_waits_for_its_next_try_is_not_tried_before(broken: None, settings: Any) -> None:
    message = MessageFactory()
    send(str(message.pk))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert not send(str(message.pk))
    assert send_left_behind() == {"sent": 0, "not_sent": 0}
    turn_comes(message)
    assert send_left_behind() == {"sent": 1, "not_sent": 0}
    message.refresh_from_db()
    assert (message.state, message.error, message.attempts) == (MessageState.SENT, "", 2)


def test_a_failure_keeps_neither_address_nor_words_of_the_server(broken: None, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    message = MessageFactory()
    send(str(message.pk))
    message.refresh_from_db()
    assert message.error == "SMTPRecipientsRefused"
    assert "nora" not in caplog.text


@pytest.mark.parametrize("error", [ConnectionRefusedError(111, "no"), TimeoutError(), SMTPException("x")])
def test_any_trouble_on_the_way_is_a_failed_try(settings: Any, monkeypatch: Any, error: Exception) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    monkeypatch.setattr(Broken, "error", error)
    message = MessageFactory()
    assert not send(str(message.pk))
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.QUEUED, type(error).__name__)


def test_an_address_with_a_line_break_is_given_no_chance() -> None:
    message = MessageFactory(recipient="nora@nora.example\nBcc: all@all.example")
    assert not send(str(message.pk))
    assert mail.outbox == []
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED


def test_one_that_cannot_be_sent_holds_back_no_other() -> None:
    MessageFactory(recipient="bad\nbad", next_try_at=timezone.now() - timedelta(hours=1))
    MessageFactory()
    assert send_left_behind() == {"sent": 1, "not_sent": 1}


# --- Left behind ---


def test_what_a_dead_worker_had_in_hand_is_picked_up_when_its_time_is_over() -> None:
    now = timezone.now()
    dead = MessageFactory(state=MessageState.SENDING, attempts=1, next_try_at=now - timedelta(seconds=1))
    alive = MessageFactory(state=MessageState.SENDING, attempts=1, next_try_at=now + SENDING_TIMEOUT)
    assert send_left_behind() == {"sent": 1, "not_sent": 0}
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.state, dead.attempts) == (MessageState.SENT, 2)
    assert alive.state == MessageState.SENDING


def test_whoever_sends_has_its_time_to_do_it() -> None:
    """While it is in hand nobody else takes it."""
    message = MessageFactory()

    class Slow(Locmem):
        def send_messages(self, messages: Any) -> int:
            row = Message.objects.get(pk=message.pk)
            assert row.state == MessageState.SENDING
            assert row.next_try_at - timezone.now() > SENDING_TIMEOUT - timedelta(seconds=30)
            assert not send(str(message.pk))
            assert send_left_behind() == {"sent": 0, "not_sent": 0}
            return super().send_messages(messages)

    globals()["Slow"] = Slow
    with override_settings(EMAIL_BACKEND=f"{__name__}.Slow"):
        assert send(str(message.pk))
    assert len(mail.outbox) == 1


# On SQLite the test above stands for it.
@two_writers
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_once() -> None:
    message = MessageFactory()
    together, outcomes = threading.Barrier(2), []

    def sender() -> None:
        try:
            together.wait(timeout=10)
            outcomes.append(send(str(message.pk)))
        finally:
            connection.close()

    threads = [threading.Thread(target=sender) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True]
    assert len(mail.outbox) == 1


def test_a_message_that_is_gone_or_sent_is_left_alone() -> None:
    message = MessageFactory()
    assert send(str(message.pk))
    assert not send(str(message.pk))
    gone = str(message.pk)
    message.delete()
    assert not send(gone)
    assert len(mail.outbox) == 1


@pytest.fixture
def queue_is_down(monkeypatch: Any) -> Iterator[None]:
    def down(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("redis://user:secret@host refused")

    monkeypatch.setattr(tasks.send_message, "delay", down)
    yield
    monkeypatch.undo()


def test_without_a_queue_the_row_waits_and_the_visitor_notices_nothing(
    queue_is_down: None, django_capture_on_commit_callbacks: Any, caplog: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        message = write()
    message.refresh_from_db()
    assert (message.state, mail.outbox) == (MessageState.QUEUED, [])
    assert str(message.pk) in caplog.text
    assert "nora" not in caplog.text
    assert "secret" not in caplog.text
    tasks.send_left_behind()
    assert len(mail.outbox) == 1


# --- Secrets ---


def test_a_secret_goes_once_it_has_left_the_house(settings: Any) -> None:
    settings.EMAIL_HOST = "smtp.example"
    secret, plain = MessageFactory(is_secret=True), MessageFactory()
    send(str(secret.pk))
    send(str(plain.pk))
    assert "Velkomen" in mail.outbox[0].body
    secret.refresh_from_db()
    plain.refresh_from_db()
    assert (secret.text, secret.html) == ("", "")
    assert plain.text == "Velkomen"


def test_where_no_mail_leaves_the_secret_can_be_read_in_the_mailbox(settings: Any) -> None:
    settings.EMAIL_HOST = ""
    secret = MessageFactory(is_secret=True)
    send(str(secret.pk))
    secret.refresh_from_db()
    assert secret.text == "Velkomen"


def test_a_secret_that_was_given_up_is_not_kept_either(settings: Any, broken: None) -> None:
    settings.EMAIL_HOST = "smtp.example"
    secret = MessageFactory(is_secret=True, attempts=len(BACK_OFF_MINUTES))
    send(str(secret.pk))
    secret.refresh_from_db()
    assert secret.state == MessageState.FAILED
    assert (secret.text, secret.html) == ("", "")
