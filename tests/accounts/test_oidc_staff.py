"""ID-porten and Entra ID for those who work here, and how the two are turned on."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client

from portal.accounts.connectors import from_environment, second_factor_from
from portal.accounts.models import User
from portal.municipalities.enums import Role
from tests.accounts.oidc_server import OidcServer
from tests.accounts.signing_in import EMAIL, add_second_factor, connect, go, sign_in, totp, who
from tests.factories import MunicipalityFactory, PersonFactory, StaffRoleFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora() -> User:
    user = UserFactory(email=EMAIL, language="en")
    PersonFactory(user=user, email=EMAIL)
    return user


@pytest.fixture
def officer(settings: Any) -> User:
    settings.STAFF_SECOND_FACTOR = True
    gol = MunicipalityFactory(gol=True)
    user = UserFactory(email="kari@gol.example", language="en")
    StaffRoleFactory(user=user, municipality=gol, role=Role.SERVICE_OFFICER)
    return user


# --- Those who work here ---

commits = pytest.mark.django_db(transaction=True)


def test_entra_is_for_staff_of_this_tenant(client: Client, officer: User, connectors: OidcServer) -> None:
    connectors.claims |= {"tid": "tenant-of-gol", "email": "kari@gol.example"}
    connect(client, officer.email, "entra")
    assert SocialAccount.objects.get().user == officer
    connectors.claims |= {"tid": "another-tenant"}
    later = Client()
    answer = go(later, "entra")
    assert b"belongs to another organisation" in answer.content
    assert who(later) is None


def test_entra_without_a_tenant_in_the_token_opens_nothing(
    client: Client, officer: User, connectors: OidcServer
) -> None:
    assert go(client, "entra").status_code == 401
    assert who(client) is None


def test_entra_is_not_for_newcomers(client: Client, nora: User, connectors: OidcServer) -> None:
    connectors.claims |= {"tid": "tenant-of-gol"}
    connect(client, EMAIL, "entra")
    assert not SocialAccount.objects.exists()
    assert who(client) == str(nora.pk)


def test_who_left_the_office_does_not_come_in_by_entra(client: Client, officer: User, connectors: OidcServer) -> None:
    connectors.claims |= {"tid": "tenant-of-gol"}
    connect(client, officer.email, "entra")
    officer.staff_roles.all().delete()
    later = Client()
    answer = go(later, "entra")
    assert b"for those who work here" in answer.content
    assert who(later) is None


@pytest.mark.parametrize("provider", ["idporten", "entra"])
def test_two_factors_there_do_not_open_the_office_unless_the_installation_says_so(
    client: Client, officer: User, connectors: OidcServer, settings: Any, provider: str
) -> None:
    connectors.claims |= {"tid": "tenant-of-gol", "amr": ["pwd", "mfa"]}
    connect(client, officer.email, provider)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/en/account/2fa/"

    settings.SECOND_FACTOR_FROM = [provider]
    later = Client()
    go(later, provider)
    assert later.get("/admin/").status_code == 200
    by_mail = Client()
    sign_in(by_mail, officer.email)
    assert by_mail.get("/admin/").status_code == 302

    # From one minute to the next: also for those who are in.
    settings.SECOND_FACTOR_FROM = []
    assert later.get("/admin/").status_code == 302


def test_one_factor_at_entra_is_one_factor(
    client: Client, officer: User, connectors: OidcServer, settings: Any
) -> None:
    settings.SECOND_FACTOR_FROM = ["entra"]
    connectors.claims |= {"tid": "tenant-of-gol", "amr": ["pwd"]}
    connect(client, officer.email, "entra")
    go(client, "entra")
    assert who(client) == str(officer.pk)
    assert client.get("/admin/").status_code == 302


@commits
def test_an_own_second_factor_is_asked_for_also_after_id_porten(officer: User, connectors: OidcServer) -> None:
    first = Client()
    connect(first, officer.email)
    secret = add_second_factor(first)
    later = Client()
    answer = go(later)
    assert answer["Location"].startswith("/en/account/2fa/authenticate/")
    assert who(later) is None
    later.post(answer["Location"], {"code": totp(secret)})
    assert later.get("/admin/").status_code == 200


# --- Configuration ---


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ["IDPORTEN_CLIENT_ID", "IDPORTEN_CLIENT_SECRET", "ENTRA_TENANT_ID", "ENTRA_CLIENT_ID",
                 "ENTRA_CLIENT_SECRET", "IDPORTEN_ACR", "IDPORTEN_URL", "SECOND_FACTOR_FROM"]:  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # which the browser tests set, and the check refuses
    return monkeypatch


def test_the_code_by_mail_is_still_the_way_in_for_all(client: Client, nora: User, connectors: OidcServer) -> None:
    sign_in(client)
    assert who(client) == str(nora.pk)


def test_half_a_configuration_turns_nothing_on_and_the_check_says_what_is_missing(
    environment: pytest.MonkeyPatch, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert from_environment() == []
    environment.setenv("IDPORTEN_CLIENT_ID", "x")
    environment.setenv("ENTRA_TENANT_ID", "t")
    environment.setenv("ENTRA_CLIENT_ID", "x")
    assert from_environment() == []
    with pytest.raises(Exception, match="idporten is half set up: IDPORTEN_CLIENT_SECRET is missing") as error:
        call_command("check", "--deploy")
    assert "entra is half set up: ENTRA_CLIENT_SECRET is missing" in str(error.value)

    environment.setenv("IDPORTEN_CLIENT_SECRET", "s")
    environment.setenv("ENTRA_CLIENT_SECRET", "s")
    on = {app["provider_id"]: app["settings"] for app in from_environment()}
    assert on["idporten"]["server_url"] == "https://idporten.no"
    assert on["idporten"]["accepted_acr"] == ("idporten-loa-substantial", "idporten-loa-high")
    assert on["entra"]["server_url"] == "https://login.microsoftonline.com/t/v2.0"
    settings.SECOND_FACTOR_FROM = ["entra"]
    call_command("check", "--deploy")
    assert "SECOND_FACTOR_FROM names entra, which is off" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("IDPORTEN_ACR", "Level4", "write one of idporten-loa-low"),
        ("IDPORTEN_URL", "http://idporten.no", "begins with https://"),
        ("SECOND_FACTOR_FROM", "bankid", "write idporten, entra or both"),
    ],
)
def test_a_value_nobody_knows_is_said_at_the_start(
    environment: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    environment.setenv("IDPORTEN_CLIENT_ID", "x")
    environment.setenv("IDPORTEN_CLIENT_SECRET", "s")
    environment.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=says):
        second_factor_from() if name == "SECOND_FACTOR_FROM" else from_environment()
