"""An account's own page: where it is signed in, and what opens it."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.flows.logout import logout
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import sessions
from portal.accounts.adapter import PENDING_KEY, connect_pending, pending_of
from portal.accounts.models import User


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    context = {
        "sessions": sessions.open_sessions(user),
        "current_key": request.session.session_key,
        "connections": _connections(request, user),
        "has_second_factor": is_mfa_enabled(user),
    }
    return render(request, "account/account.html", context)


def _connections(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    """Each way in besides the code: those that are on, and those that were once and are still connected."""
    ways = {provider.app.provider_id: provider for provider in get_adapter(request).list_providers(request)}
    own = {one.provider: one for one in SocialAccount.objects.filter(user=user).order_by("pk")}
    return [
        {"id": name, "name": str(ways.get(name, name)), "account": own.get(name), "is_on": name in ways}
        for name in dict.fromkeys([*ways, *own])
    ]


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out somewhere; here, too."""
    user = cast(User, request.user)
    session = get_object_or_404(sessions.open_sessions(user), pk=session_id)
    if session.session_key == request.session.session_key:
        logout(request)
        return redirect("home")
    sessions.end(sessions=UserSession.objects.filter(pk=session.pk), by=user)
    messages.success(request, _("You are signed out there."))
    return redirect("account")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    others = sessions.open_sessions(user).exclude(session_key=request.session.session_key)
    count = sessions.end(sessions=others, by=user)
    text = ngettext("You are signed out in one other place.", "You are signed out in %(count)d other places.", count)
    messages.success(request, text % {"count": count})
    return redirect("account")


@require_POST
def disconnect(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The code by e-mail always remains, so nobody locks themselves out."""
    own = SocialAccount.objects.filter(user=cast(User, request.user), provider=provider_id)
    get_object_or_404(own[:1])
    own.delete()
    messages.success(request, _("It no longer opens this account. You sign in with a code by e-mail."))
    return redirect("account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    """Somebody was let in by ID-porten or Entra ID before they signed in by code: may that open the account?"""
    pending = pending_of(request)
    if request.method == "POST":
        connect_pending(request, cast(User, request.user))
    elif pending:
        return render(request, "account/connect.html", {"pending": pending})
    return redirect(pending.get("next", "account") if pending else "account")


@login_not_required
@require_POST
def forget_pending(request: HttpRequest) -> HttpResponse:
    """Somebody else was at ID-porten in this browser, or they changed their mind."""
    pending = request.session.pop(PENDING_KEY, {})
    return redirect(pending.get("next", "account_login"))
