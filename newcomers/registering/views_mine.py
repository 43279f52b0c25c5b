"""Registrations that wait for the owner of the address somebody typed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from newcomers.forms import address_line
from newcomers.models import Registration
from newcomers.registering import services as registering
from newcomers.registering.signals import finish
from portal.municipalities.middleware import SignedInRequest


@never_cache
def mine(request: SignedInRequest) -> HttpResponse:
    """What was typed with this account's address, but in no browser we know to be theirs. Two buttons, one by one."""
    waiting = registering.pending(request.user.email).filter(municipality=request.municipality)
    if request.method == "POST" and (chosen := _uuid(request.POST.get("registration"))):
        _answer(request, waiting.filter(pk=chosen).first())
    found = waiting.first()
    if found is None:
        return redirect("newcomers:my_page", request.municipality.slug)
    adults = ", ".join(adult["name"] for adult in found.answers["adults"])
    address = address_line(*(found.answers[name] for name in ("street", "postcode", "city")))
    facts = [
        {"label": _("Adults"), "value": adults},
        {"label": _("Address"), "value": address},
    ]
    return render(request, "newcomers/register_mine.html", {"registration": found, "facts": facts})


def _answer(request: SignedInRequest, registration: Registration | None) -> None:
    """Nothing is left to do where it was answered before, as when a button is pressed twice."""
    answer = request.POST.get("answer")
    if registration and answer == "yes":
        finish(request, request.user, only={registration.pk})
    elif registration and answer == "no":
        registering.disown(user=request.user, registration=registration)
        messages.success(request, _("What was typed with your address is deleted."))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
