"""Who comes in from ID-porten or Entra ID: an account that already knows them, or one they show to be theirs."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.oidc.tokens import Refused

PENDING_KEY = "pending_connection"
# Whoever was somewhere else that long may not be the same person.
PENDING_SECONDS = 10 * 60


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Nobody signs up here either. No address in a token is believed: the e-mailed code shows whose account it is."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        # In the state, which outlasts a page that asks for a second factor.
        sociallogin.state["is_strong"] = sociallogin.is_strong
        if sociallogin.is_existing:
            if sociallogin.provider.app.settings.get("staff_only") and not sociallogin.user.is_staff:
                raise Refused("staff_only")
            return
        keep_pending(request, sociallogin)
        if isinstance(request.user, User):
            connect_pending(request, request.user)
            raise ImmediateHttpResponse(redirect("account"))
        raise ImmediateHttpResponse(redirect("account_login"))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        if error == AuthError.CANCELLED:
            messages.info(request, _("You left before you had signed in. Try again, or use the code by e-mail."))
            raise ImmediateHttpResponse(redirect("account_login"))


def keep_pending(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Remember, for a few minutes, who was let in there but is known by no account here."""
    request.session[PENDING_KEY] = {
        "provider": sociallogin.account.provider,
        "name": sociallogin.provider.name,
        "uid": sociallogin.account.uid,
        "is_strong": sociallogin.is_strong,
        "at": time.time(),
    }


def pending_of(request: HttpRequest) -> dict[str, Any] | None:
    pending: dict[str, Any] | None = request.session.get(PENDING_KEY)
    return pending if pending and time.time() - pending["at"] < PENDING_SECONDS else None


def ask_first(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """After the code: they are asked whether who was let in there may open their account; then on to `answer`."""
    pending = pending_of(request)
    if pending is None:
        request.session.pop(PENDING_KEY, None)
        return answer
    request.session[PENDING_KEY] = pending | {"next": answer["Location"]}
    return redirect("connect")


def connect_pending(request: HttpRequest, user: User) -> None:
    """They have shown that the account is theirs, and want it: from now on ID-porten or Entra ID opens it."""
    pending = pending_of(request)
    request.session.pop(PENDING_KEY, None)
    if pending is None:
        messages.info(request, _("Too much time has gone by. Sign in there once more."))
        return
    provider = SocialAccountAdapter(request).get_provider(request, pending["provider"])
    if _is_for_staff(provider.app) and not user.is_staff:
        messages.warning(request, _("%(name)s is for those who work here.") % {"name": provider.name})
        return
    account, created = SocialAccount.objects.get_or_create(
        provider=pending["provider"], uid=pending["uid"], defaults={"user": user}
    )
    if account.user_id == user.pk:
        note_second_factor_elsewhere(request, user, pending["provider"], pending["is_strong"])
        messages.success(request, _("From now on you can sign in with %(name)s.") % {"name": provider.name})
    if created:
        _tell_owner(request, user, provider.name)


def _tell_owner(request: HttpRequest, user: User, name: str) -> None:
    """So that nobody gets a way into an account without its owner hearing of it."""
    with translation.override(user.language):
        context = {"name": name, "account_url": settings.SITE_URL + reverse("account")}
        get_account_adapter(request).send_mail("account/email/connected", user.email, context)


def _is_for_staff(app: SocialApp) -> bool:
    return bool(app.settings.get("staff_only"))


def note_second_factor_elsewhere(request: HttpRequest, user: User, provider: str, is_strong: bool) -> None:
    """Two factors there count here where the installation says so."""
    if is_strong and provider in settings.SECOND_FACTOR_FROM:
        record_authentication(request, user, "mfa", provider=provider)
