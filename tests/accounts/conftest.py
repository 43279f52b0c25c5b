"""Signing in as the tests do it: by the mail in the outbox, and at a server of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.accounts.connectors import LEVELS
from tests.accounts.oidc_server import CLIENT_IDS, CLIENT_SECRET, OidcServer


@pytest.fixture(scope="session")
def running_oidc() -> Iterator[OidcServer]:
    server = OidcServer()
    yield server
    server.stop()


@pytest.fixture
def oidc(running_oidc: OidcServer) -> OidcServer:
    """The server, with a day begun afresh."""
    running_oidc.claims, running_oidc.wrong = {"sub": "pairwise-of-nora"}, {}
    running_oidc.codes.clear()
    running_oidc.asked.clear()
    running_oidc.seen.clear()
    return running_oidc


def connector(server: OidcServer, provider_id: str, name: str, **settings: Any) -> dict[str, Any]:
    return {
        "provider_id": provider_id,
        "name": name,
        "client_id": CLIENT_IDS[provider_id],
        "secret": CLIENT_SECRET,
        "settings": {"server_url": server.url, "scope": ["openid"], "token_auth_method": "client_secret_post",
                     "oauth_pkce_enabled": True} | settings,
    }  # fmt: skip


@pytest.fixture
def connectors(oidc: OidcServer, settings: Any) -> OidcServer:
    """ID-porten and Entra ID, both on, both played by the server."""
    idporten = connector(
        oidc, "idporten", "ID-porten", auth_params={"acr_values": LEVELS[1]}, accepted_acr=LEVELS[1:],
        strong_acr=LEVELS[1:],
    )  # fmt: skip
    entra = connector(oidc, "entra", "Microsoft Entra ID", tenant="tenant-of-gol", strong_amr=("mfa",), staff_only=True)
    openid = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": openid | {"APPS": [idporten, entra]}}
    return oidc
