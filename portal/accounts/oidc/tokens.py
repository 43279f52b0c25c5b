"""The answer of ID-porten or Entra ID: fetched, its signature and claims checked, and then forgotten but for `sub`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from portal.accounts.oidc.provider import Provider

ALGORITHMS = ["RS256", "PS256", "ES256"]
CLOCK_SKEW = 30  # seconds between their clock and ours
CONFIGURATION_SECONDS = 60 * 60
ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class Refused(OAuth2Error):
    """Somebody signed in there, but not in a way that opens the portal. The message is a word for the page."""


class Adapter(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self) -> dict[str, Any]:
        """Where the server's doors are, asked for once an hour."""
        url = self.get_provider().server_url
        found = cache.get_or_set(f"oidc:{url}", lambda: self._fetch(url), CONFIGURATION_SECONDS) or {}
        if not all(name in found for name in ENDPOINTS):
            raise OAuth2Error("The server's configuration is not complete.")
        return found

    def _fetch(self, url: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(url)
            answer.raise_for_status()
            content: dict[str, Any] = answer.json()
        return content

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        from portal.accounts.oidc.provider import nonce_of  # which knows this module

        claims = self._claims(app, kwargs["response"].get("id_token") or "")
        if not constant_time_compare(str(claims.get("nonce", "")), nonce_of(request.GET.get("state", ""))):
            raise OAuth2Error("The token belongs to another attempt.")
        refuse_wrong(app.settings, claims)
        provider: Provider = self.get_provider()
        login: SocialLogin = provider.sociallogin_from_response(request, {"id_token": {"sub": claims["sub"]}})
        login.is_strong = is_strong(app.settings, claims)
        return login

    def _claims(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """What the token says, once signature, issuer, audience and time hold."""
        try:
            return jwt.decode(
                id_token,
                self._key(jwt.get_unverified_header(id_token).get("kid")),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCK_SKEW,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except jwt.PyJWTError as error:
            # Without its text, which may repeat what the token says.
            raise OAuth2Error(type(error).__name__) from None

    def _key(self, kid: str | None) -> jwt.PyJWK:
        for key in self._fetch(self.openid_config["jwks_uri"]).get("keys", []):
            if key.get("kid") == kid and key.get("use", "sig") == "sig":
                return jwt.PyJWK(key)
        raise OAuth2Error("The token is signed with a key the server does not know.")


def refuse_wrong(wanted: dict[str, Any], claims: dict[str, Any]) -> None:
    """Refuse a level below the one asked for, another tenant, and a `sub` that is no pseudonym."""
    if "accepted_acr" in wanted and claims.get("acr") not in wanted["accepted_acr"]:
        raise Refused("level")
    if "tenant" in wanted and claims.get("tid") != wanted["tenant"]:
        raise Refused("tenant")
    if re.search(r"(?<!\d)\d{11}(?!\d)", claims["sub"]):
        raise Refused("sub")


def is_strong(wanted: dict[str, Any], claims: dict[str, Any]) -> bool:
    """Whether they showed two factors there; what it is good for here, SECOND_FACTOR_FROM says."""
    amr = claims.get("amr") or []
    return claims.get("acr") in wanted.get("strong_acr", ()) or any(way in amr for way in wanted.get("strong_amr", ()))
