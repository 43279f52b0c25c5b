"""What somebody can try who does not read the mail: guess codes, ask often, compare answers."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import User
from portal.outbox.models import Message
from tests.accounts.signing_in import ASK, CONFIRM, EMAIL, code_in_mail, who
from tests.factories import PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora() -> User:
    user = UserFactory(email=EMAIL)
    PersonFactory(user=user, email=EMAIL)
    return user


def test_a_thousand_guesses_in_one_browser_open_nothing(client: Client, nora: User) -> None:
    client.post(ASK, {"email": EMAIL})
    for number in range(1000):
        client.post(CONFIRM, {"code": f"{number:04d}-AAAA"})
    assert who(client) is None
    # The right one comes too late.
    client.post(CONFIRM, {"code": code_in_mail()})
    assert who(client) is None


def test_a_thousand_attempts_from_new_browsers_get_few_codes_and_no_entry(
    nora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three guesses a code, and a few codes a minute: with 32 to the power of 8 codes that leads nowhere."""
    # All within one minute, however slow the machine is.
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    for number in range(1000):
        thief = Client()
        thief.post(ASK, {"email": EMAIL})
        thief.post(CONFIRM, {"code": f"{number:04d}-AAAA"})
        assert who(thief) is None
    assert Message.objects.filter(recipient=EMAIL).count() <= 5


def test_the_owner_can_still_sign_in_when_others_have_used_up_the_minute(nora: User) -> None:
    for _attempt in range(30):
        Client().post(ASK, {"email": EMAIL})
    cache.clear()  # a minute later
    own = Client()
    own.post(ASK, {"email": EMAIL})
    own.post(CONFIRM, {"code": code_in_mail()})
    assert who(own) == str(nora.pk)


def test_a_code_runs_out(client: Client, nora: User) -> None:
    client.post(ASK, {"email": EMAIL})
    session = client.session
    login = session["account_login"]
    login["state"]["stages"]["login_by_code"]["data"]["at"] -= 3 * 60 + 1
    session["account_login"] = login
    session.save()
    client.post(CONFIRM, {"code": code_in_mail()})
    assert who(client) is None


def test_a_new_code_makes_the_old_one_worthless(client: Client, nora: User) -> None:
    client.post(ASK, {"email": EMAIL})
    old = code_in_mail()
    client.post("/en/account/logout/", {"next": "/en/account/login/"})  # the button Cancel
    client.post(ASK, {"email": EMAIL})
    new = code_in_mail()
    assert old != new
    client.post(CONFIRM, {"code": old})
    assert who(client) is None
    client.post(CONFIRM, {"code": new})
    assert who(client) == str(nora.pk)


def what_happens(email: str) -> tuple[list[str], int, Any]:
    """The statements that write, in order, the mails, and where the browser is sent."""
    cache.clear()
    client = Client()
    client.get("/en/account/login/")
    before = Message.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        answer = client.post("/en/account/login/", {"login": email})
    words = [query["sql"].split() for query in caught.captured_queries]
    writes = [" ".join(word[:3]) for word in words if word[0] in {"INSERT", "UPDATE", "DELETE"}]
    return writes, Message.objects.count() - before, (answer.status_code, answer["Location"])


def test_known_and_unknown_addresses_take_the_same_way(nora: User) -> None:
    """One mail each, written in the same order: neither the answer nor its time tells who is registered."""
    known, unknown = what_happens(EMAIL), what_happens("nobody@nora.example")
    assert known == unknown
    assert known[1] == 1
