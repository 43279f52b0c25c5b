"""Another e-mail address: asked for, shown to be theirs by a code, and then the one they sign in with."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from newcomers import members
from newcomers.my_page import new_address
from newcomers.my_page.forms import CodeForm, NewAddressForm
from newcomers.my_page.shared import own_household, own_person_or_404
from portal.municipalities.middleware import SignedInRequest

# An hour: of one account, and to one address. A code has 28 to the power of 8 values.
RATES = {"new_address": "5/h/key", "to_address": "5/h/key", "new_address_code": "10/h/key"}


def email(request: SignedInRequest) -> HttpResponse:
    """Which address; it gets a code. The same answer for every address."""
    form = NewAddressForm(
        request.POST if request.method == "POST" else None,
        household=own_household(request),
        own=own_person_or_404(request),
    )
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        if _has_room(request, "new_address", str(request.user.pk)) and _has_room(request, "to_address", address):
            new_address.ask(request, address)
            return redirect("newcomers:email_code", request.municipality.slug)
        form.add_error(None, _("There have been many tries. Wait an hour, or call the service office."))
    return render(request, "newcomers/my_email.html", {"form": form})


@never_cache
def email_code(request: SignedInRequest) -> HttpResponse:
    """The code; then the account, and what we write to, move to the new address."""
    own_person_or_404(request)
    address = new_address.waiting_for(request)
    if not address:
        return redirect("newcomers:email", request.municipality.slug)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not _has_room(request, "new_address_code", str(request.user.pk)):
            form.add_error(None, _("There have been many tries. Wait an hour, or call the service office."))
        elif not new_address.is_right(request, form.cleaned_data["code"]):
            form.add_error("code", _("This is not the code, or it no longer works. Look at the newest mail from us."))
        else:
            return _change(request, address)
    return render(request, "newcomers/my_email_code.html", {"form": form, "address": address})


def _change(request: SignedInRequest, address: str) -> HttpResponse:
    new_address.forget(request)
    if members.change_email(user=request.user, to=address, municipality=request.municipality):
        messages.success(request, _("From now on you sign in with %(email)s.") % {"email": address})
    else:
        messages.warning(
            request,
            _("This address opens another account already. Sign in with it, or call the service office."),
        )
    return redirect("newcomers:edit", request.municipality.slug)


def _has_room(request: SignedInRequest, action: str, key: str) -> bool:
    return ratelimit.consume(request, app="newcomers", action=action, config=RATES, key=key) is not None
