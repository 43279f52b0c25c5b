"""Signing in with a code shows that the address is theirs: what they registered with it is finished then."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers.models import Registration
from newcomers.registering import services as registering
from portal import clock
from portal.accounts.models import User

# Which draft this browser is writing in each municipality, by its slug (newcomers.registering.views).
SESSION_KEY = "registering"


def finish_registrations(request: HttpRequest, user: User, response: HttpResponse | None = None, **kwargs: Any) -> None:
    """Settle what was typed in this browser; of what was typed elsewhere with the same address, ask if it is theirs.

    Anybody can type an address. Without the question a stranger's answers would become this account's household.
    """
    addresses = {
        r["email"].lower() for r in get_authentication_records(request, user) if r["method"] == "code" and "email" in r
    }
    typed_here = {UUID(pk) for pk in request.session.get(SESSION_KEY, {}).values()}
    confirmed: list[Registration] = []
    for email in addresses:
        confirmed += finish(request, user, only=typed_here, email=email)
    if response is None:
        return
    waiting = registering.pending(user.email).filter(municipality__is_active=True).first()
    if waiting:
        response["Location"] = reverse("newcomers:register_mine", args=[waiting.municipality.slug])
    elif confirmed:
        # Whoever lost the page on the way still lands where they were going.
        response["Location"] = reverse("newcomers:my_page", args=[confirmed[-1].municipality.slug])


def finish(request: HttpRequest, user: User, *, only: Collection[UUID], email: str = "") -> list[Registration]:
    """Settle these registrations, say what came of each, and forget the drafts in this browser."""
    confirmed = registering.confirm_registrations(user=user, only=only, email=email, on=clock.today())
    done = {str(registration.pk) for registration in confirmed}
    drafts = request.session.get(SESSION_KEY, {})
    if done & set(drafts.values()):
        request.session[SESSION_KEY] = {slug: pk for slug, pk in drafts.items() if pk not in done}
    for registration in confirmed:
        _say_what_came_of(request, registration)
    return confirmed


def _say_what_came_of(request: HttpRequest, registration: Registration) -> None:
    if registration.household:
        messages.success(request, _("Welcome! You are registered."))
    else:
        messages.info(request, _("Thank you. The service office looks at your registration, and gets back to you."))
