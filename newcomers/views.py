"""Registering, and My page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from newcomers import services
from newcomers.access import own_person, registrations_to_look_at
from newcomers.enums import ConsentPurpose, HouseholdState, ShareField
from newcomers.forms import OwnDetailsForm, RegistrationForm, language_choices, look_up
from newcomers.models import Household, Person, Registration
from newcomers.signals import say_what_came_of
from portal import clock, registry
from portal.accounts.models import User
from portal.municipalities.middleware import MunicipalityRequest, SignedInRequest

# Registrations an hour: of one network (a library, a reception centre), and to one address.
RATES = {"register": "20/h/ip,5/h/key"}
OPEN_TOO_LONG = gettext_lazy("The page was open for too long. Nothing is lost: look through it, and send it again.")


# --- Registering ----------------------------------------------------------------------------------


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
    context = {"form": form, "days_to_confirm": services.DAYS_TO_CONFIRM}
    return render(request, "newcomers/register.html", context, status=status)


def _is_known(submission: UUID) -> bool:
    return Registration.objects.filter(pk=submission).exists()


def _receive(request: MunicipalityRequest, form: RegistrationForm) -> HttpResponse:
    """Keep it; then the code by mail, unless they are signed in. Sent twice, the second changes nothing."""
    my_page = reverse("newcomers:my_page", args=[request.municipality.slug])
    with transaction.atomic():
        registration, is_new = services.register(
            submission=form.cleaned_data["submission"],
            municipality=request.municipality,
            answers=form.answers(),
            language=get_language() or request.municipality.main_language,
        )
        if is_new and not isinstance(request.user, User):
            _send_code(request, registration)
    if isinstance(request.user, User):
        for confirmed in services.confirm_registrations(user=request.user, on=clock.today()):
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


# --- My page --------------------------------------------------------------------------------------


@require_safe
def my_page(request: SignedInRequest) -> HttpResponse:
    person = own_person(request)
    if person is None:
        waits = registrations_to_look_at().filter(municipality=request.municipality, email=request.user.email)
        return render(request, "newcomers/no_household.html", {"registration_waits": waits.exists()})
    if person.household.restricted:
        return render(request, "newcomers/protected.html")
    household = Household.objects.with_persons().get(pk=person.household_id)
    household.municipality = request.municipality
    on = clock.today()
    entries = registry.timeline(household, on, for_staff=False)
    return render(
        request,
        "newcomers/my_page.html",
        {
            "household": household,
            "person": person,
            "windows": [{"label": e.title, "lit": e.state == "done"} for e in entries if e.window],
            "next": [_timeline_item(entry) for entry in entries if entry.state != "done"],
            "done": [_timeline_item(entry) for entry in entries if entry.state == "done"],
            "facts": _facts(household, person),
            "consents": _consents(person),
            "sections": _sections(request, household),
        },
    )


def _timeline_item(entry: registry.TimelineEntry) -> dict[str, Any]:
    return {"date": entry.on, "title": entry.title, "text": entry.detail, "state": entry.state}


def _sections(request: SignedInRequest, household: Household) -> list[SafeString]:
    """What the other rooms have to say to this household."""
    return [
        render_to_string(section.template, section.context, request)
        for section in registry.my_page(request, household, clock.today())
    ]


def _facts(household: Household, person: Person) -> list[dict[str, Any]]:
    place = f"{household.postcode} {household.city}".strip()
    address = ", ".join(part for part in (household.care_of, household.street, place) if part)
    return [
        {"label": _("Adults"), "value": household.name},
        {"label": _("Children, by birth year"), "value": ", ".join(map(str, household.child_birth_years))},
        {"label": _("Address"), "value": address},
        {"label": _("Lives here"), "value": capfirst(household.get_residency_display())},
        {"label": _("Language of letters and mail"), "value": _language_name(household.language)},
        {"label": _("Your e-mail address"), "value": person.email},
        {"label": _("Your phone number"), "value": person.phone},
        {"label": _("Wishes"), "value": household.wishes},
        {"label": _("Letters and welcome package"), "value": _("Yes") if household.wants_post else _("No")},
    ]


def _language_name(code: str) -> str:
    return dict(language_choices(code))[code]


def _consents(person: Person) -> list[dict[str, Any]]:
    given = {
        consent.field: consent.given_at
        for consent in person.consents.filter(purpose=ConsentPurpose.HOST, withdrawn_at=None)
    }
    return [{"field": field.value, "label": field.label, "given_at": given.get(field.value)} for field in ShareField]


def edit(request: SignedInRequest) -> HttpResponse:
    person = _own_person_or_404(request)
    form = OwnDetailsForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_valid():
        services.update_own_details(person, **form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("newcomers:my_page", request.municipality.slug)
    return render(request, "newcomers/edit.html", {"form": form})


def edit_again(request: MunicipalityRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    form = OwnDetailsForm(person=_own_person_or_404(request))
    form.show_again(request.POST)
    messages.warning(request, OPEN_TOO_LONG)
    return render(request, "newcomers/edit.html", {"form": form}, status=403)


edit.keeps_typed = edit_again  # type: ignore[attr-defined]  # as above


@require_POST
def consent(request: SignedInRequest, field: str) -> HttpResponse:
    person = _own_person_or_404(request)
    if field not in ShareField.values:
        raise Http404
    if request.POST.get("answer") == "yes":
        services.give_consent(person, field=field)
        messages.success(request, _("Your host may see it from now on."))
    else:
        services.withdraw_consent(person, field=field)
        messages.success(request, _("Your host no longer sees it."))
    return redirect(reverse("newcomers:my_page", args=[request.municipality.slug]) + "#sharing")


def _own_person_or_404(request: MunicipalityRequest) -> Person:
    person = own_person(request)
    if person is None or person.household.restricted:
        raise Http404
    return person
