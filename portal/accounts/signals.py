"""What follows when somebody signs in, or adds a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from portal.accounts import adapter, sessions
from portal.accounts.models import User


def note_second_factor(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """They have just shown that it is theirs: the session they are in needs no second question."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        sessions.limit(request, user)  # they may have got their role since they signed in


def note_way_in(request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **kwargs: Any) -> None:
    """From ID-porten or Entra ID two factors may count, and whoever else was there in this browser is forgotten."""
    sessions.limit(request, user)
    if sociallogin:
        request.session.pop(adapter.PENDING_KEY, None)
        is_strong = sociallogin.state["is_strong"]
        adapter.note_second_factor_elsewhere(request, user, sociallogin.account.provider, is_strong)
