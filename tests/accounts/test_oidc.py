"""ID-porten and Entra ID, played by a server of our own: who gets in, who does not, and what stays behind: nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.accounts.connectors import LEVELS
from portal.accounts.models import User
from portal.outbox.models import Message
from tests.accounts.oidc_server import OidcServer
from tests.accounts.signing_in import ASK, EMAIL, at_the_other_place, connect, go, leave, sign_in, who
from tests.factories import MunicipalityFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
# Synthetic, as Tenor makes them: month + 80. Both check digits hold.
PID = "05815299914"
PROBLEM = b"You are not signed in"


@pytest.fixture
def nora() -> User:
    user = UserFactory(email=EMAIL, name="Nora Nymoen", language="en")
    PersonFactory(user=user, email=EMAIL, household__municipality=MunicipalityFactory(gol=True))
    return user


# --- On and off ---


def test_without_configuration_there_is_neither_button_nor_door(client: Client, nora: User) -> None:
    page = client.get("/en/account/login/").content.decode()
    assert "/oidc/" not in page
    assert "Other ways" not in page
    assert client.post("/en/account/oidc/idporten/login/").status_code == 404
    assert client.get(reverse("openid_connect_callback", args=["idporten"])).status_code == 404


def test_the_sign_in_page_offers_what_is_configured(client: Client, connectors: OidcServer) -> None:
    page = client.get("/en/account/login/?next=/en/gol/my/").content.decode()
    assert "Sign in with ID-porten" in page
    assert "Sign in with Microsoft Entra ID" in page
    ways = re.findall(r'(?s)<form method="post" action="/en/account/oidc/.*?</form>', page)
    assert ['name="next" value="/en/gol/my/"' in form for form in ways] == [True, True]
    assert page.count("<h1") == 1


def test_only_a_press_leads_away(client: Client, connectors: OidcServer) -> None:
    assert client.get("/en/account/oidc/idporten/login/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/en/account/oidc/idporten/login/").status_code == 403


def test_the_page_on_the_way_out_says_where_and_asks_for_what_the_rules_ask(
    client: Client, connectors: OidcServer
) -> None:
    page = client.post("/en/account/oidc/idporten/login/")
    assert b"On to ID-porten" in page.content
    assert "form-action 'self'" in page["Content-Security-Policy"]
    go(client)
    (query,) = connectors.asked
    assert query["scope"] == "openid"
    assert query["acr_values"] == "idporten-loa-substantial"
    assert query["ui_locales"] == "en"
    assert len(query["state"]) >= 16
    assert len(query["nonce"]) >= 16
    assert query["redirect_uri"] == "http://testserver/account/oidc/idporten/login/callback/"


# --- The first time, and after ---


def test_the_first_time_the_code_by_mail_shows_whose_account_it_is(
    client: Client, nora: User, connectors: OidcServer
) -> None:
    back = go(client)
    assert back["Location"] == "/en/account/login/"
    assert who(client) is None
    page = client.get("/en/account/login/").content.decode()
    assert "One step left after ID-porten" in page
    assert sign_in(client)["Location"] == "/en/account/connect/"
    assert who(client) == str(nora.pk)
    question = client.get("/en/account/connect/").content.decode()
    assert "Connect ID-porten?" in question
    assert question.count("<h1") == 1
    assert not SocialAccount.objects.exists()
    done = client.post("/en/account/connect/", follow=True)
    assert done.redirect_chain == [("/en/gol/my/", 302)]
    assert "From now on you can sign in with ID-porten" in done.content.decode()
    told = Message.objects.filter(recipient=EMAIL).latest("created_at")
    assert told.subject == "ID-porten now opens your account"
    assert "/en/account/" in told.text

    later = Client()
    assert go(later)["Location"] == "/en/gol/my/"
    assert who(later) == str(nora.pk)
    assert User.objects.count() == 1


def test_afterwards_it_leads_to_the_page_that_was_asked_for(client: Client, nora: User, connectors: OidcServer) -> None:
    connect(client)
    assert go(Client(), next="/en/gol/my/edit/")["Location"] == "/en/gol/my/edit/"
    assert "evil" not in go(Client(), next="https://evil.example/")["Location"]


def test_who_has_no_account_here_gets_none(client: Client, connectors: OidcServer) -> None:
    go(client)
    client.post(ASK, {"email": "nobody@nora.example"})
    assert User.objects.count() == 0
    assert SocialAccount.objects.count() == 0


def test_an_address_in_the_token_opens_nothing(client: Client, nora: User, connectors: OidcServer) -> None:
    connectors.claims |= {"email": EMAIL, "email_verified": True, "preferred_username": EMAIL}
    go(client)
    assert who(client) is None
    assert not SocialAccount.objects.exists()


def test_who_says_it_was_not_them_is_not_connected(client: Client, nora: User, connectors: OidcServer) -> None:
    """Somebody else was at ID-porten in the library's browser before them."""
    go(client)
    client.post("/en/account/start-afresh/")
    assert "One step left" not in client.get("/en/account/login/").content.decode()
    sign_in(client)
    client.post("/en/account/connect/")
    assert not SocialAccount.objects.exists()


def test_without_the_press_nobody_is_connected(client: Client, nora: User, connectors: OidcServer) -> None:
    """The code alone says whose account it is, not who was at ID-porten before in the same browser."""
    go(client)
    sign_in(client, next="/en/gol/my/edit/")
    client.get("/en/account/connect/")
    assert not SocialAccount.objects.exists()
    assert client.post("/en/account/start-afresh/")["Location"] == "/en/gol/my/edit/"
    assert client.get("/en/account/connect/")["Location"] == "/en/account/"
    client.post("/en/account/connect/")
    assert not SocialAccount.objects.exists()


def test_who_comes_in_there_is_not_asked_about_somebody_else(
    client: Client, nora: User, connectors: OidcServer
) -> None:
    connect(Client())
    connectors.claims |= {"sub": "pairwise-of-ola"}
    go(client)
    connectors.claims |= {"sub": "pairwise-of-nora"}
    assert go(client)["Location"] == "/en/gol/my/"
    assert client.get("/en/account/connect/")["Location"] == "/en/account/"


def test_after_ten_minutes_it_is_not_connected(client: Client, nora: User, connectors: OidcServer) -> None:
    go(client)
    session = client.session
    session["pending_connection"] |= {"at": session["pending_connection"]["at"] - 601}
    session.save()
    assert "One step left" not in client.get("/en/account/login/").content.decode()
    assert sign_in(client)["Location"] == "/en/gol/my/"
    assert who(client)
    client.post("/en/account/connect/")
    assert not SocialAccount.objects.exists()


def test_another_persons_identity_is_not_taken_over(client: Client, nora: User, connectors: OidcServer) -> None:
    connect(client)
    other = UserFactory(email="ola@ola.example")
    own = Client()
    sign_in(own, other.email)
    go(own)
    assert SocialAccount.objects.get().user == nora


def test_who_is_signed_in_connects_and_disconnects_on_their_page(
    client: Client, nora: User, connectors: OidcServer
) -> None:
    sign_in(client)
    assert "Use ID-porten as well" in client.get(reverse("account")).content.decode()
    assert go(client)["Location"] == "/en/account/"
    assert "ID-porten opens this account" in client.get("/en/account/").content.decode()
    client.post("/en/account/disconnect/idporten/")
    assert not SocialAccount.objects.exists()
    assert who(client) == str(nora.pk)
    stranger = Client()
    go(stranger)
    assert who(stranger) is None
    assert client.post("/en/account/disconnect/idporten/").status_code == 404


def test_who_may_no_longer_sign_in_does_not_this_way_either(client: Client, nora: User, connectors: OidcServer) -> None:
    connect(client)
    User.objects.filter(pk=nora.pk).update(is_active=False)
    later = Client()
    go(later)
    assert who(later) is None


def test_the_way_back_speaks_the_language_of_the_way_out(client: Client, connectors: OidcServer) -> None:
    page = client.post("/nb/account/oidc/idporten/login/")
    (url,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    back = client.get(at_the_other_place(url.replace("&amp;", "&")), headers={"Accept-Language": "pl"})
    assert back["Location"] == "/nb/account/login/"


# --- What does not get in ---


def refused(client: Client, answer: HttpResponse) -> None:
    assert answer.status_code == 401
    assert PROBLEM in answer.content
    assert who(client) is None
    assert not SocialAccount.objects.exists()
    sign_in(client)
    client.post("/en/account/connect/")
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"token": {"aud": "another-service"}}, id="for another service"),
        pytest.param({"token": {"iss": "https://evil.example"}}, id="by another issuer"),
        pytest.param({"token": {"exp": 1_700_000_000}}, id="run out"),
        pytest.param({"token": {"exp": None}}, id="without an end"),
        pytest.param({"token": {"sub": None}}, id="of nobody"),
        pytest.param({"token": {"nonce": "of-another-attempt"}}, id="of another attempt"),
        pytest.param({"token": {"nonce": None}}, id="without a nonce"),
        pytest.param({"token": {"acr": "idporten-loa-low"}}, id="too low a level"),
        pytest.param({"token": {"acr": None}}, id="no level"),
        pytest.param({"token": {"acr": "Level4"}}, id="an unknown level"),
        pytest.param({"token": {"sub": PID}}, id="an identity number as sub"),
        pytest.param({"key": "other"}, id="signed by another"),
        pytest.param({"alg": "none"}, id="not signed"),
    ],
)
def test_a_token_that_is_wrong_opens_nothing(
    client: Client, nora: User, connectors: OidcServer, wrong: dict[str, Any]
) -> None:
    connectors.wrong = wrong
    refused(client, go(client))


def test_a_visitor_cannot_lower_the_level(client: Client, nora: User, connectors: OidcServer) -> None:
    query = "?auth_params=acr_values%3Didporten-loa-low&scope=profile&process=connect"
    go(client, query=query)
    assert connectors.asked[0]["acr_values"] == "idporten-loa-substantial"
    assert connectors.asked[0]["scope"] == "openid"


def test_nor_by_changing_the_address_on_the_way(client: Client, nora: User, connectors: OidcServer) -> None:
    url = leave(client).replace("idporten-loa-substantial", "idporten-loa-low")
    answer = client.get(at_the_other_place(url))
    assert connectors.asked[0]["acr_values"] == "idporten-loa-low"
    assert b"not safe enough" in answer.content
    refused(client, answer)


def test_a_higher_level_is_as_good(client: Client, nora: User, connectors: OidcServer) -> None:
    connectors.wrong = {"token": {"acr": LEVELS[2]}}
    connect(client)
    assert SocialAccount.objects.get().user == nora


def test_a_wrong_state_opens_nothing(client: Client, nora: User, connectors: OidcServer) -> None:
    path = at_the_other_place(leave(client))
    refused(client, client.get(re.sub(r"state=\w+", "state=invented", path)))


def test_the_answer_to_one_browser_opens_nothing_in_another(nora: User, connectors: OidcServer) -> None:
    path, victim = at_the_other_place(leave(Client())), Client()
    leave(victim)
    refused(victim, victim.get(path))


def test_an_answer_works_once(client: Client, nora: User, connectors: OidcServer) -> None:
    path = at_the_other_place(leave(client))
    client.get(path)
    client.post("/en/account/start-afresh/")
    refused(client, client.get(path, headers={"accept-language": "en"}))


def test_a_code_works_once_even_with_a_new_state(client: Client, nora: User, connectors: OidcServer) -> None:
    first = at_the_other_place(leave(client))
    client.get(first)
    client.post("/en/account/start-afresh/")
    (code,) = re.findall(r"code=([^&]+)", first)
    refused(client, client.get(re.sub(r"code=[^&]+", f"code={code}", at_the_other_place(leave(client)))))


def test_somebody_elses_code_does_not_fit_into_my_attempt(client: Client, nora: User, connectors: OidcServer) -> None:
    (stolen,) = re.findall(r"code=([^&]+)", at_the_other_place(leave(Client())))
    refused(client, client.get(re.sub(r"code=[^&]+", f"code={stolen}", at_the_other_place(leave(client)))))


def test_who_turns_back_there_may_try_again_here(client: Client, connectors: OidcServer) -> None:
    (state,) = re.findall(r"state=(\w+)", leave(client))
    answer = client.get(f"/account/oidc/idporten/login/callback/?error=access_denied&state={state}", follow=True)
    assert answer.redirect_chain[-1][0].endswith("/en/account/login/")
    assert b"You left before you had signed in" in answer.content


def test_when_the_server_is_away_the_page_says_so(client: Client, connectors: OidcServer, settings: Any) -> None:
    for app in settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
        app["settings"]["server_url"] = "http://127.0.0.1:9"
    cache.clear()
    answer = client.post("/en/account/oidc/idporten/login/")
    assert answer.status_code == 401
    assert PROBLEM in answer.content


# --- What stays behind ---


def everything_kept() -> Iterator[tuple[str, str]]:
    """Every value of every row of the database, and what is inside the sessions."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            for name, value in row.items():
                yield f"{model._meta.label}.{name}", str(value)
    for session in Session.objects.all():
        yield "session", str(session.get_decoded())


def test_no_identity_number_is_kept_or_logged(
    client: Client, nora: User, connectors: OidcServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connectors.claims |= {"pid": PID, "name": f"Nora {PID}", "email": EMAIL, "locale": "nb", "amr": ["BankID"]}
    go(client)
    kept = dict(everything_kept())
    assert any("pairwise-of-nora" in value for value in kept.values())
    assert [name for name, value in kept.items() if PID in value or re.search(r"(?<!\d)\d{11}(?!\d)", value)] == []
    sign_in(client)
    client.post("/en/account/connect/")
    go(Client())
    connectors.wrong = {"token": {"acr": "idporten-loa-low"}}
    go(Client())
    connectors.wrong = {"key": "other"}
    go(Client())
    assert SocialAccount.objects.get().extra_data == {}
    assert [name for name, value in everything_kept() if PID in value] == []
    assert not apps.get_model("socialaccount.SocialToken").objects.exists()
    assert PID not in caplog.text
    assert "id_token" not in caplog.text
    assert all(PID not in str(record.__dict__) for record in caplog.records)
