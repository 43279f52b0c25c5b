"""Where somebody is signed in: listed without a network address, and ended with a press."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.sessions import browser_name, open_sessions
from portal.municipalities.enums import Role
from tests.accounts.signing_in import EMAIL, sign_in, who
from tests.factories import PersonFactory, StaffRoleFactory, UserFactory

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1"


@pytest.fixture
def nora() -> User:
    user = UserFactory(email=EMAIL, language="en")
    PersonFactory(user=user, email=EMAIL)
    return user


def browser(user_agent: str, email: str = EMAIL) -> Client:
    client = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR="203.0.113.77")
    sign_in(client, email)
    return client


def session_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_the_page_lists_each_browser_and_neither_address_nor_fingerprint(nora: User) -> None:
    home, phone = browser(FIREFOX), browser(PHONE)
    page = home.get("/en/account/").content.decode()
    assert "Firefox, Windows" in page
    assert "Safari, iPhone" in page
    assert "203.0.113.77" not in page
    kept = str([list(UserSession.objects.values()), [s.get_decoded() for s in Session.objects.all()]])
    assert "203.0.113.77" not in kept
    assert "Gecko" not in kept
    assert phone.get("/en/account/").status_code == 200


def test_a_browser_is_signed_out_from_another(nora: User) -> None:
    home, phone = browser(FIREFOX), browser(PHONE)
    answer = home.post(f"/en/account/sign-out/{session_of(phone).pk}/", follow=True)
    assert "You are signed out there" in answer.content.decode()
    assert "Safari, iPhone" not in home.get("/en/account/").content.decode()
    assert phone.get("/en/account/").status_code == 302
    assert home.get("/en/account/").status_code == 200


def test_everywhere_else_at_once(nora: User) -> None:
    home, phone, tablet = browser(FIREFOX), browser(PHONE), browser(PHONE)
    answer = home.post("/en/account/sign-out-elsewhere/", follow=True)
    assert "You are signed out in 2 other places" in answer.content.decode()
    assert [one.get("/en/account/").status_code for one in (home, phone, tablet)] == [200, 302, 302]


def test_ending_this_one_signs_out_here(nora: User) -> None:
    home = browser(FIREFOX)
    home.post(f"/en/account/sign-out/{session_of(home).pk}/")
    assert who(home) is None


def test_nobody_ends_or_sees_the_sessions_of_others(nora: User) -> None:
    own = browser(FIREFOX)
    stranger = browser(PHONE, UserFactory(email="ola@ola.example").email)
    assert stranger.post(f"/en/account/sign-out/{session_of(own).pk}/").status_code == 404
    stranger.post("/en/account/sign-out-elsewhere/")
    assert own.get("/en/account/").status_code == 200
    assert "Firefox" not in stranger.get("/en/account/").content.decode()
    assert Client().get("/en/account/").status_code == 302


def test_only_a_press_ends_anything(nora: User) -> None:
    home = browser(FIREFOX)
    for path in [f"sign-out/{session_of(home).pk}/", "sign-out-elsewhere/", "disconnect/idporten/", "start-afresh/"]:
        assert home.get(f"/en/account/{path}").status_code == 405
    assert who(home)


def test_the_page_asks_the_same_of_the_database_for_one_browser_and_for_many(
    nora: User, django_assert_max_num_queries: Any
) -> None:
    home = browser(FIREFOX)
    home.get("/en/account/")
    for number in range(30):
        key = f"{number:032d}"
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timezone.timedelta(1))
        UserSession.objects.create(user=nora, session_key=key, ip="127.0.0.1", user_agent=PHONE)
    with django_assert_max_num_queries(8):
        page = home.get("/en/account/").content.decode()
    assert page.count("Safari, iPhone") == 30


def test_what_has_run_out_is_forgotten(nora: User, capsys: pytest.CaptureFixture[str]) -> None:
    browser(FIREFOX)
    Session.objects.update(expire_date=timezone.now())
    call_command("forgetsignins", "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out) == {"sessions": 1, "notes": 1}
    assert UserSession.objects.exists()
    call_command("forgetsignins", "--json")
    assert not UserSession.objects.exists()
    assert not Session.objects.exists()


def test_who_works_here_is_signed_out_after_a_working_day_however_busy(nora: User) -> None:
    officer = StaffRoleFactory(user=UserFactory(email="kari@gol.example"), role=Role.SERVICE_OFFICER).user
    office, home = browser(FIREFOX, officer.email), browser(PHONE)
    for client, longest in [(office, timedelta(hours=10)), (home, timedelta(days=14))]:
        first = Session.objects.get(pk=client.session.session_key).expire_date
        assert timedelta() <= timezone.now() + longest - first < timedelta(minutes=1)
        assert client.cookies["sessionid"]["max-age"] == pytest.approx(longest.total_seconds(), abs=60)
    early = timezone.now() + timedelta(hours=9)
    with patch("django.utils.timezone.now", return_value=early):
        session = office.session
        session["seen"] = 1
        session.save()
        assert "Firefox, Windows" in office.get("/nb/account/").content.decode()
    with patch("django.utils.timezone.now", return_value=early + timedelta(hours=1, minutes=1)):
        assert office.get("/nb/account/").status_code == 302
        assert not open_sessions(officer).exists()
        assert home.get("/en/account/").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge, Mac"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_name_it(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
