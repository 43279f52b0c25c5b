"""Another e-mail address: by a code on My page, or written down by the office."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from newcomers import members
from newcomers.models import Household, Person, Preferences
from newcomers.my_page import new_address
from portal.accounts.models import User
from portal.outbox.models import Message
from tests.conftest import TODAY
from tests.enquiries.factories import asked
from tests.factories import PersonFactory, StaffRoleFactory, UserFactory
from tests.newcomers.test_admin_wishes import address as office_page
from tests.newcomers.test_admin_wishes import as_shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

EMAIL = "/en/gol/my/email/"
CODE = EMAIL + "code/"
NEW = "new@example.example"


@pytest.fixture
def person() -> Person:
    return PersonFactory(user=UserFactory(email="old@example.example"), email="old@example.example", name="Kari")


@pytest.fixture
def kari(client: Client, person: Person) -> Client:
    client.force_login(person.user)
    return client


def code_in_mail() -> str:
    message = Message.objects.filter(kind="new_address").latest("created_at")
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", message.text)
    assert found
    return found.group()


def test_the_code_moves_the_account_and_all_that_is_written_to(kari: Client, person: Person) -> None:
    question = asked(person.household.municipality, email="old@example.example")
    EmailAddress.objects.create(user=person.user, email="old@example.example", verified=True)
    assert kari.post(EMAIL, {"email": "New@Example.example"}).url == CODE
    person.refresh_from_db()
    assert person.email == "old@example.example"  # asking changes nothing yet
    assert kari.post(CODE, {"code": code_in_mail().lower()}).url == "/en/gol/my/edit/"
    person.refresh_from_db()
    question.refresh_from_db()
    assert (person.email, person.user.email, question.email) == (NEW, NEW, NEW)
    assert not EmailAddress.objects.exists()
    told = Message.objects.get(kind="address_changed")
    assert told.recipient == "old@example.example"
    assert NEW not in told.text + told.html
    assert kari.post(CODE, {"code": "BCDF-2345"}).url == EMAIL  # it works once


def test_a_wrong_code_an_old_one_and_many_tries(kari: Client, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    kari.post(EMAIL, {"email": NEW})
    first = code_in_mail()
    kari.post(EMAIL, {"email": NEW})
    answers = [kari.post(CODE, {"code": code}).context["form"].errors for code in [first] + ["BCDF-2345"] * 10]
    assert "not the code" in str(answers[0])
    assert "many tries" in str(answers[-1])
    monkeypatch.setattr(new_address.time, "time", lambda: 9e9)
    assert kari.post(CODE, {"code": code_in_mail()}).url == EMAIL
    assert User.objects.get().email == "old@example.example"


def test_an_address_of_another_account_is_told_to_its_owner_alone(kari: Client, person: Person) -> None:
    other = UserFactory(email=NEW)
    assert kari.post(EMAIL, {"email": NEW}).url == CODE
    page = kari.post(CODE, {"code": code_in_mail()}, follow=True).content.decode()
    assert "opens another account" in page
    assert set(User.objects.values_list("pk", "email")) == {
        (other.pk, NEW), (person.user.pk, "old@example.example"),
    }  # fmt: skip


def test_the_address_of_the_other_adult_is_not_ones_own(kari: Client, person: Person) -> None:
    PersonFactory(household=person.household, position=1, email=NEW)
    assert list(kari.post(EMAIL, {"email": NEW}).context["form"].errors) == ["email"]
    assert not Message.objects.exists()


def test_an_address_that_the_office_corrects_is_asked_first(client: Client, person: Person) -> None:
    """The account stays with the old address, and the new one belongs here when its owner has said so."""
    client.force_login(StaffRoleFactory(user=UserFactory(email="office@gol.example")).user)
    Preferences.objects.create(household=person.household, segment="Two")  # its form has a row then
    page = office_page(person.household)
    answer = client.post(page, as_shown(client, page) | {"persons-0-email": NEW})
    assert answer.status_code == 302
    account = person.user
    person.refresh_from_db()
    assert (person.email, person.user) == (NEW, None)
    assert {message.kind: message.recipient for message in Message.objects.all()} == {
        "address_changed": account.email, "registered_with_others": NEW,
    }  # fmt: skip
    assert list(members.invitations(User.objects.get(email=NEW), person.household.municipality)) == [person]


def test_saving_the_same_address_detaches_nobody(person: Person) -> None:
    person.email = "OLD@example.example"
    members.address_corrected(person, by=UserFactory(), on=TODAY)
    assert Person.objects.get().user == person.user
    assert Household.objects.get().version == 1
