"""OpenID Connect as the portal wants it: what is asked for is ours to say, and of the answer only `sub` is kept.

allauth's own lets the visitor add to the question (?scope=, ?auth_params=), believes a token because of where it came
from, and keeps all of it: with ID-porten that would be the identity number.
"""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.crypto import get_random_string
from requests import RequestException

from portal.accounts.oidc.tokens import Adapter

LANGUAGE_KEY = "oidc_language"
# What ID-porten speaks; it takes its own default for all others.
UI_LOCALES = {"nb", "nn", "en", "se"}


def nonce_of(state_id: str) -> str:
    """What ties the token to this attempt in this browser: made from the state, which the session knows."""
    return hashlib.sha256(f"nonce:{state_id}".encode()).hexdigest()


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Adapter

    def redirect_from_request(self, request: HttpRequest) -> HttpResponse:
        """A page that leads on, not a redirect: our policy lets no form end at another site."""
        state_id = get_random_string(32)
        params = self.get_auth_params() | {"nonce": nonce_of(state_id)}
        language = translation.get_language()
        request.session[LANGUAGE_KEY] = language
        if language in UI_LOCALES:
            params["ui_locales"] = language
        answer: HttpResponse
        try:
            answer = self.redirect(
                request, AuthProcess.LOGIN, get_next_redirect_url(request), auth_params=params, state_id=state_id
            )
        except (OAuth2Error, RequestException) as error:
            answer = render_authentication_error(request, self, exception=error)
        if not isinstance(answer, HttpResponseRedirect):
            return answer
        return render(request, "socialaccount/leave.html", {"provider": self, "url": answer.url})

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {}


provider_classes = [Provider]
