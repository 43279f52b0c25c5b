"""Signing in as a person does: the code from the mail, the second factor from the page that shows its secret."""

from __future__ import annotations

import re

import requests
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.outbox.models import Message

ASK, CONFIRM = "/en/account/login/code/", "/en/account/login/code/confirm/"
EMAIL = "nora@nora.example"


def code_in_mail(email: str = EMAIL) -> str:
    message = Message.objects.filter(recipient=email).latest("created_at")
    (code,) = re.findall(r"(?m)^[A-Z0-9]{4}-[A-Z0-9]{4}$", message.text)
    return str(code)


def sign_in(client: Client, email: str = EMAIL, **more: str) -> HttpResponse:
    client.post(ASK, {"email": email})
    return client.post(CONFIRM, {"code": code_in_mail(email.lower()), **more})


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def totp(secret: str) -> str:
    cache.clear()  # each code counts once, and all of these fall within half a minute
    *_earlier, counter = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counter))


def add_second_factor(client: Client) -> str:
    """As on the page: read the secret, type the code it gives. Returns the secret."""
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": totp(secret)}).status_code == 302
    return str(secret)


# --- At ID-porten and Entra ID ---


def leave(client: Client, provider: str = "idporten", query: str = "", **form: str) -> str:
    """Press the button; the address at the other place that the page leads to."""
    page = client.post(f"/en/account/oidc/{provider}/login/{query}", form)
    (url,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    return str(url).replace("&amp;", "&")


def at_the_other_place(url: str) -> str:
    """As the browser does: over HTTP, and back with what they answer. The path on our side."""
    answer = requests.get(url, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    return answer.headers["Location"].removeprefix("http://testserver")


def go(client: Client, provider: str = "idporten", query: str = "", **form: str) -> HttpResponse:
    return client.get(at_the_other_place(leave(client, provider, query, **form)))


def connect(client: Client, email: str = EMAIL, provider: str = "idporten") -> None:
    """The first time: there, then the code, then the button."""
    go(client, provider)
    sign_in(client, email)
    client.post("/en/account/connect/")
