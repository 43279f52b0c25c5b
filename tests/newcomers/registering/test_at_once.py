"""Fifty people, or one person twice, at once: what the database alone can decide."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from newcomers.models import Consent, Draft, Household, Person, Registration
from newcomers.registering import services as registering
from newcomers.registering.questionnaire import Questionnaire
from newcomers.registering.signals import SESSION_KEY
from newcomers.services import restrict
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from tests.conftest import TODAY, two_writers
from tests.factories import UserFactory
from tests.newcomers.registering.pages import CHECK, CODE_PAGE, typed

pytestmark = [pytest.mark.django_db(transaction=True), two_writers]

MANY = 50


def at_once(steps: Sequence[Callable[[], Any]]) -> list[Any]:
    """Each in its own thread and connection."""
    start = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return step()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def answers(gol: Municipality, **changes: Any) -> dict[str, Any]:
    draft = Draft(municipality=gol, answers=typed(**changes))
    return Questionnaire(draft, on=TODAY).result()


def register_and_confirm(gol: Municipality, submission: uuid.UUID, given: dict[str, Any], user: User) -> int:
    """How many households this very call has made or found."""
    registering.register(submission=submission, municipality=gol, answers=given, language="en")
    return len(registering.confirm_registrations(user=user, only={submission}, on=TODAY))


def test_fifty_who_press_send_at_once_each_get_their_code(gol: Municipality) -> None:
    """Two of them wrote the same address, which no account has yet."""
    emails = [f"person{max(number, 1)}@home.example" for number in range(MANY)]
    browsers = [_at_the_last_page(gol, email, number) for number, email in enumerate(emails)]
    seen = [browser.get(CHECK).context["seen"] for browser in browsers]
    steps = [lambda b=b, s=s: b.post(CHECK, {"seen": s}).url for b, s in zip(browsers, seen, strict=True)]
    assert all(url.startswith(CODE_PAGE) for url in at_once(steps))
    assert sorted(Registration.objects.values_list("email", flat=True)) == sorted(emails)
    assert Message.objects.filter(kind="account").count() == MANY
    assert User.objects.count() == MANY - 1


def _at_the_last_page(gol: Municipality, email: str, number: int) -> Client:
    """Everything is answered; each in a network of their own."""
    draft = Draft.objects.create(municipality=gol, answers=typed(email=email, alone=True))
    client = Client(REMOTE_ADDR=f"10.0.0.{number}")
    session = client.session
    session[SESSION_KEY] = {gol.slug: str(draft.pk)}
    session.save()
    return client


def test_fifty_at_once_lose_none_and_double_none(gol: Municipality) -> None:
    steps = []
    for number in range(MANY):
        email = f"person{number}@home.example"
        given = answers(gol, name=f"Person {number}", email=email, street=f"Lia {number}", alone=True)
        user, submission = UserFactory(email=email), uuid.uuid4()
        steps.append(lambda s=submission, g=given, u=user: register_and_confirm(gol, s, g, u))
    assert at_once(steps) == [1] * MANY
    assert Household.objects.count() == Registration.objects.count() == Person.objects.count() == MANY
    assert Message.objects.filter(kind="registration_copy").count() == MANY


def test_one_registration_sent_many_times_at_once_is_one(gol: Municipality) -> None:
    user, submission, given = UserFactory(email="kari@home.example"), uuid.uuid4(), answers(gol)
    outcomes = at_once([lambda: register_and_confirm(gol, submission, given, user)] * 10)
    assert sum(outcomes) == 1
    assert (Registration.objects.count(), Household.objects.count(), Person.objects.count()) == (1, 1, 4)


def test_who_is_protected_while_they_register_stays_protected(gol: Municipality, imported: Household) -> None:
    """Whichever was first, and without one waiting for the other for ever."""
    user, given = UserFactory(email="kari@home.example"), answers(gol, care_of="Hos Ola", share_phone="on")
    Registration.objects.create(municipality=gol, email=user.email, answers=given)
    at_once(
        [
            lambda: register_and_confirm(gol, uuid.uuid4(), given, user),
            lambda: restrict(Household.objects.get(pk=imported.pk), by=None),
        ]
    )
    imported.refresh_from_db()
    assert imported.restricted
    assert (imported.street, imported.care_of, imported.place_key) == ("", "", "")
    assert not Consent.objects.filter(person__household=imported).exists()


def test_two_who_register_the_same_household_at_once_find_each_other(gol: Municipality) -> None:
    """Each names the other. One household; the second waits for the office, since somebody has an account there."""
    kari, ola = UserFactory(email="kari@home.example"), UserFactory(email="ola@home.example")
    of_kari = answers(gol)
    of_ola = answers(
        gol, name="Ola Eksempel", birth_year="1988", email="ola@home.example",
        second_name="Kari Eksempel", second_birth_year="1990", second_email="kari@home.example",
    )  # fmt: skip
    at_once(
        [
            lambda: register_and_confirm(gol, uuid.uuid4(), of_kari, kari),
            lambda: register_and_confirm(gol, uuid.uuid4(), of_ola, ola),
        ]
    )
    assert Household.objects.count() == 1
    assert Person.objects.filter(is_adult=True).count() == 2
