"""A passkey from a phone or computer, played by the browser's own virtual authenticator: added, and signed in with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from portal.accounts.models import User
from portal.municipalities.enums import Role
from tests.accounts.signing_in import code_in_mail
from tests.browser.conftest import Calendar
from tests.browser.visitor import Visitor
from tests.factories import MunicipalityFactory, StaffRoleFactory, UserFactory

# A phone that has recognised its owner, and keeps the key.
PHONE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
         "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture
def officer(transactional_db: None, calendar: Calendar, settings: Any) -> User:
    settings.STAFF_SECOND_FACTOR = True
    user = UserFactory(email="kari@gol.example", language="en")
    StaffRoleFactory(user=user, municipality=MunicipalityFactory(gol=True), role=Role.SERVICE_OFFICER)
    return user


def sign_in_by_code(person: Visitor, email: str) -> None:
    person.open("/en/account/login/")
    person.page.locator("input[name=login]").fill(email)
    person.press("Send me a code")
    person.page.locator("input[name=code]").fill(code_in_mail(email))
    person.press("Confirm")


def test_a_passkey_opens_the_office_and_later_the_door(visit: Callable[..., Visitor], officer: User) -> None:
    person = visit(language="en")
    device = person.context.new_cdp_session(person.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})

    sign_in_by_code(person, officer.email)
    assert person.page.url.endswith("/en/account/2fa/")
    person.open("/en/account/2fa/webauthn/add/")
    person.page.locator("input[name=passwordless]").check()
    person.page.locator("#mfa_webauthn_add").click()
    person.page.wait_for_url(re.compile(r"/2fa/(?!webauthn/add)"))
    assert Authenticator.objects.filter(user=officer, type=Authenticator.Type.WEBAUTHN).count() == 1
    person.open("/admin/")

    person.open("/en/account/")
    person.press("Sign out here")
    cache.clear()
    person.open("/en/account/login/")
    person.page.get_by_role("button", name="Sign in with a passkey").click()
    person.page.wait_for_url(f"{person.base_url}/admin/")
    person.check()


def test_without_the_phone_the_passkey_opens_nothing(visit: Callable[..., Visitor], officer: User) -> None:
    thief = visit(language="en")
    device = thief.context.new_cdp_session(thief.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    thief.open("/en/account/login/")
    thief.page.get_by_role("button", name="Sign in with a passkey").click()
    thief.page.locator("#passkey-failed").wait_for(state="visible")
    assert "/account/login/" in thief.open("/admin/").url
