"""The one way in: a code by e-mail; for staff a second factor as well. Nobody has a password, nobody signs up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.tasks import clear_sessions
from portal.municipalities.enums import Role
from portal.outbox.models import Message
from tests.accounts.signing_in import ASK, CONFIRM, EMAIL, add_second_factor, code_in_mail, sign_in, totp, who
from tests.factories import MunicipalityFactory, PersonFactory, StaffRoleFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora() -> User:
    user = UserFactory(email=EMAIL, name="Nora Nymoen")
    PersonFactory(user=user, email=EMAIL)
    return user


# --- The code ---


def test_a_closed_page_leads_to_sign_in_and_the_code_back_to_it(client: Client, nora: User) -> None:
    page = client.get("/en/gol/my/", follow=True)
    where, _status = page.redirect_chain[-1]
    assert where == "/en/account/login/?next=/en/gol/my/"
    assert 'name="next" value="/en/gol/my/"' in page.content.decode()
    asked = client.post("/en/account/login/", {"login": EMAIL, "next": "/en/gol/my/"}, follow=True)
    assert asked.redirect_chain[-1][0].startswith(CONFIRM)
    inside = client.post(asked.redirect_chain[-1][0], {"code": code_in_mail(), "next": "/en/gol/my/"}, follow=True)
    assert inside.redirect_chain[-1][0] == "/en/gol/my/"
    assert who(client) == str(nora.pk)


def test_every_page_of_the_way_has_no_password_and_no_third_way(client: Client, nora: User) -> None:
    pages = [client.get("/en/account/login/").content.decode(), client.get(ASK).content.decode()]
    client.post(ASK, {"email": EMAIL})
    pages.append(client.get(CONFIRM).content.decode())
    for page in pages:
        assert 'type="password"' not in page
        assert "/signup/" not in page
        assert page.count("<h1") == 1


def test_the_code_is_typed_as_people_type(client: Client, nora: User) -> None:
    client.post(ASK, {"email": EMAIL})
    client.post(CONFIRM, {"code": f" {code_in_mail().lower().replace('-', ' ')} "})
    assert who(client) == str(nora.pk)


def test_a_code_works_once_and_in_its_own_browser(client: Client, nora: User) -> None:
    client.post(ASK, {"email": EMAIL})
    code, thief = code_in_mail(), Client()
    thief.get(CONFIRM)
    thief.post(CONFIRM, {"code": code})
    assert who(thief) is None
    client.post(CONFIRM, {"code": code})
    assert who(client)
    client.post("/en/account/logout/")
    client.post(CONFIRM, {"code": code})
    assert who(client) is None


def test_capitals_in_the_address_are_the_same_person(client: Client, nora: User) -> None:
    sign_in(client, "NORA@Nora.Example")
    assert who(client) == str(nora.pk)
    assert User.objects.count() == 1


def test_the_database_holds_each_address_once_however_it_is_written(nora: User) -> None:
    assert User.objects.for_email(" Nora@NORA.example ") == nora
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="NORA@nora.example")])


def test_wrong_codes_end_the_attempt(client: Client, nora: User) -> None:
    client.post(ASK, {"email": EMAIL})
    code = code_in_mail()
    for _attempt in range(3):
        client.post(CONFIRM, {"code": "AAAA-AAAA"})
    client.post(CONFIRM, {"code": code})
    assert who(client) is None


def test_asking_for_codes_has_a_limit(client: Client, nora: User) -> None:
    for _attempt in range(12):
        client.post(ASK, {"email": EMAIL})
    assert Message.objects.count() < 12


def test_who_may_not_sign_in_does_not(client: Client, nora: User) -> None:
    User.objects.filter(pk=nora.pk).update(is_active=False)
    client.post(ASK, {"email": EMAIL})
    for message in Message.objects.all():
        for code in re.findall(r"(?m)^[A-Z0-9]{4}-[A-Z0-9]{4}$", message.text):
            client.post(CONFIRM, {"code": code})
    assert who(client) is None


# --- Strangers ---


def without_token(answer: HttpResponse) -> str:
    return re.sub(r'value="[^"]{64}"', "", answer.content.decode())


def test_nobody_learns_whether_an_address_is_known(nora: User) -> None:
    answers = []
    for email in [EMAIL, "nobody@nora.example"]:
        cache.clear()
        browser = Client()
        asked = browser.post(ASK, {"email": email}, follow=True)
        wrong = browser.post(CONFIRM, {"code": "AAAA-AAAA"})
        pages = [without_token(answer).replace(email, "X") for answer in (asked, wrong)]
        answers.append((asked.redirect_chain, asked.status_code, wrong.status_code, pages))
    assert answers[0] == answers[1]


def test_a_stranger_gets_no_account_and_no_code(client: Client) -> None:
    client.post(ASK, {"email": "nobody@nora.example"})
    assert User.objects.count() == 0
    assert not re.search(r"(?m)^[A-Z0-9]{4}-[A-Z0-9]{4}$", Message.objects.get().text)


@pytest.mark.parametrize(
    "page",
    ["signup/", "password/change/", "password/set/", "password/reset/", "password/reset/done/", "email/",
     "confirm-email/", "confirm-email/abc/"],
)  # fmt: skip
def test_there_is_no_page_for_signing_up_passwords_or_addresses(nora: User, page: str) -> None:
    for browser in [Client(), Client()]:
        for language in ["nb", "nn", "en"]:
            assert browser.get(f"/{language}/account/{page}").status_code == 404
            assert browser.post(f"/{language}/account/{page}", {"email": "new@new.example"}).status_code == 404
        browser.force_login(nora, backend="django.contrib.auth.backends.ModelBackend")
    assert User.objects.count() == 1


def test_a_password_opens_nothing(client: Client, nora: User) -> None:
    nora.set_password("hemmelig-hemmelig")
    nora.save()
    client.post("/en/account/login/", {"login": EMAIL, "password": "hemmelig-hemmelig"})
    assert who(client) is None


def test_signing_in_leads_to_no_other_site(client: Client, nora: User) -> None:
    assert "evil" not in sign_in(client, next="https://evil.example/")["Location"]


def test_signing_out_needs_a_press(client: Client, nora: User) -> None:
    sign_in(client)
    client.get("/en/account/logout/")
    assert who(client)
    assert client.post("/en/account/logout/").status_code == 302
    assert who(client) is None


def test_a_sign_in_that_ran_out_is_forgotten(client: Client, nora: User) -> None:
    sign_in(client)
    clear_sessions()
    assert who(client)
    Session.objects.update(expire_date=timezone.now())
    clear_sessions()
    assert not Session.objects.exists()


# --- Staff ---


@pytest.fixture
def officer(settings: Any) -> User:
    settings.STAFF_SECOND_FACTOR = True
    gol = MunicipalityFactory(gol=True)
    return StaffRoleFactory(
        user=UserFactory(email=EMAIL, language="en"), municipality=gol, role=Role.SERVICE_OFFICER
    ).user


# What the library tells when a factor was added, it tells after the commit.
commits = pytest.mark.django_db(transaction=True)


@commits
def test_staff_are_asked_for_a_second_factor_before_the_office_opens(client: Client, officer: User) -> None:
    sign_in(client)
    refused = client.get("/admin/", follow=True)
    assert refused.redirect_chain[-1][0] == "/en/account/2fa/"
    assert b"Staff need a second factor" in refused.content
    add_second_factor(client)
    assert client.get("/admin/").status_code == 200


def test_a_wrong_code_adds_no_second_factor(client: Client, officer: User) -> None:
    sign_in(client)
    client.get(reverse("mfa_activate_totp"))
    client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert not Authenticator.objects.exists()
    assert client.get("/admin/").status_code == 302


@commits
def test_staff_with_a_second_factor_need_both_from_then_on(officer: User) -> None:
    first = Client()
    sign_in(first)
    secret = add_second_factor(first)
    later = Client()
    answer = sign_in(later)
    assert answer["Location"].startswith("/en/account/2fa/authenticate/")
    assert who(later) is None
    assert later.get("/admin/").status_code == 302
    authenticate = reverse("mfa_authenticate")
    later.post(authenticate, {"code": "000000"})
    assert who(later) is None
    later.post(authenticate, {"code": totp(secret)})
    assert who(later) == str(officer.pk)
    assert later.get("/admin/").status_code == 200


@commits
def test_a_session_from_before_the_second_factor_does_not_open_the_office(officer: User) -> None:
    """It may be that of somebody who only reads the mail."""
    older, own = Client(), Client()
    sign_in(older)
    cache.clear()
    sign_in(own)
    secret = add_second_factor(own)
    asked = older.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == "/en/account/2fa/reauthenticate/?next=/admin/"
    assert older.get(reverse("admin:newcomers_household_changelist")).status_code == 302
    answer = older.post(asked.redirect_chain[-1][0], {"code": totp(secret)})
    assert answer["Location"] == "/admin/"
    assert older.get("/admin/").status_code == 200


@commits
def test_a_second_factor_is_added_also_long_after_signing_in(client: Client, officer: User) -> None:
    """There is no password to ask for again."""
    sign_in(client)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 24 * 3600
    session.save()
    add_second_factor(client)
    assert client.get("/admin/").status_code == 200


def test_a_newcomer_needs_no_second_factor(client: Client, nora: User, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    sign_in(client)
    assert client.get("/en/gol/my/").status_code == 200


@commits
def test_the_office_has_no_door_of_its_own(client: Client, officer: User) -> None:
    assert client.get("/admin/login/", follow=True).redirect_chain[-1][0].startswith("/nb/account/login/")
    assert client.post("/admin/login/", {"username": EMAIL, "password": "x"}).status_code == 302
    assert who(client) is None
    sign_in(client)
    add_second_factor(client)
    assert client.get("/admin/password_change/").status_code == 404


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn"])
def test_the_pages_of_the_second_factor_open_and_ask_for_no_password(client: Client, officer: User, name: str) -> None:
    sign_in(client)
    answer = client.get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert b'type="password"' not in answer.content
