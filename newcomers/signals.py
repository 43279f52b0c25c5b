"""Signing in with a code shows that the address is theirs: what they registered with it is finished then."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from newcomers import services_registering
from newcomers.models import Registration
from portal import clock
from portal.accounts.models import User


def finish_registrations(request: HttpRequest, user: User, response: HttpResponse | None = None, **kwargs: Any) -> None:
    addresses = [
        r["email"] for r in get_authentication_records(request, user) if r["method"] == "code" and "email" in r
    ]
    confirmed: list[Registration] = []
    for email in addresses:
        confirmed += services_registering.confirm_registrations(user=user, email=email.lower(), on=clock.today())
    for registration in confirmed:
        say_what_came_of(request, registration)
    if confirmed and response is not None:
        # Whoever lost the page on the way, and signed in later, still lands where they were going.
        response["Location"] = reverse("newcomers:my_page", args=[confirmed[-1].municipality.slug])


def say_what_came_of(request: HttpRequest, registration: Registration) -> None:
    if registration.household:
        messages.success(request, _("Welcome! You are registered."))
    else:
        messages.info(request, _("Thank you. The service office looks at your registration, and gets back to you."))
