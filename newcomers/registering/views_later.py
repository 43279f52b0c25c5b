"""Leaving a registration half written, and coming back to it with the code from the e-mail."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from newcomers.forms import OPEN_TOO_LONG
from newcomers.registering import drafts
from newcomers.registering.forms import LaterForm, ReturnForm
from newcomers.registering.views import (
    TOO_MANY,
    hold,
    is_registered,
    language_of,
    let_go,
    own_draft,
    questions,
    way_on,
)
from portal.accounts.models import User
from portal.municipalities.middleware import MunicipalityRequest

# An hour: of one network, and to one address.
RATES = {"later": "20/h/ip,4/h/key", "return": "60/h/ip,10/h/key", "new_code": "20/h/ip,4/h/key"}


@login_not_required
@never_cache
def later(request: MunicipalityRequest) -> HttpResponse:
    """Ask for an address, mail the code. What was typed stays in this browser too, until it is let go of."""
    draft = own_draft(request)
    if draft is None:
        return redirect("newcomers:register", request.municipality.slug)
    known = draft.email or draft.answers.get("contact", {}).get("email", "")
    if isinstance(request.user, User):
        known = request.user.email
    form = LaterForm(request.POST if request.method == "POST" else None, initial={"email": known})
    context = {"form": form, "days": drafts.DAYS_TO_RETURN, "sent_to": "",
               "way_on": way_on(request, questions(request, draft))}  # fmt: skip
    if not form.is_valid():
        return render(request, "newcomers/register_later.html", context)
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, app="newcomers", action="later", config=RATES, key=email):
        form.add_error(None, TOO_MANY)
        return render(request, "newcomers/register_later.html", context, status=429)
    drafts.save_for_later(draft=draft, email=email, language=language_of(request))
    return render(request, "newcomers/register_later.html", context | {"sent_to": email})


@login_not_required
@require_POST
def leave(request: MunicipalityRequest) -> HttpResponse:
    """On a borrowed device: this browser no longer knows the draft. The code still opens it."""
    let_go(request, request.municipality)
    messages.success(request, _("This device no longer shows what you have typed. Go on with the code in the e-mail."))
    return redirect("pages:start", request.municipality.slug)


@login_not_required
@never_cache
def come_back(request: MunicipalityRequest) -> HttpResponse:
    """The same answer for a wrong code, an old one, and an address that nobody has left anything under."""
    if is_registered(request):
        return redirect("newcomers:my_page", request.municipality.slug)
    if "new_code" in request.POST:
        return _send_new_code(request)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "newcomers/register_return.html", {"form": form})
    email, code = form.cleaned_data["email"], form.cleaned_data["code"]
    if not ratelimit.consume(request, app="newcomers", action="return", config=RATES, key=email):
        form.add_error(None, _("There have been many tries. Wait an hour, or call the service office."))
        return render(request, "newcomers/register_return.html", {"form": form}, status=429)
    draft = drafts.come_back(municipality=request.municipality, email=email, code=code)
    if draft is None:
        form.add_error(None, _("This address and this code do not belong together, or the code no longer works."))
        return render(request, "newcomers/register_return.html", {"form": form})
    hold(request, draft)
    messages.success(request, _("Welcome back. Here you stopped."))
    return redirect(way_on(request, questions(request, draft)))


def _send_new_code(request: MunicipalityRequest) -> HttpResponse:
    """For a code that was lost, or that somebody else has tried too often. The same answer for every address."""
    form = ReturnForm(request.POST)
    form.fields["code"].required = False
    if not form.is_valid():
        return render(request, "newcomers/register_return.html", {"form": form})
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, app="newcomers", action="new_code", config=RATES, key=email):
        form.add_error(None, _("There have been many tries. Wait an hour, or call the service office."))
        return render(request, "newcomers/register_return.html", {"form": form}, status=429)
    drafts.send_new_codes(municipality=request.municipality, email=email, language=language_of(request))
    form = ReturnForm(initial={"email": email})
    return render(request, "newcomers/register_return.html", {"form": form, "sent_to": email})


def come_back_again(request: MunicipalityRequest) -> HttpResponse:
    form = ReturnForm()
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return render(request, "newcomers/register_return.html", {"form": form}, status=403)


come_back.keeps_typed = come_back_again  # type: ignore[attr-defined]  # a function carries what it likes
