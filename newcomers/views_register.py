"""Registering."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newcomers import services_registering
from newcomers.access import own_person
from newcomers.enums import HouseholdState
from newcomers.forms import RegistrationForm, look_up
from newcomers.models import Registration
from newcomers.signals import say_what_came_of
from portal import clock
from portal.accounts.models import User
from portal.municipalities.middleware import MunicipalityRequest

# Registrations an hour: of one network (a library, a reception centre), and to one address.
RATES = {"register": "20/h/ip,5/h/key"}
OPEN_TOO_LONG = gettext_lazy("The page was open for too long. Nothing is lost: look through it, and send it again.")


@login_not_required
def register(request: MunicipalityRequest) -> HttpResponse:
    person = own_person(request)
    if person and person.household.state != HouseholdState.MOVED_AWAY:
        return redirect("newcomers:my_page", request.municipality.slug)
    if request.method != "POST":
        return _form_page(request, _registration_form(request))
    form = _registration_form(request, request.POST)
    if not form.is_valid():
        return _form_page(request, form)
    submission, email = form.cleaned_data["submission"], form.cleaned_data["email"]
    if not _is_known(submission) and not ratelimit.consume(
        request, app="newcomers", action="register", config=RATES, key=email
    ):
        form.add_error(
            None, _("There have been many registrations from here. Wait an hour, or call the service office.")
        )
        return _form_page(request, form, status=429)
    return _receive(request, form)


def register_again(request: MunicipalityRequest) -> HttpResponse:
    """The page was open too long: what was typed comes back, and one press sends it."""
    form = _registration_form(request)
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return _form_page(request, form, status=403)


# portal.views.csrf_failure asks for it.
register.keeps_typed = register_again  # type: ignore[attr-defined]  # a function carries what it likes


def _registration_form(request: MunicipalityRequest, data: Any = None) -> RegistrationForm:
    account = request.user if isinstance(request.user, User) else None
    initial = {"name": account.name if account else "", "language": get_language()}
    return RegistrationForm(data, municipality=request.municipality, on=clock.today(), account=account, initial=initial)


def _form_page(request: MunicipalityRequest, form: RegistrationForm, *, status: int = 200) -> HttpResponse:
    if not request.session.session_key:
        # Pressed twice, both requests then share the session in which the code waits.
        request.session.create()
    context = {"form": form, "days_to_confirm": services_registering.DAYS_TO_CONFIRM}
    return render(request, "newcomers/register.html", context, status=status)


def _is_known(submission: UUID) -> bool:
    return Registration.objects.filter(pk=submission).exists()


def _receive(request: MunicipalityRequest, form: RegistrationForm) -> HttpResponse:
    """Keep it; then the code by mail, unless they are signed in. Sent twice, the second changes nothing."""
    my_page = reverse("newcomers:my_page", args=[request.municipality.slug])
    with transaction.atomic():
        registration, is_new = services_registering.register(
            submission=form.cleaned_data["submission"],
            municipality=request.municipality,
            answers=form.answers(),
            language=get_language() or request.municipality.main_language,
        )
        if is_new and not isinstance(request.user, User):
            _send_code(request, registration)
    if isinstance(request.user, User):
        for confirmed in services_registering.confirm_registrations(user=request.user, on=clock.today()):
            say_what_came_of(request, confirmed)
        return redirect(my_page)
    code_is_waiting = LOGIN_SESSION_KEY in request.session
    page = reverse("account_confirm_login_code" if code_is_waiting else "account_login")
    return redirect(f"{page}?{urlencode({'next': my_page})}")


def _send_code(request: HttpRequest, registration: Registration) -> None:
    account = User.objects.for_email(
        registration.email,
        name=registration.answers["adults"][0]["name"],
        language=registration.municipality.nearest_language(registration.answers["language"]),
    )
    LoginCodeVerificationProcess.initiate(request=request, user=account, email=registration.email)


@login_not_required
@require_safe
def postcode(request: MunicipalityRequest) -> HttpResponse:
    """The place of a postcode, as a piece of the form."""
    place = look_up(request.GET.get("postcode", ""), request.municipality)
    return render(request, "newcomers/place.html", {"place": place})
